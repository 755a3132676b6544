"""Find what looks like a secret in a spec: those belong into Airflow's connections, never into git."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scheduled_reports.spec.problems import Problem

_SHAPES = {
    "a password in a URL": r"://[^\s/:@]+:(?P<secret>[^\s/@]+)@",
    "a private key": r"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY)",
    "an AWS access key": r"\b(?P<secret>AKIA[0-9A-Z]{16})\b",
    "a GitHub token": r"\b(?P<secret>gh[pousr]_[A-Za-z0-9]{36,})",
    "a Slack token": r"\b(?P<secret>xox[abeprs]-[A-Za-z0-9-]{10,})",
    "a JSON web token": r"\b(?P<secret>eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)",
    "a password": r"(?i)\b(?:password|passwd|pwd|secret|api_?key)\s*=\s*'(?P<secret>[^':]+)'",
}


def secrets_in(path: Path, text: str) -> Iterator[Problem]:
    """Yield a problem for each text with the shape of a secret; the secret itself is not repeated."""
    for what, shape in _SHAPES.items():
        for match in re.finditer(shape, text):
            start = match.start("secret")
            line = text.count("\n", 0, start) + 1
            column = start - text.rfind("\n", 0, start)
            hint = "put it into an Airflow connection, name that, and change the secret: git remembers it"
            yield Problem(path, line, column, f"looks like {what}", hint)

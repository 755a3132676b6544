"""The Compose file, read as Compose reads it: as written, and with the demo's values put in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yaml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

# An interpolation: $$ (a literal dollar), or ${NAME} with an optional operator and what follows it.
INTERPOLATION = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<operator>:?[-?+])(?P<word>[^{}]*))?\}")
TABLE_ROW = re.compile(r"^# \| (?P<name>[A-Z][A-Z0-9_]+) +\| (?P<needed>.+?) +\| .+ \|$", re.MULTILINE)


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def interpolations() -> list[re.Match[str]]:
    return [match for match in INTERPOLATION.finditer(_without_comments(COMPOSE_TEXT)) if match["name"]]


def _demo_environment() -> dict[str, str]:
    """Read the demo's env file as Compose does: NAME=value, where single quotes mean "take it literally"."""
    values: dict[str, str] = {}
    for line in (ROOT / "include/demo/compose.env").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            quoted = len(value) > 1 and value[0] == value[-1] == "'"
            values[name] = value[1:-1] if quoted else value
    return values


def resolve(node: Any, environment: dict[str, str]) -> Any:
    """Return `node` with every ${...} replaced; raise KeyError for a required one that is missing."""

    def value(match: re.Match[str]) -> str:
        if not match["name"]:
            return "$"
        if match["operator"] == ":-":
            return environment.get(match["name"]) or match["word"]
        return environment[match["name"]]

    if isinstance(node, dict):
        return {key: resolve(child, environment) for key, child in node.items()}
    if isinstance(node, list):
        return [resolve(child, environment) for child in node]
    return INTERPOLATION.sub(value, node) if isinstance(node, str) else node


REQUIRED = sorted({match["name"] for match in interpolations() if match["operator"] == ":?"})
DOCUMENTED = {row["name"]: row["needed"].strip() for row in TABLE_ROW.finditer(COMPOSE_TEXT)}
DEMO = _demo_environment()
RESOLVED: dict[str, Any] = resolve(COMPOSE, DEMO)

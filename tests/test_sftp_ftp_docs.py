"""What docs/sftp_ftp.md shows is valid, and no key and no way to encrypt is missing there."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

from scheduled_reports.channels.base import Channel
from scheduled_reports.channels.ftp import Ftp
from scheduled_reports.channels.sftp import Sftp
from scheduled_reports.cli.check import checked
from scheduled_reports.ftp import Tls
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT
from specs import SALES, write

PAGE = (ROOT / "docs" / "sftp_ftp.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
NOW = dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)


def test_every_example_is_valid(tmp_path: Path) -> None:
    spec = yaml.load(SALES, CoreSchemaLoader)
    shown = [entry for text in BLOCKS for entry in yaml.load(text, CoreSchemaLoader)["deliver"]]
    deliver = [{"id": f"shown_{number}", **entry} for number, entry in enumerate(shown)]
    write(tmp_path, yaml.safe_dump({**spec, "deliver": deliver}, sort_keys=False))
    specs = tmp_path / "report_specs"

    assert len(deliver) == 3
    found = checked([specs], specs, NOW)
    assert [str(problem) for problem in found.problems] == []


@pytest.mark.parametrize("kind", [Sftp, Ftp])
def test_every_key_is_spoken_of(kind: type[Channel]) -> None:
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))

    assert kind.model_fields.keys() - Channel.model_fields.keys() - {"type"} - words == set()


def test_every_way_to_encrypt_is_told() -> None:
    assert [word for word in Tls if f"| `{word}` |" not in PAGE] == []

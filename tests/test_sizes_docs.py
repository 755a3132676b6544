"""What docs/sizes.md and docs/resend.md show is valid, and every rule, field and option is spoken of."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from typer.main import get_command

from scheduled_reports.channels.base import Channel, SizeRule
from scheduled_reports.cli import app
from scheduled_reports.parcels.split import MOST_PARTS
from scheduled_reports.parcels.weights import base64_weight
from scheduled_reports.spec.load import Report, load
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT
from specs import SALES, write

SIZES = (ROOT / "docs" / "sizes.md").read_text(encoding="utf-8")
RESEND = (ROOT / "docs" / "resend.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", SIZES, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_is_valid(tmp_path: Path, block: str) -> None:
    spec: dict[str, Any] = yaml.load(SALES, CoreSchemaLoader)
    merged = yaml.safe_dump({**spec, **yaml.load(block, CoreSchemaLoader)}, sort_keys=False)
    loaded = load(write(tmp_path, merged), tmp_path / "include")

    assert isinstance(loaded, Report), loaded.problems


def test_every_rule_and_field_is_spoken_of() -> None:
    for word in (*get_args(SizeRule), "max_size", "if_too_large"):
        assert f"| `{word}` |" in SIZES
    assert {"max_size", "if_too_large"} <= Channel.model_fields.keys()
    assert f"{MOST_PARTS} at most" in SIZES


def test_the_room_that_20_mb_have_is_told_as_it_is() -> None:
    assert "`20 MB` has room for files of 14.6 MB" in SIZES
    assert base64_weight(14_600_000) < 20_000_000 - 10_000 < base64_weight(14_700_000)


def test_every_option_is_spoken_of() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name, ours in (("resend", set()), ("send-test", {"--period", "--schedule", "--param"})):
        options = {option for given in commands[name].params for option in given.opts if option.startswith("--")}
        assert {option for option in options - ours - {"--specs"} if option not in RESEND} == set()

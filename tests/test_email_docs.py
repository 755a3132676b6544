"""What docs/email.md shows is valid, and it speaks of every field."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scheduled_reports.channels.base import Channel
from scheduled_reports.channels.email import Email
from scheduled_reports.language import ENGLISH
from scheduled_reports.mail.answers import PATIENCE, refusal
from scheduled_reports.spec.load import Report, load
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT
from specs import SALES, write

PAGE = (ROOT / "docs" / "email.md").read_text(encoding="utf-8")


def shown(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", shown("yaml"))
def test_every_example_is_valid(tmp_path: Path, block: str) -> None:
    spec: dict[str, Any] = yaml.load(SALES, CoreSchemaLoader)
    spec["formats"] = [{"type": "html_email"}, {"type": "csv", "dataset": "orders"}]
    text = yaml.safe_dump({**spec, **yaml.load(block, CoreSchemaLoader)}, sort_keys=False)

    loaded = load(write(tmp_path, text), tmp_path / "include")

    assert isinstance(loaded, Report), loaded.problems


def test_the_connection_that_is_shown_is_one() -> None:
    (block,) = shown("json")

    assert json.loads(block)["extra"]["disable_ssl"] is True


def test_every_field_is_spoken_of() -> None:
    own = set(Email.model_fields) - set(Channel.model_fields) - {"type"}

    assert {field for field in own if f"`{field}`" not in PAGE} == set()


def test_what_it_says_of_texts_and_times_is_so() -> None:
    assert ENGLISH.text("Too large to attach:") in PAGE
    assert f"after {PATIENCE / 60:.0f} minutes" in PAGE
    told = refusal("", "mail", "it", "", (550, b"5.1.1 \xe2\x80\xa6")).why
    assert told.removeprefix("mail refused it: ") in PAGE

"""What docs/audiences.md shows is valid, and nothing that an author may write is missing there."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

from scheduled_reports.audience.entries import FromTable
from scheduled_reports.audience.file import Person, RecipientsFile
from scheduled_reports.cli.check import checked
from scheduled_reports.model import Model
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT
from specs import SALES, write

PAGE = (ROOT / "docs" / "audiences.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
NOW = dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)


def test_every_example_is_valid(tmp_path: Path) -> None:
    spec = yaml.load(SALES, CoreSchemaLoader)
    deliver = []
    for number, text in enumerate(BLOCKS):
        name = re.match(r"# (include/\S+)\n", text)
        if name:
            path = tmp_path / name[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            continue
        part = yaml.load(text, CoreSchemaLoader)
        spec["sources"] |= part.get("sources", {})
        deliver += [{"id": f"shown_{number}", **entry} for entry in part["deliver"]]
    text = yaml.safe_dump({**spec, "brand": "acme", "deliver": deliver}, sort_keys=False)
    write(tmp_path, text)

    assert len(deliver) == 2
    specs = tmp_path / "report_specs"
    assert [str(problem) for problem in checked([specs], specs, NOW).problems] == []


@pytest.mark.parametrize("model", [FromTable, Person, RecipientsFile])
def test_every_field_is_spoken_of(model: type[Model]) -> None:
    words = set(re.findall(r"\w+", " ".join([*re.findall(r"`([^`\n]+)`", PAGE), *BLOCKS])))

    assert {field.alias or name for name, field in model.model_fields.items()} - words == set()


def test_the_samples_of_this_repository_name_people_who_are_there() -> None:
    specs = ROOT / "report_specs"

    assert [str(problem) for problem in checked([specs], specs, NOW).problems] == []

"""What docs/schedules.md shows is valid, and no kind of schedule is missing there."""

import re
from typing import Any

import pytest
import yaml

from scheduled_reports.schedule.calendars.file import CalendarFile
from scheduled_reports.schedule.covers import NAMES
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT


def _read(text: str) -> Any:
    return yaml.load(text, CoreSchemaLoader)


PAGE = (ROOT / "docs" / "schedules.md").read_text(encoding="utf-8")
BLOCKS = [_read(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
MAPPINGS = [_read(text) for text in re.findall(r"`(\{type: .*?\})`", PAGE)]
FISCAL = {"fiscal": {"starts": "april"}}


def schedule(**fields: Any) -> Schedule:
    return Schedule.model_validate({"id": "x", "when": "30 6 * * *", **fields})


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_is_valid(block: dict[str, Any]) -> None:
    if "holidays" in block:
        assert CalendarFile.model_validate(block).holidays
        return
    for entry in block.get("schedules", [block]):
        assert schedule(**entry)


@pytest.mark.parametrize("when", MAPPINGS, ids=[when["type"] for when in MAPPINGS])
def test_every_kind_that_is_shown_is_valid(when: dict[str, Any]) -> None:
    assert schedule(when=when, **FISCAL).when.words()


def test_no_kind_of_schedule_is_missing() -> None:
    kinds = set(Schedule.model_json_schema()["properties"]["when"]["anyOf"][2]["discriminator"]["mapping"])

    assert kinds - {"cron"} == {when["type"] for when in MAPPINGS}


def test_no_period_and_no_field_is_missing() -> None:
    words = set(re.findall(r"`([a-z_ 0-9]+)[`:]", PAGE)) | {
        f"fiscal_{unit}_to_date" for unit in ("period", "quarter", "year")
    }

    assert set(NAMES) - words == set()
    named = set(re.findall(r"[a-z_]+", PAGE))
    assert set(Schedule.model_fields) - named == set()

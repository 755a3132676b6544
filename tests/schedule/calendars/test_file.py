"""What a calendar file may say is described, for people and for editors."""

from pathlib import Path

import jsonschema
import pytest

from scheduled_reports.schedule.calendars.file import CalendarFile, Holidays
from scheduled_reports.spec.yaml import read

FOLDER = Path(__file__).parents[3] / "include" / "calendars"
SCHEMA = CalendarFile.model_json_schema()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_json_schema_accepts_our_own_files(path: Path) -> None:
    jsonschema.validate(read(path)[0].data, SCHEMA)


@pytest.mark.parametrize(
    "data",
    [
        {"holydays": []},
        {"weekend": ["caturday"]},
        {"closed": ["24.12.2026"]},
        {"closed": [{"from": "2026-12-24"}]},
        {"ics": "../company.ics"},
        {"half_days": {"2026-12-24": "1pm"}},
        {"only": []},
    ],
)
def test_the_json_schema_refuses_what_a_file_may_not_say(data: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


def test_every_field_has_a_description() -> None:
    for model in (CalendarFile, Holidays):
        assert [name for name, field in model.model_fields.items() if not field.description] == []

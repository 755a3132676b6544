"""`reports new` writes a spec to start from: valid at once, with every key explained."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.spec.report import ReportSpec
from scheduled_reports.spec.schema import schema_text
from scheduled_reports.spec.yaml import read


def test_a_new_spec_is_valid_and_its_title_comes_from_its_name(project: Path, reports: Callable) -> None:
    made = reports("new", "morning_brief")

    path = project / "report_specs" / "morning_brief.yaml"
    assert (made.exit_code, made.stdout) == (0, f"Wrote {path}; check it with: reports check morning_brief\n")
    assert reports("check", "morning_brief").stdout == "1 spec is valid\n"
    assert read(path)[0].data["title"] == "Morning brief"


def test_editors_find_the_schema_that_its_first_line_names(project: Path, reports: Callable) -> None:
    reports("new", "brief")

    first, *_ = (project / "report_specs" / "brief.yaml").read_text(encoding="utf-8").splitlines()
    named = project / "report_specs" / first.removeprefix("# yaml-language-server: $schema=")
    assert named.read_text(encoding="utf-8") == schema_text()


def test_every_key_of_a_report_stands_in_it(project: Path, reports: Callable) -> None:
    reports("new", "brief")

    text = (project / "report_specs" / "brief.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"^(?:# )?([a-z_]+):", text, re.MULTILINE)) == set(ReportSpec.model_fields)


def test_the_keys_that_it_shows_as_comments_are_valid_too(project: Path, reports: Callable) -> None:
    reports("new", "brief")
    path = project / "report_specs" / "brief.yaml"
    text = re.sub(r"^# (?=(enabled|retries|parameters|  region):)", "", path.read_text(), flags=re.MULTILINE)
    path.write_text(text)

    assert reports("check", "brief").exit_code == 0
    assert read(path)[0].data["parameters"]["region"]["default"] == "north"


def test_a_file_that_is_there_is_not_overwritten(project: Path, reports: Callable) -> None:
    path = project / "report_specs" / "brief.yaml"
    path.write_text("mine")

    result = reports("new", "brief")

    assert (result.exit_code, result.stdout, path.read_text()) == (2, "", "mine")
    assert f"{path} is there already" in result.stderr


def test_a_schema_that_is_there_is_left_alone(project: Path, reports: Callable) -> None:
    (project / "report_specs" / "report.schema.json").write_text("{}")

    reports("new", "brief")

    assert (project / "report_specs" / "report.schema.json").read_text() == "{}"


@pytest.mark.parametrize(
    "name", ["Brief", "morning-brief", "9am", "a__b", "_a", "a_", "../brief", "brief.yaml", "ä", "", "a" * 64]
)
def test_a_name_that_cannot_be_a_report_is_refused_and_nothing_written(
    project: Path, reports: Callable, name: str
) -> None:
    result = reports("new", name)

    assert result.exit_code == 2
    assert f"{name!r} cannot be a report's name\n  → lower-case letters, digits" in result.stderr
    assert list(project.rglob("*.*")) == []


def test_a_folder_that_there_is_not_is_told(project: Path, reports: Callable) -> None:
    assert "there is no folder nowhere" in reports("new", "brief", "--specs", "nowhere").stderr


def test_schema_writes_the_schema_anew(project: Path, reports: Callable) -> None:
    path = project / "report_specs" / "report.schema.json"
    path.write_text("{}")

    assert reports("schema").stdout == f"Wrote {path}\n"
    assert path.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("name", ["null", "true", "false"])
def test_a_title_that_yaml_would_read_as_another_value_is_text(project: Path, reports: Callable, name: str) -> None:
    reports("new", name)

    assert read(project / "report_specs" / f"{name}.yaml")[0].data["title"] == name.capitalize()
    assert reports("check", name).exit_code == 0

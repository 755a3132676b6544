"""What the pages about conditions, checks and approval show is valid, and no kind and no field is missing there."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from scheduled_reports.alert import Alert, AlertKeys
from scheduled_reports.approval import Approval, Approver
from scheduled_reports.checks import AnyCheck
from scheduled_reports.cli.check import checked
from scheduled_reports.conditions import AnyCondition
from scheduled_reports.model import Model
from scheduled_reports.registry import type_of
from scheduled_reports.run_when import RunWhen
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT

NOW = dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)
PAGES = {
    name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("conditions", "checks", "approval")
}
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = [(page, text) for page, content in PAGES.items() for text in BLOCK.findall(content)]
TABLES = ("agents", "bookings", "calls", "ledger", "orders", "payments", "prices", "stock", "tickets")

WHOLE = """
title: Shown on a page
owner: owner@northwind.example
sources: {}
approval:
  approvers: [{user: ana, email: ana@northwind.example}]
content:
  - {type: table, dataset: orders}
formats: [{type: html}]
deliver: [{type: email, connection: mail, to: a@northwind.example, body: html}]
schedules:
  - {id: daily, when: {type: daily, at: "06:15"}, timezone: Europe/Berlin, covers: previous_day}
"""
"""What the examples are parts of."""


def whole(part: Any) -> dict[str, Any]:
    """Return a whole spec that holds a part of one; a bare list holds conditions or checks."""
    if isinstance(part, list):
        conditions = {type_of(kind) for kind in kinds(AnyCondition)}
        part = {"run_when" if part[0]["type"] in conditions else "checks": part}
    spec = yaml.load(WHOLE, CoreSchemaLoader)
    spec["sources"] = {name: {"type": "sql", "connection": "dwh", "sql": "SELECT 1 AS one"} for name in TABLES}
    spec["sources"] |= part.get("sources", {})
    return {**spec, **{key: value for key, value in part.items() if key != "sources"}}


def kinds(union: Any) -> list[type[Model]]:
    members: list[type[Model]] = [*get_args(get_args(union)[0])]
    return [member for member in members if member.__module__.startswith("scheduled_reports.")]


def words(text: str) -> set[str]:
    """Return the words that stand as code in a text."""
    return set(re.findall(r"\w+", " ".join([*re.findall(r"`([^`\n]+)`", text), *BLOCK.findall(text)])))


def fields(kind: type[Model]) -> set[str]:
    return {field.alias or name for name, field in kind.model_fields.items() if name != "type"}


@pytest.mark.parametrize(("page", "text"), EXAMPLES, ids=[f"{page}-{at}" for at, (page, _) in enumerate(EXAMPLES)])
def test_every_example_is_valid(tmp_path: Path, page: str, text: str) -> None:
    (tmp_path / "include").symlink_to(ROOT / "include")
    specs = tmp_path / "report_specs"
    specs.mkdir()
    spec = whole(yaml.load(text, CoreSchemaLoader))
    (specs / "shown.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")

    assert [str(problem) for problem in checked([specs], specs, NOW).problems] == []


@pytest.mark.parametrize("kind", kinds(AnyCondition), ids=type_of)
def test_no_condition_and_no_field_of_one_is_missing(kind: type[Model]) -> None:
    assert {type_of(kind), *fields(kind)} - words(PAGES["conditions"]) == set()


@pytest.mark.parametrize("kind", kinds(AnyCheck), ids=type_of)
def test_no_check_and_no_field_of_one_is_missing(kind: type[Model]) -> None:
    assert {type_of(kind), *fields(kind)} - words(PAGES["checks"]) == set()


@pytest.mark.parametrize(
    ("page", "kind"),
    [("conditions", RunWhen), ("conditions", Alert), ("conditions", AlertKeys), ("approval", Approval),
     ("approval", Approver)],
)  # fmt: skip
def test_no_field_of_what_is_around_them_is_missing(page: str, kind: type[Model]) -> None:
    assert fields(kind) - words(PAGES[page]) == set()

"""What the pages about data show is valid, and no kind and no field is missing there."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

import scheduled_reports.masks
import scheduled_reports.paginations
from scheduled_reports import datasets, file_formats, sources
from scheduled_reports.cli.check import checked
from scheduled_reports.column_types import ALLOWED
from scheduled_reports.columns import Column
from scheduled_reports.datasets.model import ModelDataset
from scheduled_reports.model import Model
from scheduled_reports.models.file import CanonicalModel, ModelColumn
from scheduled_reports.models.mapping import ChannelOrigin, Constant, MoneyOf, Origin, Rates
from scheduled_reports.registry import type_of
from scheduled_reports.sources import Source
from scheduled_reports.spec.includes import FOLDERS
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT

NOW = dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)
NAMES = ("sources", "columns", "datasets", "models", "reuse")
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = [(page, kind, text) for page, content in PAGES.items() for kind, text in BLOCK.findall(content)]
EXAMPLES = [(page, text) for page, kind, text in BLOCKS if kind == "yaml" and not text.startswith("# include/")]
SPEC_PARTS = {"sources", "datasets", "formats", "deliver", "content", "parameters", "run_when", "schedules", "extends"}

WHOLE = """
title: Shown on a page
owner: owner@northwind.example
parameters: {least: {type: number, default: 1}, top_n: {type: integer, default: 10}}
sources:
  shown: {type: sql, connection: shop, sql: SELECT 1 AS one}
  calls: {type: sql, connection: shop, sql: SELECT 1 AS one}
  agents: {type: sql, connection: shop, sql: SELECT 1 AS one}
  totals: {type: sql, connection: shop, sql: SELECT 1 AS one}
datasets: {}
content:
  - {type: table, dataset: shown}
formats:
  - {type: html_email}
  - {type: csv, dataset: shown}
deliver: []
schedules:
  - {id: daily, when: {type: daily, at: "06:15"}, timezone: Europe/Berlin, covers: previous_day}
"""
"""What the examples are parts of: each is put into it, and its sources stand in for those that a page leaves out."""


def completed(part: dict[str, Any]) -> dict[str, Any]:
    """Return a whole spec that holds a part of one: its mappings are merged, its lists come behind."""
    if not SPEC_PARTS & set(part):
        part = {"sources": part}
    spec = yaml.load(WHOLE, CoreSchemaLoader)
    if "extends" in part:
        return part
    if "totals" in part.get("datasets", {}):
        del spec["sources"]["totals"]
    for key, value in part.items():
        if isinstance(value, dict):
            spec[key] = {**spec[key], **value}
        elif isinstance(value, list):
            spec[key] = [
                *spec[key],
                *({"connection": "mail", **entry} if key == "deliver" else entry for entry in value),
            ]
        else:
            spec[key] = value
    spec["deliver"] = spec["deliver"] or [{"type": "email", "connection": "mail", "to": "a@northwind.example",
                                           "body": "html_email"}]  # fmt: skip
    for number, entry in enumerate(spec["formats"][2:]):
        entry.setdefault("file_name", f"another_{number}")
    return spec


def include_everything(folder: Path) -> None:
    """Write what the pages show of `include/`: definitions, templates, the model and the function."""
    shown = [text for _, _, text in BLOCKS if text.startswith("# include/")]
    files = {text.partition("\n")[0].removeprefix("# "): text for text in shown}
    for page, _, text in BLOCKS:
        before = PAGES[page].partition(text)[0].rstrip().removesuffix("```yaml").rstrip()
        if named := re.search(r"`(include/models/\w+\.yaml)`:$", before):
            files[named[1]] = text
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("page", "text"), EXAMPLES, ids=[f"{page}-{at}" for at, (page, _) in enumerate(EXAMPLES)])
def test_every_example_is_valid(tmp_path: Path, page: str, text: str) -> None:
    include_everything(tmp_path)
    part = yaml.load(text, CoreSchemaLoader)
    specs = tmp_path / "report_specs"
    specs.mkdir()
    if "type" in next(iter(part.get("columns", {"": ""}).values())) and "sources" not in part:
        return  # a model: written, and used by the example behind it
    (specs / "shown.yaml").write_text(yaml.safe_dump(completed(part), sort_keys=False), encoding="utf-8")
    if "report: sales" in text:
        other = completed({"sources": {"totals": {"type": "sql", "connection": "shop", "sql": "SELECT 1 AS one"}}})
        (specs / "sales.yaml").write_text(yaml.safe_dump(other, sort_keys=False), encoding="utf-8")

    assert [str(problem) for problem in checked([specs], specs, NOW).problems] == []


def kinds(union: Any) -> list[type[Model]]:
    """Return our kinds of a union; those that third parties have installed have pages of their own."""
    members: list[type[Model]] = [*get_args(get_args(union)[0])]
    return [member for member in members if member.__module__.startswith("scheduled_reports.")]


def words(text: str) -> set[str]:
    """Return the words that stand as code in a text."""
    code = " ".join([*re.findall(r"`([^`\n]+)`", text), *(block for _, block in BLOCK.findall(text))])
    return set(re.findall(r"\w+", code))


def section(page: str, heading: str) -> str:
    """Return what stands under a heading, and under those below it."""
    found = re.search(rf"^(#+) {re.escape(heading)}.*?(?=^\1 |^#{{1,2}} |\Z)", PAGES[page], re.DOTALL | re.MULTILINE)
    assert found, f"docs/{page}.md has no heading that begins with {heading}"
    return found[0]


def fields(kind: type[Model]) -> set[str]:
    return {field.alias or name for name, field in kind.model_fields.items() if name != "type"}


def test_what_every_source_has_stands_at_the_top() -> None:
    assert fields(Source) - words(PAGES["sources"].partition("\n## ")[0]) == set()


@pytest.mark.parametrize("kind", kinds(sources.AnySource), ids=type_of)
def test_no_source_and_no_field_of_one_is_missing(kind: type[Model]) -> None:
    found = words(section("sources", f"`{type_of(kind)}`"))

    assert fields(kind) - fields(Source) - found == set()


@pytest.mark.parametrize(
    ("union", "heading"),
    [(file_formats.AnyFileFormat, "`file`"), (scheduled_reports.paginations.AnyPagination, "`http`")],
)
def test_no_file_format_and_no_pagination_is_missing(union: Any, heading: str) -> None:
    found = words(section("sources", heading))

    for kind in kinds(union):
        assert {type_of(kind), *fields(kind)} - found == set()


def test_no_mask_and_no_type_of_a_column_is_missing() -> None:
    found = words(PAGES["columns"])

    for kind in kinds(scheduled_reports.masks.AnyMask):
        assert {type_of(kind), *fields(kind)} - found == set()
    assert fields(Column) - found == set()
    assert set(re.findall(r"[a-z]+", ALLOWED)) - found == set()


def test_no_dataset_and_no_field_of_one_is_missing() -> None:
    for kind in kinds(datasets.AnyDataset):
        common = {"description"} if kind is ModelDataset else set()  # said of the others, on their page
        assert fields(kind) - common - words(PAGES["models" if kind is ModelDataset else "datasets"]) == set()


@pytest.mark.parametrize("kind", [CanonicalModel, ModelColumn, ChannelOrigin, Constant, MoneyOf, Origin, Rates])
def test_no_field_of_a_model_or_its_mapping_is_missing(kind: type[Model]) -> None:
    assert fields(kind) - {"code"} - words(PAGES["models"]) == set()  # `currency: USD` is short for its code


def test_no_kind_of_definition_is_missing() -> None:
    assert set(FOLDERS) - words(PAGES["reuse"]) == set()

"""Marks find what the texts of a spec refer to, in any model."""

from __future__ import annotations

from pydantic import BaseModel, Field

from scheduled_reports.model import OneOrMany
from scheduled_reports.spec.marks import FormatId, Mark, Sql, SqlFile, TableName, Template, marked


class Part(BaseModel):
    dataset: TableName
    note: str = ""


class Whole(BaseModel):
    title: Template
    plain: str = "{{ not a template }}"
    attach: tuple[FormatId, ...] = ()
    to: OneOrMany[Template] = ()
    file: SqlFile | None = None
    sql: Sql | None = None
    renamed: TableName = Field("", alias="table")
    parts: tuple[Part, ...] = ()
    named: dict[str, Part] = {}
    one: Part | None = None
    columns: dict[str, Sql] = {}
    any_kind: dict[str, object] = {}


def found(**fields: object) -> list[tuple[str, str, str]]:
    whole = Whole.model_validate({"title": "T", "table": "r", **fields})
    return [(".".join(map(str, loc)), mark.kind, text) for loc, mark, text in marked(whole)]


def test_a_marked_text_is_found_with_its_place_and_its_kind() -> None:
    assert found(file="a.sql") == [("title", "template", "T"), ("file", "sql_file", "a.sql"), ("table", "table", "r")]


def test_each_text_of_a_marked_list_has_its_own_place() -> None:
    assert found(attach=["csv", "pdf"], to="x")[1:-1] == [
        ("attach.0", "format", "csv"), ("attach.1", "format", "pdf"), ("to.0", "template", "x"),
    ]  # fmt: skip


def test_each_text_of_a_marked_mapping_has_its_own_place() -> None:
    assert found(columns={"revenue": "sum(amount)", "n": "count(*)"})[2:] == [
        ("columns.revenue", "sql", "sum(amount)"), ("columns.n", "sql", "count(*)"),
    ]  # fmt: skip


def test_models_in_lists_mappings_and_unions_are_walked_through() -> None:
    places = found(parts=[{"dataset": "a"}, {"dataset": "b"}], named={"n": {"dataset": "c"}}, one={"dataset": "d"})

    assert places[2:] == [
        ("parts.0.dataset", "table", "a"), ("parts.1.dataset", "table", "b"),
        ("named.n.dataset", "table", "c"), ("one.dataset", "table", "d"),
    ]  # fmt: skip


def test_what_is_missing_or_bears_no_mark_is_passed_over() -> None:
    assert found(sql=None, any_kind={"dataset": "x", "deep": [{"sql": "y"}]}) == found()
    assert list(marked("text")) == []


def test_a_mark_is_a_value() -> None:
    assert Mark("sql") == Mark("sql")
    assert Mark("sql") != Mark("sql_file")

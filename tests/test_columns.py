"""A spec says what is known of a column, and who may see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from scheduled_reports.columns import Column
from scheduled_reports.masks import Mask
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.spec.schema import schema_text
from specs import SALES, write


def kinds(**fields: Any) -> dict[str, str]:
    return {role: mask.kind for role, mask in Column(**fields).mask.items()}


@pytest.mark.parametrize("written", ["hash", {"type": "hash"}, {"default": "hash"}, {"default": {"type": "hash"}}])
def test_a_mask_is_a_word_or_a_mapping_for_all_or_by_role(written: Any) -> None:
    assert kinds(mask=written) == {"default": "hash"}


@pytest.mark.parametrize("written", [None, "null", {"type": None}, {"type": "null"}, {"default": None}])
def test_the_word_null_which_yaml_reads_as_nothing_is_a_mask(written: Any) -> None:
    assert kinds(mask=written) == {"default": "null"}


def test_a_role_without_a_mask_of_its_own_gets_the_default() -> None:
    column = Column(mask={"default": "hash", "auditor": "keep"})

    def kind(role: str | None) -> str:
        mask = column.mask_for(role)
        assert isinstance(mask, Mask)
        return mask.kind

    assert [kind(None), kind("auditor"), kind("partner")] == ["hash", "keep", "hash"]
    assert Column().mask_for("auditor") is None


def test_a_sensitive_column_is_forbidden_to_whom_no_mask_is_given() -> None:
    assert Column(sensitive=True).forbidden(None)
    column = Column(sensitive=True, mask={"auditor": "keep", "partner": "partial"})
    assert [column.forbidden(role) for role in (None, "auditor", "partner", "clerk")] == [True, False, False, True]
    assert not Column().forbidden(None)
    assert not Column(sensitive=True, mask="hash").forbidden(None)


@pytest.mark.parametrize(
    ("fields", "hidden"),
    [
        ({}, False), ({"sensitive": True}, True), ({"mask": "drop"}, True), ({"mask": "keep"}, False),
        ({"mask": {"default": "keep", "partner": "drop"}}, True), ({"type": "text"}, False),
    ],
)  # fmt: skip
def test_values_that_are_kept_from_somebody_are_hidden_from_messages(fields: dict[str, Any], hidden: bool) -> None:
    assert Column(**fields).hidden is hidden


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"mask": {"auditor": "keep"}}, "'mask' has no 'default'; say what everybody else gets"),
        ({"mask": "keep", "sensitive": True}, "a sensitive column cannot be kept for everybody"),
        ({"mask": {"default": "keep", "x": "drop"}, "sensitive": True}, "a sensitive column cannot be kept for"),
        ({"mask": "partial", "type": "decimal(9,2)"}, "the mask 'partial' does not fit a column of type decimal"),
        ({"mask": {"default": "hash", "type": "keep"}}, "type"),
        ({"mask": {"default": "hash", "Auditor": "keep"}}, "String should match pattern"),
        ({"mask": ["hash"]}, "valid dictionary"),
    ],
)
def test_a_mask_that_leaves_a_question_open_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Column(**fields)

    assert told in str(caught.value)


def test_a_spec_with_wrong_masks_names_each_place(tmp_path: Path) -> None:
    columns = """\
    columns:
          customer: {mask: hsh}
          amount: {mask: {default: keep, auditor: {type: generalise, to: yaer}}}
          email: {mask: {type: generalise}}
    """
    report = load(write(tmp_path, SALES.replace("datasets:\n", f"{columns[:-4]}datasets:\n", 1)), tmp_path / "include")

    assert isinstance(report, BrokenReport)
    told = [str(problem).removeprefix(f"{report.path}:") for problem in report.problems]
    assert [text.partition(";")[0] for text in told] == [
        "11:28: sources.orders.columns.customer.mask: unknown type 'hsh'",
        "12:74: sources.orders.columns.amount.mask.auditor.to: 'yaer' is not allowed",
        "13:25: sources.orders.columns.email.mask: exactly one of 'to', 'step' and 'keep_first' is needed",
    ]
    assert "did you mean 'hash'?" in told[0]
    assert "did you mean 'year'?" in told[1]


@pytest.mark.parametrize(
    ("mask", "valid"),
    [
        ("hash", True), (None, True), ({"type": "generalise", "to": "year"}, True), ("hsh", False),
        ({"default": "hash", "auditor": "keep"}, True), ({"default": {"type": "partial"}}, True),
        ({"default": "hsh"}, False), ({"type": "x"}, False), ({"Auditor": "keep"}, False),
    ],
)  # fmt: skip
def test_editors_know_what_a_mask_is(mask: Any, valid: bool) -> None:
    schema = json.loads(schema_text())
    column = {"$ref": "#/$defs/Column", "$defs": schema["$defs"]}

    assert jsonschema.Draft202012Validator(column).is_valid({"mask": mask}) is valid

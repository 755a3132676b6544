"""What docs/conditions.md, docs/checks.md and docs/approval.md show is valid, and no kind is missing there."""

import re
from typing import Any, get_args

import pytest
import yaml

from scheduled_reports import checks, conditions
from scheduled_reports.spec.report import ReportSpec
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT
from specs import SALES

SECTION = {"conditions": "run_when", "checks": "checks", "approval": "checks"}
"""What a list without a key stands for on each page."""


def _read(text: str) -> Any:
    return yaml.load(text, CoreSchemaLoader)


def _blocks(page: str) -> list[Any]:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    found = [_read(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    return [block if isinstance(block, dict) else {SECTION[page]: block} for block in found]


EXAMPLES = [(page, number, block) for page in SECTION for number, block in enumerate(_blocks(page))]


@pytest.mark.parametrize("block", [block for *_, block in EXAMPLES], ids=[f"{page}-{at}" for page, at, _ in EXAMPLES])
def test_every_example_is_valid(block: dict[str, Any]) -> None:
    assert ReportSpec.model_validate({**_read(SALES), **block})


@pytest.mark.parametrize(("page", "union"), [("conditions", conditions.AnyCondition), ("checks", checks.AnyCheck)])
def test_every_kind_and_each_of_its_fields_is_spoken_of(page: str, union: Any) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")

    for model in get_args(get_args(union)[0]):
        kind = get_args(model.model_fields["type"].annotation)[0]
        fields = {field.alias or name for name, field in model.model_fields.items()} - {"type"}
        assert f"`{kind}`" in text
        assert {name for name in fields if f"`{name}`" not in text} == set(), kind

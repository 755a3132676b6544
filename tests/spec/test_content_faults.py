"""`reports check` tells what DuckDB's parser finds in the conditions of blocks, at the line and column of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.spec.content_faults import content_problems
from scheduled_reports.spec.load import Report
from specs import SALES, with_block

LINE = 1 + SALES[: SALES.index("formats:")].count("\n")
"""The line in which the block stands that is added to the content."""


def told(report: Report, folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/report_specs/sales.yaml:") for problem in content_problems(report)]


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("amount >", "'amount >' cannot be parsed: syntax error at or near \">\"; write one SQL expression, DuckDB's"),
        ("amount > 0, customer", "'amount > 0, customer' is not one expression; write one SQL expression"),
        ("amount IN (SELECT amount FROM ordrs)", "there is no source or dataset 'ordrs'; did you mean 'orders'?"),
    ],
)
@pytest.mark.parametrize("inside", [False, True], ids=["block", "block in columns"])
def test_a_mistake_in_the_condition_of_a_block_is_told_at_its_place(
    lay: Callable, loaded: Callable[..., Report], tmp_path: Path, where: str, problem: str, inside: bool
) -> None:
    block = f"{{type: text, markdown: a, only_if: {{dataset: orders, where: '{where}'}}}}"
    columns = f"{{type: columns, left: [{{type: text, markdown: b}}], right: [{block}]}}"
    lay({"report_specs/sales.yaml": with_block(f"- {columns if inside else block}")})

    (found,) = told(loaded(), tmp_path)

    place, _, message = found.partition(": ")
    line, _, column = place.partition(":")
    written = (tmp_path / "report_specs" / "sales.yaml").read_text().splitlines()
    assert int(line) == LINE
    assert int(column) > written[LINE - 1].index("where:")
    assert f"{'.right[1]' if inside else ''}.only_if.where: {problem}" in message


def test_a_good_condition_has_no_faults(lay: Callable, loaded: Callable[..., Report], tmp_path: Path) -> None:
    where = "amount > 0 AND placed >= :period_start; -- late"
    lay({"report_specs/sales.yaml": with_block(
        f"- {{type: text, markdown: a, only_if: {{dataset: orders, where: '{where}'}}}}"
    )})  # fmt: skip

    assert told(loaded(), tmp_path) == []

"""A preview says what each condition, each check and the blank gate found, and makes the files all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from runs import connect_shop
from specs import SALES, shop, write

CHECKS = """\
checks:
  - {type: complete, dataset: orders, columns: customer}
  - {type: complete, id: amounts, dataset: orders, columns: amount}
  - {type: complete, id: names, dataset: orders, columns: nmae, severity: warn}
content:
"""
SPEC = SALES.replace("content:\n", CHECKS)
NOTHING = SALES.replace("run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n", "").replace(
    "WHERE ordered_at >=", "WHERE customer = 'Nobody' AND ordered_at >="
)


@pytest.fixture
def preview(
    project: Path, reports: Callable[..., Result], connection: Callable[..., None]
) -> Callable[[str], list[str]]:
    """Return a function that previews a spec over a small shop, one of whose orders belongs to nobody."""
    shop(project / "shop.db")
    with sqlite3.connect(project / "shop.db") as database:
        database.execute("UPDATE orders SET customer = NULL WHERE customer = 'Customer 1'")
    database.close()
    connect_shop(connection, project)

    def run(text: str) -> list[str]:
        write(project, text)
        result = reports("preview", "sales", "--period", "2026-10-01")
        assert result.exit_code == 0, result.output
        assert "sales_2026-10-01_mail.html" in result.stdout
        return result.stdout.splitlines()

    return run


def test_every_verdict_and_result_is_told_in_words(project: Path, preview: Callable[[str], list[str]]) -> None:
    told = preview(SPEC)

    assert "  condition all[1]: met: orders has 3 rows" in told
    assert (
        "  check complete_orders: failed: orders: customer is empty in 1 of 3 rows, none allowed; the DAG would stop: "
        "nobody gets it, the owner gets the failing rows"
    ) in told
    assert "      failing rows: 1 row, in failing/complete_orders.csv" in told
    assert "  check amounts: passed: orders: amount is empty in 0 of 3 rows, none allowed" in told
    assert any(line.startswith("  check names: crashed: it could not be judged: ") for line in told)
    assert any("would fail, as it does here: Sales, Thursday, 1 October 2026: stopped by 2" in line for line in told)
    rows = project / "out" / "preview" / "sales/daily/2026-10-01/preview/failing/complete_orders.csv"
    assert rows.read_text("utf-8-sig").splitlines() == ["customer,amount", ",10.25"]


def test_a_condition_that_is_not_met_is_told(preview: Callable[[str], list[str]]) -> None:
    told = preview(SALES.replace("at_least: 1", "at_least: 5"))

    assert any(line.startswith("  condition all[1]: not met: orders has 3 rows") for line in told)
    assert any(line.startswith("  The DAG would skip this run: orders has 3 rows") for line in told)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("skip", "it is not sent where nothing can be seen"),
        ("send_notice", "it says so on top, with the word EMPTY"),
        ("send", "it is sent as it is"),
    ],
)
def test_what_becomes_of_an_empty_report_is_told(preview: Callable[[str], list[str]], what: str, said: str) -> None:
    told = preview(NOTHING.replace("content:\n", f"on_empty: {what}\ncontent:\n", 1))

    assert f"  nothing to show: totals has no figure but zero, orders has no rows; {said}" in told
    assert any("would skip this run: Nothing to show for" in line for line in told) is (what == "skip")


def test_a_blank_file_is_told(preview: Callable[[str], list[str]]) -> None:
    content = NOTHING[NOTHING.index("content:\n") : NOTHING.index("formats:\n")]

    told = preview(NOTHING.replace(content, "content:\n  - {type: text, markdown: \"{{ '' }}\"}\n"))

    assert (
        "  nothing to show: sales_2026-10-01_mail.html is blank, with no text and no mark of the content; "
        "it is not sent where nothing can be seen"
    ) in told


def test_what_an_earlier_preview_found_is_not_told_again(preview: Callable[[str], list[str]]) -> None:
    preview(SPEC)
    preview(NOTHING)

    assert not any("check" in line or "nothing" in line for line in preview(SALES))

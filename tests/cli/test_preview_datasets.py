"""`reports preview` makes datasets of every kind, or shows their SQL in the order in which it would run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from specs import SALES

OCTOBER = ("--period", "2026-10-01")
MORE = SALES.replace("run_when:", """\
  best:
    from: totals_by_customer
    filter: revenue > :least
    sort: -revenue
    limit: 3
  scored: {python: "scoring:score", inputs: [best]}
  totals_by_customer:
    from: orders
    group_by: customer
    metrics: {revenue: sum(amount)}
run_when:""").replace("sources:", "parameters:\n  least: {type: number, default: 10}\nsources:")  # fmt: skip
SQL = """\
-- source orders (sql, sales.yaml:9), from the connection 'shop'
-- :period_start = '2026-09-30 22:00:00'
-- :period_end = '2026-10-01 22:00:00'
SELECT customer, amount FROM orders
WHERE ordered_at >= :period_start AND ordered_at < :period_end

-- dataset totals (sql, sales.yaml:14), reads orders
SELECT count(*) AS orders, sum(amount) AS revenue FROM orders

-- dataset totals_by_customer (query, sales.yaml:22), reads orders
SELECT
    customer,
    sum(amount) AS revenue
FROM orders
GROUP BY 1
ORDER BY customer

-- dataset best (query, sales.yaml:16), reads totals_by_customer
-- :least = 10.5
SELECT *
FROM totals_by_customer
WHERE revenue > :least
ORDER BY revenue DESC
LIMIT 3

-- dataset scored (python, sales.yaml:20), reads best
-- include/python/scoring.py:1: score(best)
"""


@pytest.fixture
def scoring(project: Path) -> None:
    """Write the function of the spec MORE."""
    (project / "include" / "python").mkdir()
    (project / "include" / "python" / "scoring.py").write_text("def score(best):\n    return best.head(1)\n")


def test_the_sql_is_shown_in_the_order_in_which_it_would_run_and_nothing_is(
    project: Path, preview: Callable[..., Result], scoring: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_SHOP")

    result = preview(*OCTOBER, "--sql", "--param", "least=10.5", text=MORE)

    assert result.exit_code == 0, result.output
    assert result.stdout == SQL
    assert not (project / "out").exists()


def test_a_preview_makes_every_kind_of_dataset(preview: Callable[..., Result], scoring: None) -> None:
    result = preview(*OCTOBER, text=MORE)

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[1:6] == [
        "  orders: 3 rows", "  totals: 1 row", "  totals_by_customer: 3 rows", "  best: 2 rows", "  scored: 1 row",
    ]  # fmt: skip

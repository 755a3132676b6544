"""`reports check` sees, without data, where a mapping and its model do not go together."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from canonical import ORDER, spec_of, write_model
from runs import run_of
from scheduled_reports.cli.check import checked
from scheduled_reports.spec.load import BrokenReport, load
from specs import write

NOW = dt.datetime(2026, 10, 2, tzinfo=dt.UTC)
DATASET = """\
model: order
channels:
  web:
    from: web_orders
    columns:
      order_id: number
"""


def told(folder: Path, dataset: str, model: str = ORDER) -> list[str]:
    """Return what is wrong with the dataset, from its line in the spec on."""
    write_model(folder, model)
    path = write(folder, spec_of(dataset, ["web_orders", "fx"]))
    found = load(path, folder / "include")
    assert isinstance(found, BrokenReport)
    return [str(problem).removeprefix(f"{path}:") for problem in found.problems]


def mapped(column: str) -> str:
    """Return the dataset with one more column mapped, whose currency may be exchanged."""
    return f"{DATASET}      {column}\nrates: {{from: fx, base: EUR, on: ordered_at}}\n"


def test_a_good_mapping_is_a_good_spec(tmp_path: Path) -> None:
    write_model(tmp_path)

    run = run_of(tmp_path, spec_of(mapped("total: {column: total, currency: USD}"), ["web_orders", "fx"]))

    assert run.report.spec.datasets["united"].tables("united") == ("united", "united_rejected", "united_rejects")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("model: order", "model: oder", "datasets.united.model: there is no model 'oder'; did you mean 'order'?"),
        ("order_id: number", "orderid: number",
         "channels.web.columns.orderid: the model 'order' has no column 'orderid'; did you mean 'order_id'?"),
        ("from: web_orders", "from: weborders",
         "there is no source or dataset 'weborders'; did you mean 'web_orders'?"),
        ("order_id: number", "order_id: {colum: number}",
         "unknown key 'colum' in datasets.united.channels.web.columns"),
        ("order_id: number", "order_id: {}", "exactly one of 'column', 'value' and 'expression' is needed"),
        ("order_id: number", "order_id: {column: a, value: b}", "exactly one of 'column', 'value' and 'expression'"),
        ("order_id: number", "order_id: {expression: ':nope || id'}", "unknown bind value ':nope'"),
        ("model: order", "model: order\nmax_rejects: 2 percent",
         "max_rejects: '2 percent' is neither a number of rows"),
        ("model: order", "model: order\nrates: {from: fx, base: EUR, on: customer}",
         "the model 'order' has no column 'customer' of type date, timestamp, timestamptz; allowed: ordered_at"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_dataset_is_told(tmp_path: Path, old: str, new: str, expected: str) -> None:
    found = told(tmp_path, DATASET.replace(old, new))

    assert any(expected in problem for problem in found), found


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("country: {value: FR}", "country.value: 'FR' is not allowed in the model; allowed: DE, AT, CH"),
        ("quantity: {value: many}", "quantity.value: 'many' is not integer; write a whole number"),
        ("country: {column: land, values: {France: FR}}", "country.values.France: 'FR' is not allowed in the model"),
        ("country: {column: land, values: {A: DE}, otherwise: {value: XX}}", "otherwise.value: 'XX' is not allowed"),
        ("country: {column: land, otherwise: keep}", "'otherwise' is for what is not in 'values'"),
        ("customer: {column: name, unit: kg}", "customer.unit: the model gives this column no unit"),
        ("customer: {column: name, currency: EUR}", "customer.currency: the model gives this column no currency"),
        ("customer: {column: name, format: '%d'}", "customer.format: 'format' is for dates and times"),
        ("customer: {column: name, decimal: ','}", "customer.decimal: 'decimal' is for numbers"),
        ("total: {column: total, currency: {}}", "write the currency's code, `USD`, or the column that holds it"),
        ("total: {column: total, currency: usd}", "'usd' is not a currency"),
        ("ordered_at: {column: at, timezone: Berlin}", "unknown time zone 'Berlin'"),
        ("ordered_at: {column: at, format: ['%d %z', '%d']}",
         "some of the formats hold a zone (%z, %Z) and some do not"),
        ("ordered_at: {column: at, format: dd.MM.yyyy}", "'dd.MM.yyyy' is no date format of strptime"),
        ("ordered_at: {column: at, format: '%d.%m.%Q'}", "'%d.%m.%Q' is no date format of strptime"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_column_is_told(tmp_path: Path, column: str, expected: str) -> None:
    found = told(tmp_path, mapped(column))

    assert any(expected in problem for problem in found), found


def test_money_in_another_currency_needs_rates(tmp_path: Path) -> None:
    [problem] = told(tmp_path, DATASET + "      total: {column: total, currency: USD}\n")

    assert "total.currency: nothing says how it becomes EUR; add `rates:" in problem


def test_a_broken_model_breaks_the_specs_that_use_it_and_says_where(tmp_path: Path) -> None:
    [problem] = told(tmp_path, DATASET, ORDER.replace("type: integer", "type: integre"))

    assert "datasets.united.model: order.yaml:9:20: columns.quantity.type: there is no type 'integre'" in problem


def test_a_changed_model_is_another_report(tmp_path: Path) -> None:
    write_model(tmp_path)
    before = run_of(tmp_path, spec_of(DATASET, ["web_orders"])).report.digest

    write_model(tmp_path, ORDER.replace("at_least: 1", "at_least: 2"))

    assert run_of(tmp_path, spec_of(DATASET, ["web_orders"])).report.digest != before


def test_check_tells_units_that_cannot_become_each_other(tmp_path: Path) -> None:
    write_model(tmp_path)
    path = write(tmp_path, spec_of(mapped("weight: {column: size, unit: cm}"), ["web_orders", "fx"]))

    problems = [str(problem) for problem in checked([path], path.parent, NOW).problems]

    assert any("weight.unit: cm cannot become kg: they do not measure the same" in problem for problem in problems)


def test_check_looks_at_models_that_no_spec_uses(tmp_path: Path) -> None:
    write(tmp_path)
    model = write_model(tmp_path, ORDER.replace("unit: kg", "unit: kgg"), "unused")

    [problem] = checked([tmp_path / "report_specs"], tmp_path / "report_specs", NOW).problems

    assert (problem.path, problem.line) == (model, 10)
    assert "there is no unit 'kgg'" in problem.message

"""A spec is loaded, or it comes back with every problem at its place."""

from pathlib import Path

import pytest

from scheduled_reports.spec.load import BrokenReport, Report, load, load_all
from specs import SALES, with_block, write


def problems(folder: Path, text: str, name: str = "sales") -> list[str]:
    path = write(folder, text, name)
    loaded = load(path, folder / "include")
    assert isinstance(loaded, BrokenReport), "the spec should be broken"
    return [str(problem).removeprefix(f"{path}:") for problem in loaded.problems]


def test_a_valid_spec_loads_with_its_id_and_digest(tmp_path: Path) -> None:
    loaded = load(write(tmp_path), tmp_path / "include")

    assert isinstance(loaded, Report), getattr(loaded, "problems", None)
    assert (loaded.id, len(loaded.digest)) == ("sales", 64)
    assert loaded.spec.deliver[0].recipients({}) == ("ann@northwind.example", "ben@northwind.example")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Sales", "titel: Sales", "1:1: unknown key 'titel' in the report; did you mean 'title'?"),
        ("title: Sales\n", "", "1:1: the key 'title' is missing in the report; add it"),
        ("title: Sales", "title: 12", "1:8: title: 12 is not text; write text"),
        ("at_least: 1", "at_least: many", "14:45: run_when[1].at_least: 'many' is not a whole number"),
        ("at_least: 1", "at_least: 1, at_most: 0", "14:5: run_when[1]: at_least (1) is above at_most (0)"),
        (", at_least: 1", "", "14:5: run_when[1]: neither 'at_least' nor 'at_most' is given; give one or both"),
        ("type: csv", "type: csvv", "26:12: formats[2]: unknown type 'csvv'; did you mean 'csv'?"),
        ("{type: html}", "{}", "25:5: formats[1]: the key 'type' is missing"),
        ("type: email", "type: emial", "28:11: deliver[1]: unknown type 'emial'; did you mean 'email'?"),
        ("    to: [", "    too: [", "30:5: unknown key 'too' in deliver[1]; did you mean 'to'?"),
        ("ben@northwind.example", "ben", "30:33: deliver[1].to[2]: 'ben' is not an e-mail address"),
        ("owner@northwind.example", "me", "2:8: owner: 'me' is not an e-mail address"),
        ("30 6 * * *", "30 6 * *", "34:23: schedules[1].cron: '30 6 * *' is not a cron line; write five fields"),
        ("30 6 * * *", "@daily", "34:23: schedules[1].cron: '@daily' is not a cron line"),
        ("30 6 * * *", "61 6 * * *", "34:23: schedules[1].cron: '61 6 * * *' is not a cron line"),
        ("Europe/Berlin", "Europe/Berln", "34:47: schedules[1].timezone: unknown time zone 'Europe/Berln'"),
        ("body: html", "body: htm", "31:11: deliver[1].body: there is no format 'htm'; did you mean"),
        ("dataset: totals", "dataset: total", "17:14: content[1].dataset: there is no source or dataset 'total'"),
        (":period_end", ":periodend", "unknown bind value ':periodend' in line 2 of the SQL; did you mean"),
        ("sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders", "sql_file: totals.sql",
         "there is no file"),
        ("sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders", "sql_file: ../../secret.sql",
         "lies outside"),
        ("sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders", "description: none",
         "12:5: datasets.totals: exactly one of 'sql' and 'sql_file' is needed"),
        ("  totals:\n", "  orders:\n", "12:5: 'orders' is also a source; give the dataset another name"),
        ("title: Orders", "title: '{{ period.stat }}'", "the template '{{ period.stat }}' cannot be filled"),
        ("{type: html}", "{type: html}\n  - {type: html, id: other}",
         "26:5: the file of 'other' is called sales_2026-01-15.html, as that of 'html'; give one of them another"),
        ("{type: html}", "{type: html, file_name: a/b}", "the file of 'html' is called a/b.html; a name holds no"),
        ("{type: html}", "{type: html}\n  - {type: html}", "two entries are called 'html'; give each its own 'id'"),
        ("id: daily", "id: Daily!", "34:10: schedules[1].id: 'Daily!' is not a name; write lower-case"),
        ("deliver:", "deliver: []\nother:", "27:10: deliver is empty; give it at least one entry"),
        ("content:", "content: 3\nother:", "content: 3 is not a list"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert old in SALES
    found = problems(tmp_path, SALES.replace(old, new, 1))

    assert any(expected.lower() in line.lower() for line in found), found


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(tmp_path, SALES.replace("owner: owner", "owner: no one").replace("type: csv", "type: pdff"))

    assert [line.partition(":")[0] for line in found] == ["2", "26"]


def test_a_file_name_that_cannot_be_an_id_is_told(tmp_path: Path) -> None:
    found = problems(tmp_path, SALES, "Sales Report")

    assert "1:1: the file's name 'Sales Report' cannot be a report's id; rename it" in found[0]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text\n", "42\n"])
def test_a_file_that_is_no_report_says_how_to_start(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == ["1:1: is not a report; start with `title:`; `reports new` makes one"]


def test_two_files_that_would_be_one_report_are_told(tmp_path: Path) -> None:
    path = write(tmp_path).with_suffix(".yml")
    path.write_text(SALES)

    [broken] = load_all(tmp_path / "report_specs", tmp_path / "include")[1]

    assert str(broken.problems[0]) == f"{path}:1:1: sales.yaml is there too: two reports with one id; rename one"


def test_one_broken_spec_leaves_the_others_alone(tmp_path: Path) -> None:
    write(tmp_path, SALES, "good")
    write(tmp_path, "title: [", "bad")

    healthy, broken = load_all(tmp_path / "report_specs", tmp_path / "include")

    assert [report.id for report in healthy] == ["good"]
    assert [report.id for report in broken] == ["bad"]


def test_a_broken_spec_keeps_the_schedules_and_the_owner_that_can_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, SALES.replace("type: html", "type: hmtl"))

    loaded = load(path, tmp_path / "include")

    assert isinstance(loaded, BrokenReport)
    assert [schedule.id for schedule in loaded.schedules] == ["daily"]
    assert loaded.owner == "owner@northwind.example"


def test_the_digest_changes_with_the_sql_file_that_the_spec_names(tmp_path: Path) -> None:
    inline = "sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders"
    path = write(tmp_path, SALES.replace(inline, "sql_file: totals.sql"))
    sql = tmp_path / "include" / "sql" / "totals.sql"
    sql.write_text("SELECT 1 AS orders, 2 AS revenue")
    before = load(path, tmp_path / "include")
    sql.write_text("SELECT 1 AS orders, 3 AS revenue")

    after = load(path, tmp_path / "include")

    assert isinstance(before, Report)
    assert isinstance(after, Report)
    assert before.digest != after.digest


def test_a_chart_without_a_mark_or_with_data_of_its_own_is_refused(tmp_path: Path) -> None:
    chart = "- {type: chart, dataset: orders, vega_lite: {%s}}"

    assert "draws nothing" in problems(tmp_path, with_block(chart % "encoding: {}"))[0]
    assert "'data' is not allowed" in problems(tmp_path, with_block(chart % "mark: bar, data: {url: x}"))[0]

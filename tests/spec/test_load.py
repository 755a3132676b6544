"""A spec is loaded, or it comes back with every problem at its place."""

from pathlib import Path

import pytest

from scheduled_reports.audience import RunAudience
from scheduled_reports.spec.load import BrokenReport, Report, load, load_all
from specs import SALES, with_block, write

PAGE = "{type: html_email}"


def problems(folder: Path, text: str, name: str = "sales") -> list[str]:
    path = write(folder, text, name)
    loaded = load(path, folder / "include")
    assert isinstance(loaded, BrokenReport), "the spec should be broken"
    return [str(problem).removeprefix(f"{path}:") for problem in loaded.problems]


def test_a_valid_spec_loads_with_its_id_and_digest(tmp_path: Path) -> None:
    loaded = load(write(tmp_path), tmp_path / "include")

    assert isinstance(loaded, Report), getattr(loaded, "problems", None)
    assert (loaded.id, len(loaded.digest)) == ("sales", 64)
    assert [str(one) for one in loaded.spec.deliver[0].recipients(RunAudience({}))] == [
        "ann@northwind.example",
        "ben@northwind.example",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Sales", "titel: Sales", "1:1: unknown key 'titel' in the report; did you mean 'title'?"),
        ("title: Sales\n", "", "1:1: the key 'title' is missing in the report; add it"),
        ("title: Sales", 'title: "Sales, {{ period.label }}"',
         "1:8: title: the report's title is the same in every run; {{ … }} has its place in a heading's text"),
        ("title: Sales", "title: 12", "1:8: title: 12 is not text; write text, in quotes"),
        ("at_least: 1", "at_least: many", "14:45: run_when[1].at_least: 'many' is not a whole number"),
        ("at_least: 1", "at_least: 1, at_most: 0", "14:5: run_when[1]: at_least (1) is above at_most (0)"),
        (", at_least: 1", "", "14:5: run_when[1]: neither 'at_least' nor 'at_most' is given; give one or both"),
        ("type: csv", "type: csvv", "26:12: formats[2]: unknown type 'csvv'; did you mean 'csv'?"),
        (PAGE, "{}", "25:5: formats[1]: the key 'type' is missing"),
        ("type: email", "type: emial", "28:11: deliver[1]: unknown type 'emial'; did you mean 'email'?"),
        ("    to: [", "    too: [", "30:5: unknown key 'too' in deliver[1]; did you mean 'to'?"),
        ("ben@northwind.example", "ben@", "30:33: deliver[1].to[2]: 'ben@' is not an e-mail address"),
        ("owner@northwind.example", "me", "2:8: owner: 'me' is not an e-mail address"),
        ("30 6 * * *", "30 6 * *", "34:23: schedules[1].when: '30 6 * *' is not a cron line; write five fields"),
        ("30 6 * * *", "R R * * *", "34:23: schedules[1].when: 'R R * * *': R and H are not taken"),
        ('when: "30 6 * * *"', "when: {type: hourly, every: 5}",
         "schedules[1].when.every: 5 is not allowed; allowed: 1, 2, 3, 4, 6, 12"),
        ('when: "30 6 * * *"', "when: {type: hourly, every: '2'}", "every: '2' is not allowed; allowed: 1, 2, 3, 4"),
        ("30 6 * * *", "@daily", "34:23: schedules[1].when: '@daily' alone does not say when"),
        ("30 6 * * *", "61 6 * * *", "34:23: schedules[1].when: '61 6 * * *' is not a cron line"),
        ("Europe/Berlin", "Europe/Berln", "34:47: schedules[1].timezone: unknown time zone 'Europe/Berln'"),
        ("body: html_email", "body: htm_email", "31:11: deliver[1].body: there is no format 'htm_email'; did you mean"),
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
        (PAGE, f"{PAGE}\n  - {{type: html_email, id: other}}",
         "26:5: the file of 'other' is called 'sales_2026-01-15_mail.html', as that of 'html_email'; give one of them"),
        (PAGE, "{type: html_email, file_name: a/b}",
         "25:5: the file of 'html_email' is called 'a/b.html': it holds a slash; a name has no slash or control"),
        (PAGE, r'{type: html_email, file_name: "a\0b"}', "it holds a line break or another control char"),
        (PAGE, r'{type: html_email, file_name: "a\nb"}', "it holds a line break or another control char"),
        (PAGE, "{type: pdf, file_name: Sales.PDF}",
         "25:5: the file of 'pdf' is called 'Sales.PDF.pdf', its extension twice; leave '.pdf' out of its 'file_name'"),
        (PAGE, "{type: html_email, file_name: .a}", "it begins with a dot"),
        (PAGE, f"{{type: html_email, file_name: {'ä' * 150}}}", "it has 305 bytes, more than 200"),
        ("title: S", f"tags: [ok, {'x' * 101}]\ntitle: S", "1:12: tags[2]: string should have at most 100 characters"),
        ("title: S", "tags: ['']\ntitle: S", "1:8: tags[1]: string should have at least 1 character"),
        ("  orders:\n", "  Orders:\n", "4:3: sources: 'Orders' is not a name; write lower-case"),
        ("  orders:\n", f"  {'x' * 64}:\n", "4:3: sources: string should have at most 63 characters"),
        ("title: S", "1: x\ntitle: S", "1:1: the key 1 is not text; put it in quotes"),
        ("title: S", "parameters:\n  day: {type: date, default: 2026-W01-1}\ntitle: S",
         "2:8: parameters.day: '2026-W01-1' is not a date; write it as 2026-01-31"),
        ("id: daily", f"id: {'d' * 64}", "schedules[1].id: string should have at most 63 characters"),
        (PAGE, f"{PAGE}\n  - {PAGE}", "two entries are called 'html_email'; give each its own 'id'"),
        ("id: daily", "id: Daily!", "34:10: schedules[1].id: 'Daily!' is not a name; write lower-case"),
        ("deliver:", "deliver: []\nother:", "27:10: deliver is empty; give it at least one entry"),
        ("content:", "content: 3\nother:", "content: 3 is not a list"),
        ("title: S", "checks: {type: trend, strict: [yes, true]}\ntitle: S",
         "1:9: checks: {type: 'trend', strict: ['yes', true]} is not a list; write a list"),
        ("title: S", "approval: {approvers: [ana@northwind.example]}\ntitle: S",
         "1:24: approval.approvers[1]: 'ana@northwind.example' is not a mapping; write a mapping: {user: …, email: …}"),
        (PAGE, "html_email", "25:5: formats[1]: 'html_email' is not a mapping; write a mapping: {type: html_email}"),
        (PAGE, "mail", "25:5: formats[1]: 'mail' is not a mapping; write a mapping: {type: …}"),
        (PAGE, "{type: html_email, full_report: reports/x}",
         "formats[1].full_report: 'reports/x' is no address of the web; it has to begin with https:// or http://"),
        ("content:", "content: [{type: table, dataset: orders, columns: [{name: a, total: summe}]}]\nother:",
         "content[1].columns[1].total: 'summe' is not allowed; did you mean 'sum'?"),
        ("content:", "content: [{type: table, dataset: orders, columns: [net]}]\nother:",
         "content[1].columns[1]: 'net' is not a mapping; write a mapping: {name: net}"),
        ("title: S", "approval: true\ntitle: S",
         "1:11: approval: true is not a mapping; write a mapping: {approvers: …}"),
        ("title: S", "alert: {rearm_after: 0}\ntitle: S",
         "1:22: alert.rearm_after: 0 is too small; write at least 1"),
        ("title: S", "alert: {again_after: 5000}\ntitle: S",
         "1:22: alert.again_after: 5000 is too large; write at most 1000"),
        ("title: S", "checks: [{type: trend, dataset: orders, within: 0}]\ntitle: S",
         "1:49: checks[1].within: 0 is too small; write more than 0"),
        ("title: S", "wait_for: 45m\ntitle: S",
         "1:1: unknown key 'wait_for' in the report; it is a key of 'run_when' itself; here are allowed: "),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert old in SALES
    found = problems(tmp_path, SALES.replace(old, new, 1))

    assert any(expected.lower() in line.lower() for line in found), found


def test_of_a_total_in_two_forms_the_one_that_its_author_meant_is_told(tmp_path: Path) -> None:
    content = "content: [{type: table, dataset: orders, columns: [{name: a}, {name: b, total: TOTAL}]}]\nother:"
    word, mapping = (problems(tmp_path, SALES.replace("content:", content.replace("TOTAL", total), 1))
                     for total in ("summe", "{sum: b}"))  # fmt: skip

    assert next(line for line in word if "total" in line).endswith("(allowed: count, max, mean, min, sum)")
    assert len([line for line in word if "total" in line]) == 1
    assert [line.partition(": ")[2] for line in mapping if "total" in line] == [
        "the key 'per' is missing in content[1].columns[2].total; add it"
    ]


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(tmp_path, SALES.replace("owner: owner", "owner: no one").replace("type: csv", "type: pdff"))

    assert [line.partition(":")[0] for line in found] == ["2", "26"]


def test_a_file_name_that_cannot_be_an_id_is_told(tmp_path: Path) -> None:
    found = problems(tmp_path, SALES, "Sales Report")

    assert "1:1: the file's name 'Sales Report' cannot be a report's id; rename it" in found[0]


def test_a_file_name_too_long_for_the_id_of_a_dag_is_told(tmp_path: Path) -> None:
    assert "cannot be a report's id; rename it to at most 63" in problems(tmp_path, SALES, "a" * 64)[0]
    assert isinstance(load(write(tmp_path, SALES, "a" * 63), tmp_path / "include"), Report)


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
    path = write(tmp_path, SALES.replace("type: html_email", "type: hmtl"))

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


INLINE = "sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders"


def test_an_sql_file_that_is_not_utf_8_is_told_where_the_spec_names_it(tmp_path: Path) -> None:
    path = write(tmp_path, SALES.replace(INLINE, "sql_file: totals.sql"))
    sql = tmp_path / "include" / "sql" / "totals.sql"
    sql.write_bytes("SELECT 1 AS umsätze".encode("latin-1"))

    loaded = load(path, tmp_path / "include")

    assert isinstance(loaded, BrokenReport)
    [problem] = map(str, loaded.problems)
    assert problem.startswith(f"{path}:12:15: datasets.totals.sql_file: {sql} cannot be read: 'utf-8' codec can't")
    assert problem.endswith("; save it as UTF-8 text")


def test_whatever_else_breaks_while_a_spec_is_checked_is_its_problem_alone(tmp_path: Path) -> None:
    odd = write(tmp_path, SALES.replace(INLINE, r'sql_file: "totals\0.sql"'), "odd")
    write(tmp_path)

    [healthy], [broken] = load_all(tmp_path / "report_specs", tmp_path / "include")

    assert healthy.id == "sales"
    assert [str(problem).partition(";")[0] for problem in broken.problems] == [
        f"{odd}:1:1: cannot be checked: ValueError: embedded null byte"
    ]
    assert [schedule.id for schedule in broken.schedules] == ["daily"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("connection: shop", "connection: %s"),
        ("connection: mail", "connection: %s"),
        ("type: email\n    connection: mail", "type: sftp\n    path: x\n    files: csv\n    connection: %s"),
    ],
)
@pytest.mark.parametrize(
    "given",
    [
        r'"postgresql:\x2f/u:hunter2@h/db"', "postgresql://hunter2@h/db", "u:hunter2@h", "{password: hunter2}",
        "[hunter2, x]", "'hunter2 x'", f"hunter2{'x' * 250}", '""', "7",
    ],
)  # fmt: skip
def test_a_connection_is_an_id_and_what_else_stands_there_is_not_repeated(
    tmp_path: Path, old: str, new: str, given: str
) -> None:
    found = problems(tmp_path, SALES.replace(old, new % given, 1))

    assert any("connection: this is not the id of an Airflow connection; write its id" in line for line in found), found
    assert "hunter2" not in " ".join(found)


@pytest.mark.parametrize("given", ["smtp_default", "DB-1.prod", "team:shop", "shop#2", "'!shop(1)'"])
def test_a_connection_may_be_called_what_airflow_allows_but_for_slashes(tmp_path: Path, given: str) -> None:
    path = write(tmp_path, SALES.replace("connection: shop", f"connection: {given}"))

    assert isinstance(load(path, tmp_path / "include"), Report)

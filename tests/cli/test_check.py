"""`reports check` tells every mistake with its place, in the form that editors and CI understand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.planning import healthy
from specs import TWINNED as SALES

BROKEN = Path(__file__).parents[1] / "broken_specs"

EVERYTHING_WRONG = """\
2:1: the key 'title' is missing in the report; add it
2:1: unknown key 'titel' in the report; did you mean 'title'?
3:8: owner: 'Anna Schröder' is not an e-mail address; write name@host, nothing else
4:10: retries: 'many' is not a whole number; write a whole number
5:7: tags: 'brief' is not a list; write a list
8:11: sources.calls: unknown type 'sqll'; did you mean 'sql'?
11:3: sources: 'Agents' is not a name; write lower-case letters, digits and single underscores
17:5: datasets.totals: exactly one of 'sql' and 'sql_file' is needed; 'sql' holds it inline
19:5: run_when[1]: at_least (10) is above at_most (5); no table can meet that
23:12: content[1].items is empty; give it at least one entry
26:5: unknown key 'colums' in content[2]; did you mean 'columns'?
29:34: content[3].vega_lite.data: 'data' is not allowed here; the chart's 'dataset' gives the data
29:40: content[3].vega_lite.data.url: charts load nothing from elsewhere; make it a dataset of the report
32:23: content[4].vega_lite.mark: there is no Vega-Lite mark 'bars'; did you mean 'bar'?
34:3: formats: two entries are called 'csv'; give each its own 'id'
39:33: deliver[1].to[2]: 'ben@' is not an e-mail address; write name@host, nothing else
42:23: schedules[1].when: '30 6 * *' is not a cron line; write five fields, for example '30 6 * * 1-5'
42:45: schedules[1].timezone: unknown time zone 'Europe/Berln'; write an IANA name, for example Europe/Berlin
43:10: schedules[2].id: 'Weekly' is not a name; write lower-case letters, digits and single underscores
43:46: schedules[2].covers: 'last_week' is no span of time
"""

DANGLING_REFERENCES = """\
5:13: 'timezone' is a value that every run has; give the parameter another name
10:10: sources.calls.sql: unknown bind value ':period_begin' in line 2 of the SQL; did you mean 'period_end'?
16:15: sources.agents.sql_file: there is no file {include}/sql/agent.sql; did you mean 'agents.sql'?
19:5: 'calls' is also a source; give the dataset another name
21:27: run_when[1].dataset: there is no source or dataset 'call'; did you mean 'calls'?
24:11: content[1].text: the template "What happened on {{{{ period.begin | date('%d %B') }}}}" cannot be filled: \
there is no 'begin' here
26:14: content[2].dataset: there is no source or dataset 'agentz'; did you mean 'agents'?
34:14: deliver[1].subject: the template '{{{{ report.title | upper' cannot be filled: unexpected end of template, \
expected 'end of print statement'
36:14: deliver[1].attach[1]: there is no format 'pdf'
"""


def told(stderr: str, path: Path) -> list[str]:
    """Return the problems of one file without its path and without the lists of what is allowed."""
    lines = [line.removeprefix(f"{path}:") for line in stderr.splitlines() if line.startswith(f"{path}:")]
    return [re.split(r" \(allowed: |; allowed: |; words: |; write one of since_last_fire", line)[0] for line in lines]


def test_valid_specs_are_counted(project: Path, reports: Callable) -> None:
    for number in range(100):
        healthy(project, name=f"sales_{number}")

    result = reports("check")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "100 specs are valid\n", "")
    assert reports("check", "sales_7").stdout == "1 spec is valid\n"


def test_a_file_full_of_mistakes_gets_each_told_in_the_order_of_the_file(reports: Callable) -> None:
    path = BROKEN / "everything_wrong.yaml"

    result = reports("check", path)

    assert told(result.stderr, path) == EVERYTHING_WRONG.splitlines()
    assert result.stderr.splitlines()[-1] == "1 of 1 specs broken, 20 problems"
    assert (result.exit_code, result.stdout) == (1, "")


def test_what_a_spec_names_and_what_is_not_there_is_told(
    project: Path, reports: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__INCLUDE_FOLDER", str(project / "include"))
    (project / "include" / "sql" / "agents.sql").write_text("SELECT 1 AS agents")
    path = BROKEN / "dangling_references.yaml"

    result = reports("check", path)

    assert told(result.stderr, path) == DANGLING_REFERENCES.format(include=project / "include").splitlines()


def test_broken_specs_fail_the_check_and_are_counted_beside_the_valid(project: Path, reports: Callable) -> None:
    healthy(project)
    bad = healthy(project, SALES.replace("title: S", "titel: S"), "bad")

    result = reports("check")

    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()[:-1]] == [f"{bad}:1:1"] * 2
    assert result.stderr.splitlines()[-1] == "1 of 2 specs broken, 2 problems"


def test_the_place_stays_readable_in_line_100(project: Path, reports: Callable) -> None:
    path = healthy(project, "# a long report\n" * 99 + SALES.replace("title: Sales", "title: 12"))

    assert f"{path}:100:8: title: 12 is not text" in reports("check").stderr  # `:100:` is also an emoji's name


@pytest.mark.parametrize(
    "argument", ["sales", "sales.yaml", "report_specs/sales.yaml", "report_specs", "./report_specs/"]
)
def test_a_spec_may_be_named_by_its_name_its_file_or_its_folder(
    project: Path, reports: Callable, argument: str
) -> None:
    healthy(project)

    result = reports("check", argument)

    assert (result.exit_code, result.stdout) == (0, "1 spec is valid\n")


def test_a_spec_named_twice_is_checked_once(project: Path, reports: Callable) -> None:
    healthy(project)

    assert reports("check", "sales", "report_specs/sales.yaml", project / "report_specs").stdout == "1 spec is valid\n"


def test_a_name_that_there_is_not_gets_the_nearest_one(project: Path, reports: Callable) -> None:
    healthy(project)
    healthy(project, name="morning_brief")

    result = reports("check", "slaes")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no spec slaes" in result.stderr
    assert "did you mean 'sales'? (allowed: morning_brief, sales)" in result.stderr


def test_a_folder_that_there_is_not_is_told(project: Path, reports: Callable) -> None:
    (project / "report_specs").rmdir()

    result = reports("check", "--specs", "nowhere")

    assert result.exit_code == 2
    assert "there is no folder nowhere\n  → make it, or name another with --specs" in result.stderr


def test_sql_files_are_looked_for_in_the_include_folder_beside_the_specs(project: Path, reports: Callable) -> None:
    inline = "sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders"
    healthy(project / "other", SALES.replace(inline, "sql_file: totals.sql"))
    sql = project / "other" / "include" / "sql" / "totals.sql"
    sql.write_text("SELECT 1 AS orders, 2 AS revenue")
    (project / "include" / "sql").rmdir()
    (project / "include").rmdir()

    assert reports("check", "--specs", "other/report_specs").exit_code == 0


def test_checking_does_not_wait_for_airflow_to_be_imported(project: Path) -> None:
    healthy(project)
    script = (
        "import sys\n"
        "from scheduled_reports.cli import app\n"
        "try: app(['check'])\n"
        "finally: print(sorted(name for name in sys.modules if name.partition('.')[0] in {'airflow', 'pyarrow'}))"
    )

    environment = {**os.environ, "AIRFLOW_HOME": str(project)}  # one without an airflow.cfg
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout == "1 spec is valid\n[]\n"


@pytest.mark.parametrize("arguments", [[], ["sales"], ["sales.yml"]])
def test_two_files_that_would_be_one_report_are_told_whichever_is_named(
    project: Path, reports: Callable, arguments: list[str]
) -> None:
    twin = healthy(project).with_suffix(".yml")
    twin.write_text(SALES)

    result = reports("check", *arguments)

    assert result.exit_code == 1
    assert f"{twin}:1:1: sales.yaml is there too" in result.stderr.replace("\n", "")


def test_an_sql_file_that_is_not_utf_8_is_a_line_and_no_traceback(project: Path, reports: Callable) -> None:
    inline = "sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders"
    healthy(project, SALES.replace(inline, "sql_file: totals.sql"))
    (project / "include" / "sql" / "totals.sql").write_bytes(b"SELECT 1 AS ums\xe4tze")
    healthy(project, "title: [", "other")

    result = reports("check")

    assert "save it as UTF-8 text" in result.stderr
    assert "2 of 2 specs broken, 2 problems" in result.stderr

"""`reports preview` makes the files that the DAG would make, over a real database, and delivers nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from demo.mail_server import MailServer
from runs import connect_mail
from specs import SALES, shop, write

RUN = Path("sales/daily/2026-10-01/preview")
OCTOBER = ("--period", "2026-10-01")
PARAMETERS = "parameters:\n  least: {type: number, default: 0}\n  who: {type: text, default: '%'}\nsources:"
WITH_PARAMETERS = SALES.replace("sources:", PARAMETERS).replace(
    "< :period_end", "< :period_end AND amount >= :least AND customer LIKE :who"
)


def test_every_format_of_the_period_is_made_and_shown(project: Path, preview: Callable[..., Result]) -> None:
    result = preview(*OCTOBER)

    files = project / "out" / "preview" / RUN / "files"
    page, table = files / "sales_2026-10-01_mail.html", files / "sales_2026-10-01.csv"
    assert result.exit_code == 0, result.output
    assert table.read_text("utf-8-sig").splitlines()[1] == "Customer 0,10"
    assert "30.75" in page.read_text()
    lines = result.stdout.splitlines()
    assert lines[:4] == [
        "Sales · Thursday, 1 October 2026", "  orders: 3 rows", "  totals: 1 row",
        "  condition all[1]: met: orders has 3 rows",
    ]  # fmt: skip
    assert [line.split() for line in lines[4:]] == [
        [f"{path.stat().st_size:,}", "bytes", str(path.relative_to(project))] for path in (page, table)
    ]


def test_nothing_is_delivered_and_no_ledger_is_kept(
    project: Path, preview: Callable[..., Result], connection: Callable[..., None], tmp_path: Path
) -> None:
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)

        assert preview(*OCTOBER).exit_code == 0

        assert server.messages() == []
    assert list(project.rglob("*ledger*")) == []


def test_the_files_may_go_to_a_folder_with_any_name(project: Path, preview: Callable[..., Result]) -> None:
    result = preview(*OCTOBER, "--out", "my files [1] ä 100%20")

    assert result.exit_code == 0, result.output
    assert (project / "my files [1] ä 100%20" / RUN / "files" / "sales_2026-10-01.csv").is_file()
    assert "my files [1] ä 100%20/sales/daily" in result.stdout


def test_another_schedule_covers_its_own_period(project: Path, preview: Callable[..., Result]) -> None:
    weekly = SALES + "  - {id: weekly, when: '0 7 * * 1', timezone: Europe/Berlin, covers: previous_week}\n"

    result = preview(*OCTOBER, "--schedule", "weekly", text=weekly)

    assert result.stdout.splitlines()[:2] == ["Sales · 28 September – 4 October 2026", "  orders: 4 rows"]


def test_parameters_are_bound_with_their_types(preview: Callable[..., Result]) -> None:
    every = preview(*OCTOBER, text=WITH_PARAMETERS)
    some = preview(*OCTOBER, "--param", "least=10.25", text=WITH_PARAMETERS)
    one = preview(*OCTOBER, "--param", "who=% 1", "--param", "least=10", text=WITH_PARAMETERS)

    assert [result.stdout.splitlines()[1] for result in (every, some, one)] == [
        "  orders: 3 rows", "  orders: 2 rows", "  orders: 1 row",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--period", "1.10.2026"), "period '1.10.2026' is no date"),
        (("--period", "2026-02-30"), "write it as 2026-10-01"),
        (("--schedule", "dayly"), "sales has no schedule 'dayly': did you mean 'daily'?"),
        (("--param", "leest=1"), "sales has no parameter 'leest': did you mean 'least'?"),
        (("--param", "least=some"), "--param least=some: 'some' is not of type number"),
        (("--param", "who"), "--param who has no value\n  → write --param who=VALUE"),
    ],
)
def test_an_option_that_does_not_fit_is_told(
    project: Path, preview: Callable[..., Result], arguments: tuple[str, ...], told: str
) -> None:
    result = preview(*arguments, text=WITH_PARAMETERS)

    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert not (project / "out").exists()


def test_a_run_that_the_dag_would_skip_says_why_and_still_shows_the_files(
    project: Path, preview: Callable[..., Result]
) -> None:
    result = preview(*OCTOBER, text=SALES.replace("at_least: 1", "at_least: 5"))

    assert result.exit_code == 0
    assert "The DAG would skip this run: orders has 3 rows for Thursday, 1 October 2026, at least 5" in result.stdout
    assert len(list((project / "out").rglob("sales_2026-10-01*.*"))) == 2


def test_a_run_that_the_dag_would_let_wait_says_how_long(preview: Callable[..., Result]) -> None:
    wait = "run_when:\n  all: [{type: flag, file: ready.txt}]\n  wait_for: 45m\n  then: send_stale\n"
    result = preview(*OCTOBER, text=SALES.replace("run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n", wait))

    told = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert "it waits up to 45m for that, and then goes on with a STALE banner" in told
    assert "sales_2026-10-01_mail.html" in told


@pytest.mark.parametrize(
    "condition",
    ["{type: rows, dataset: orders, at_least: 5}", "{type: value, connection: no, sql: SELECT 1, equals: 1}"],
)
def test_checks_are_judged_also_where_a_condition_ends_the_run_before_them(
    preview: Callable[..., Result], condition: str
) -> None:
    text = SALES.replace("{type: rows, dataset: orders, at_least: 1}", condition)
    result = preview(*OCTOBER, text=f"{text}checks:\n  - {{type: complete, dataset: orders, columns: [id, missing]}}\n")

    told = " ".join(result.stdout.split())
    assert "check complete_orders: crashed: it could not be judged" in told
    assert "in `checks`; the DAG would stop: nobody gets it, the owner is told" in told


def test_a_condition_that_cannot_be_asked_here_is_told_and_the_files_are_shown(preview: Callable[..., Result]) -> None:
    asks = "{type: value, connection: nowhere, sql: SELECT 1, at_least: 1}"
    result = preview(*OCTOBER, text=SALES.replace("{type: rows, dataset: orders, at_least: 1}", asks))

    assert result.exit_code == 0
    assert "would fail, as it does here: there is no Airflow connection 'nowhere'" in " ".join(result.stdout.split())
    assert "sales_2026-10-01_mail.html" in result.stdout


def test_a_preview_asks_airflow_what_its_environment_and_its_database_say(
    preview: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n"
    flag = SALES.replace(rows, "run_when:\n  - {type: flag, variable: loaded}\n")
    event = SALES.replace(rows, "run_when:\n  - {type: event, asset: stock}\n")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "sqlite:////nowhere/airflow.db")

    monkeypatch.setenv("AIRFLOW_VAR_LOADED", "no")
    assert "would skip this run: the Airflow Variable 'loaded' is 'no'" in preview(*OCTOBER, text=flag).stdout
    monkeypatch.setenv("AIRFLOW_VAR_LOADED", "yes")
    assert "would" not in preview(*OCTOBER, text=flag).stdout
    told = " ".join(preview(*OCTOBER, text=event).stdout.split())
    assert "nobody can tell here when the asset 'stock' was updated: Airflow has no database at" in told
    assert "sales_2026-10-01_mail.html" in told


def test_the_banner_of_an_earlier_preview_is_not_this_ones(project: Path, preview: Callable[..., Result]) -> None:
    alert = "alert: {keys: {dataset: orders, columns: [customer]}}\ncontent:\n"
    page = project / "out" / "preview" / RUN / "files" / "sales_2026-10-01_mail.html"
    assert preview(*OCTOBER, text=SALES.replace("content:\n", alert, 1)).exit_code == 0
    assert "New: Customer 0, Customer 1, Customer 2; 3 in all." in page.read_text()

    assert preview(*OCTOBER, text=SALES.replace("at_least: 1", "at_least: 99")).exit_code == 0
    assert "Customer 0, Customer 1" not in page.read_text()


def test_a_broken_spec_is_told_with_every_problem(preview: Callable[..., Result]) -> None:
    result = preview(text=SALES.replace("title: S", "titel: S").replace("type: html_email", "type: hmtl"))

    assert result.exit_code == 2
    assert "sales.yaml is broken" in result.stderr
    assert "sales.yaml:1:1: unknown key 'titel'" in result.stderr
    assert "sales.yaml:25:12: formats[1]: unknown type 'hmtl'" in result.stderr


def test_a_connection_that_there_is_not_is_told_with_how_to_add_it(
    preview: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_SHOP")

    result = preview(*OCTOBER)

    assert result.exit_code == 2
    assert "there is no Airflow connection 'shop'" in result.stderr
    assert "airflow connections add shop" in result.stderr
    assert "Traceback" not in result.output


def test_a_folder_of_several_specs_is_none(project: Path, reports: Callable[..., Result]) -> None:
    write(project)
    write(project, name="arrears")

    result = reports("preview", "report_specs")

    assert (result.exit_code, result.stderr) == (2, "report_specs is a folder of 2 specs\n  → name one of them\n")


def test_a_title_is_shown_as_it_was_written(preview: Callable[..., Result]) -> None:
    result = preview(*OCTOBER, text=SALES.replace("title: Sales", 'title: "[eu] :100: [/x]"'))

    assert result.stdout.splitlines()[0] == "[eu] :100: [/x] · Thursday, 1 October 2026"


@pytest.mark.airflow
def test_a_connection_in_the_database_of_airflow_is_found(project: Path) -> None:
    write(project)
    database = shop(project / "shop.db")
    home = project / "home"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")},
        "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__SCHEDULED_REPORTS__SPECS_FOLDER": str(project / "report_specs"),
    }  # fmt: skip

    def run(*command: str) -> str:
        done = subprocess.run(command, env=environment, cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    airflow = (sys.executable, "-m", "airflow")
    run(*airflow, "db", "migrate")
    run(*airflow, "connections", "add", "shop", "--conn-type", "sqlite", "--conn-host", str(database))
    script = "from scheduled_reports.cli import app; app()"
    shown = run(sys.executable, "-c", script, "preview", "sales", *OCTOBER)

    assert "orders: 3 rows" in shown

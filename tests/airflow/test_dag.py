"""A spec's DAG, run by a real Airflow against a real database and a real mail server."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from demo.mail_server import MailServer
from specs import SALES, write

RunDag = Callable[..., tuple[str, dict[str, Any]]]


def states(instances: dict[str, Any]) -> dict[str, str]:
    return {name: str(instance.state) for name, instance in sorted(instances.items())}


def manifest(project: Path) -> dict[str, Any]:
    paths = sorted((project / "archive").rglob("manifest.json"), key=lambda path: path.stat().st_mtime)
    return json.loads(paths[-1].read_text())


def test_a_report_goes_the_whole_way(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project)

    state, instances = run_dag("sales__daily")

    assert state == "success"
    assert states(instances) == dict.fromkeys(["check", "close", "deliver[0]", "extract", "gate", "render"], "success")
    assert instances["deliver[0]"].rendered_map_index == "email"
    assert len(inbox.messages()) == 2
    noted = manifest(project)
    assert noted["state"] == "delivered"
    assert [artifact["name"] for artifact in noted["artifacts"]] == [
        "sales_2026-10-01_mail.html",
        "sales_2026-10-01.csv",
    ]


def test_the_same_period_is_not_sent_twice_unless_forced(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project)
    run_dag("sales__daily")

    state, instances = run_dag("sales__daily")

    assert (state, len(inbox.messages())) == ("success", 2)
    assert set(states(instances).values()) == {"skipped"}
    assert "was delivered already (2 of 2)" in manifest(project)["reason"]
    assert run_dag("sales__daily", force=True)[0] == "success"
    assert len(inbox.messages()) == 4


def test_a_condition_that_is_not_met_skips_the_run_and_says_why(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    write(project, SALES.replace("at_least: 1", "at_least: 100"))

    state, instances = run_dag("sales__daily")

    assert (state, inbox.messages()) == ("success", [])
    found = states(instances)
    assert (found["extract"], found["check"], found["render"], found["close"]) == (
        "success", "skipped", "skipped", "skipped",
    )  # fmt: skip
    assert manifest(project)["reason"] == "orders has 3 rows for Thursday, 1 October 2026, at least 100 needed"


def test_a_refused_recipient_fails_the_run_at_once_and_the_owner_is_told(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    write(project, SALES.replace("ann@", "nobody@"))

    state, instances = run_dag("sales__daily")

    assert state == "failed"
    assert (str(instances["deliver[0]"].state), instances["deliver[0]"].try_number) == ("failed", 1)
    assert str(instances["close"].state) == "failed"
    assert [path.name.split("_")[1] for path in inbox.messages()] == [
        "ben@northwind.example", "owner@northwind.example",
    ]  # fmt: skip


def test_a_server_that_is_away_is_tried_again_and_then_the_run_is_red(
    project: Path, inbox: MailServer, run_dag: RunDag, connection: Callable[..., None]
) -> None:
    write(project, SALES.replace("owner:", "retries: 2\nowner:"))
    connection("mail", conn_type="smtp", host="127.0.0.1", port=9, extra={"disable_ssl": True, "disable_tls": True})

    state, instances = run_dag("sales__daily")

    assert state == "failed"
    assert instances["deliver[0]"].try_number == 3
    assert manifest(project)["state"] == "failed"


def test_sql_that_fails_is_not_repeated_and_reaches_the_owner_with_its_place(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    write(project, SALES.replace("FROM orders\n", "FROM ordres\n"))

    state, instances = run_dag("sales__daily")

    assert state == "failed"
    assert (str(instances["extract"].state), instances["extract"].try_number) == ("failed", 1)
    assert str(instances["deliver[0]"].state) == "upstream_failed"
    [mail] = inbox.messages()
    assert "sales.yaml:7" in mail.read_text()


def test_a_parameter_given_to_the_run_reaches_the_query(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    parameters = "parameters:\n  who: {type: text, default: Customer 1}\nsources:"
    query = "< :period_end AND customer = :who"
    write(project, SALES.replace("sources:", parameters).replace("< :period_end", query))

    run_dag("sales__daily", who="Customer 2")

    [csv] = (project / "archive").rglob("*.csv")
    assert "Customer 2" in csv.read_text()
    assert "Customer 1" not in csv.read_text()


def test_the_dag_of_a_broken_spec_fails_and_tells_the_owner(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project, SALES.replace("type: html_email", "type: hmtl"))

    state, instances = run_dag("sales__daily")

    assert (state, states(instances)) == ("failed", {"spec_is_broken": "failed"})
    [mail] = inbox.messages()
    assert "unknown type 'hmtl'" in mail.read_text()


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("ARCHIVE", "nope://x", "nope"),
        ("LEDGER_CONN_ID", "no_such_ledger", "there is no Airflow connection 'no_such_ledger'"),
    ],
)
def test_a_wrong_setting_fails_at_once_and_the_owner_is_told_once(
    project: Path, inbox: MailServer, run_dag: RunDag, monkeypatch: pytest.MonkeyPatch,
    setting: str, value: str, told: str,
) -> None:  # fmt: skip
    write(project)
    monkeypatch.setenv(f"AIRFLOW__SCHEDULED_REPORTS__{setting}", value)

    state, instances = run_dag("sales__daily")

    assert state == "failed"
    assert [(instances[name].state, instances[name].try_number) for name in ("gate", "close")] == [("failed", 1)] * 2
    [mail] = inbox.messages()
    assert "the run could not be settled" in mail.read_text()
    assert told in mail.read_text().replace("=\n", "")


def test_an_archive_that_cannot_be_written_reaches_the_owner(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project, SALES.replace("owner:", "retries: 1\nowner:"))
    (project / "archive").write_text("a file where the folder should be")

    state, instances = run_dag("sales__daily")

    assert (state, instances["close"].state) == ("failed", "failed")
    [mail] = inbox.messages()
    assert str(project / "archive") in mail.read_text().replace("=\n", "")


def test_a_period_that_is_not_over_is_refused(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project)

    state, _ = run_dag("sales__daily", period=dt.datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat())

    assert state == "failed"
    assert [path.name.split("_")[1] for path in inbox.messages()] == ["owner@northwind.example"]


def test_a_report_without_a_row_to_show_is_skipped_also_without_a_condition(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    write(project, SALES.replace("run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n", ""))

    state, instances = run_dag("sales__daily", period="2026-10-03")

    assert (state, states(instances)["check"], inbox.messages()) == ("success", "skipped", [])
    assert manifest(project)["reason"] == (
        "Nothing to show for Saturday, 3 October 2026: totals has no figure but zero, orders has no rows"
    )


def test_the_manifest_says_what_each_step_cost(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project)

    run_dag("sales__daily")

    assert {name: seconds > 0 for name, seconds in manifest(project)["seconds"].items()} == dict.fromkeys(
        ["gate", "extract", "check", "render", "close"], True
    )

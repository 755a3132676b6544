"""The condition `flag`: files, Airflow Variables and queries, all real."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.sftp_server import SftpServer
from judging import evidence_of
from runs import connect_shop, run_of
from scheduled_reports.conditions import Verdict
from scheduled_reports.conditions.flag import Flag
from scheduled_reports.errors import ReportError, SourceError, UnknownConnectionError
from scheduled_reports.facts.stored import StoredFacts
from scheduled_reports.run import Run
from session import free_port
from specs import SALES

PERIOD_END = dt.datetime(2026, 10, 1, 22, tzinfo=dt.UTC)
Connect = Callable[..., None]


def judged(folder: Path, run: Run | None = None, **fields: Any) -> Verdict:
    flag = Flag.model_validate({"type": "flag", **fields})
    return flag.judge(evidence_of(folder, run=run or run_of(folder, airflow=StoredFacts())))


def touch(path: Path, at: dt.datetime = PERIOD_END) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def test_a_file_that_is_there_is_a_flag_that_is_set(tmp_path: Path) -> None:
    path = touch(tmp_path / "in" / "20261001.done")

    verdict = judged(tmp_path, file=f"{tmp_path}/in/{{{{ period.start:%Y%m%d }}}}.done")

    assert verdict == Verdict(True, f"the file {path} is there")


@pytest.mark.parametrize("name", ["nothing.done", "no/folder.done", "*.done", "**/x?z.done"])
def test_a_file_that_is_not_there_is_a_flag_that_is_not_set(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.done").mkdir()

    assert judged(tmp_path, file=f"{tmp_path}/{name}") == Verdict(False, f"there is no file {tmp_path}/{name}")


def test_a_path_that_begins_nowhere_lies_below_include(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    touch(run.include / "flags" / "ready")

    assert judged(tmp_path, run, file="flags/ready").met


def test_a_hidden_file_is_not_what_a_wildcard_means(tmp_path: Path) -> None:
    touch(tmp_path / "in" / ".being_written")

    assert not judged(tmp_path, file=f"{tmp_path}/in/*").met
    assert judged(tmp_path, file=f"{tmp_path}/in/.being_written").met


@pytest.mark.parametrize(("seconds", "met"), [(-86400, False), (-1, False), (0, True), (1, True), (86400 * 30, True)])
def test_the_flag_of_the_day_before_does_not_count(tmp_path: Path, seconds: int, met: bool) -> None:
    touch(tmp_path / "ready", PERIOD_END + dt.timedelta(seconds=seconds))

    assert judged(tmp_path, file=f"{tmp_path}/ready", newer_than="period_end").met is met


def test_a_file_that_is_too_old_is_told_with_its_time_in_the_schedules_zone(tmp_path: Path) -> None:
    path = touch(tmp_path / "ready", dt.datetime(2026, 10, 1, 3, 0, 5, tzinfo=dt.UTC))

    verdict = judged(tmp_path, file=str(path), newer_than="period_end")

    assert verdict.reason == (
        f"the file {path} is of 2026-10-01 05:00:05, before the end of the period, 2026-10-02 00:00"
    )


def test_of_many_files_the_newest_counts(tmp_path: Path) -> None:
    touch(tmp_path / "in" / "a.done", PERIOD_END - dt.timedelta(days=1))
    newest = touch(tmp_path / "in" / "b.done", PERIOD_END)

    verdict = judged(tmp_path, file=f"{tmp_path}/in/*.done", newer_than="period_end")

    assert (verdict.met, str(newest) in verdict.reason) == (True, True)


def test_a_template_must_not_lead_out_of_its_folder(tmp_path: Path) -> None:
    text = "parameters:\n  day: {type: text, default: ../../etc/passwd}\n"
    run = run_of(tmp_path, SALES.replace("sources:\n", f"{text}sources:\n", 1))

    with pytest.raises(SourceError, match=r"a flag: the path cannot be used: .* has a part '\.\.'"):
        judged(tmp_path, run, file="flags/{{ parameters.day }}")


def test_a_folder_that_cannot_be_looked_into_is_an_error_and_no_flag_that_is_not_set(tmp_path: Path) -> None:
    touch(tmp_path / "folder")

    with pytest.raises(SourceError, match=r"a flag: .* cannot be read: Not a directory"):
        judged(tmp_path, file=f"{tmp_path}/folder/ready")


@pytest.fixture
def server(tmp_path: Path, connection: Connect, monkeypatch: pytest.MonkeyPatch) -> Iterator[SftpServer]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with SftpServer(tmp_path / "root", tmp_path / "key") as running:
        extra = {"host_key": running.host_key_line}
        fields = {"conn_type": "sftp", "host": "127.0.0.1", "login": "reports", "password": "reports", "extra": extra}
        connection("drop", port=running.port, **fields)
        connection("dead", port=free_port(), **fields)
        connection("wrong", port=running.port, **{**fields, "password": "no"})
        yield running


def test_a_flag_file_may_lie_on_an_sftp_server(tmp_path: Path, server: SftpServer) -> None:
    url = "sftp://drop@/in/{{ period.start:%Y%m%d }}.done"
    assert judged(tmp_path, file=url) == Verdict(False, "there is no file sftp://drop@/in/20261001.done")

    touch(server.root / "in" / "20261001.done", PERIOD_END - dt.timedelta(hours=1))

    assert judged(tmp_path, file=url) == Verdict(True, "the file sftp://drop@/in/20261001.done is there")
    assert "before the end of the period" in judged(tmp_path, file=url, newer_than="period_end").reason
    touch(server.root / "in" / "20261001.done")
    assert judged(tmp_path, file=url, newer_than="period_end").met


@pytest.mark.parametrize(("conn_id", "retryable"), [("dead", True), ("wrong", False)])
def test_a_server_that_cannot_be_asked_is_an_error(
    tmp_path: Path, server: SftpServer, conn_id: str, retryable: bool
) -> None:
    with pytest.raises(SourceError, match="a flag: the SFTP server") as told:
        judged(tmp_path, file=f"sftp://{conn_id}@/in/ready")

    assert told.value.retryable is retryable


def test_a_connection_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnknownConnectionError, match="no Airflow connection 'nowhere'"):
        judged(tmp_path, file="sftp://nowhere@/in/ready")
    with pytest.raises(UnknownConnectionError, match="no Airflow connection 'nowhere'"):
        judged(tmp_path, connection="nowhere", sql="SELECT 1")


@pytest.mark.parametrize(
    ("value", "met"),
    [("true", True), ("YES", True), (" On\n", True), ("1", True), ("false", False), ("0", False), ("off", False),
     ("no", False), ("", False)],
)  # fmt: skip
def test_a_variable_says_yes_or_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, met: bool) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_WAREHOUSE_READY", value)

    verdict = judged(tmp_path, variable="warehouse_ready")

    assert verdict == Verdict(met, f"the Airflow Variable 'warehouse_ready' is {value.strip()!r}")


def test_a_variable_may_have_to_be_a_day_and_what_else_it_is_stays_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"variable": "loaded", "equals": "{{ period.last_day:%Y-%m-%d }}"}
    monkeypatch.setenv("AIRFLOW_VAR_LOADED", "hunter2")
    other = judged(tmp_path, **wanted)
    monkeypatch.setenv("AIRFLOW_VAR_LOADED", "2026-10-01\n")

    assert other == Verdict(False, "the Airflow Variable 'loaded' is something else, not '2026-10-01'")
    assert judged(tmp_path, **wanted) == Verdict(True, "the Airflow Variable 'loaded' is '2026-10-01'")


def test_a_variable_that_says_neither_yes_nor_no_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_LOADED", "hunter2")

    with pytest.raises(SourceError, match="'loaded' is no flag") as told:
        judged(tmp_path, variable="loaded")

    assert "hunter2" not in str(told.value)
    assert "write `equals`" in told.value.fix


def test_where_airflow_is_not_there_a_variable_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="Airflow is not there to be asked"):
        judged(tmp_path, run_of(tmp_path), variable="loaded")


@pytest.fixture
def loads(tmp_path: Path, connection: Connect) -> Path:
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE loads (day TEXT, done)")
        shop.execute("INSERT INTO loads VALUES ('2026-10-01', 1), ('2026-09-30', 0), ('2026-09-29', 'TRUE')")
    shop.close()
    connect_shop(connection, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("sql", "met", "reason"),
    [
        ("SELECT done FROM loads WHERE day = :period_start_date", True, "is 1"),
        ("SELECT count(*) FROM loads", True, "is 3"),
        ("SELECT done FROM loads WHERE day = :previous_start_date", False, "is 0"),
        ("SELECT done FROM loads WHERE day = '2026-09-29'", True, "is 'TRUE'"),
        ("SELECT 0.0", False, "is 0.0"),
        ("SELECT -0.5", True, "is -0.5"),
        ("SELECT NULL", False, "gives nothing for Thursday, 1 October 2026"),
        ("SELECT done FROM loads WHERE day = '1999-01-01'", False, "gives nothing for Thursday, 1 October 2026"),
        ("SELECT done FROM loads WHERE 0", False, "gives nothing for Thursday, 1 October 2026"),
    ],
)
def test_a_query_says_yes_or_no(loads: Path, sql: str, met: bool, reason: str) -> None:
    verdict = judged(loads, connection="shop", sql=sql)

    assert verdict == Verdict(met, f"the flag's query on shop {reason}")


@pytest.mark.parametrize(
    ("sql", "equals", "met"),
    [
        ("SELECT 3", 3, True), ("SELECT 3", "3.0", True), ("SELECT 3.0", 3, True), ("SELECT 3", "three", False),
        ("SELECT 'done '", "done", True), ("SELECT 'Done'", "done", False), ("SELECT 1", True, False),
        ("SELECT 'true'", True, True), ("SELECT NULL", "", False), ("SELECT 9007199254740993", 9007199254740992, False),
        ("SELECT max(day) FROM loads", "{{ period.last_day:%Y-%m-%d }}", True),
    ],
)  # fmt: skip
def test_a_query_may_have_to_give_one_value(loads: Path, sql: str, equals: Any, met: bool) -> None:
    assert judged(loads, connection="shop", sql=sql, equals=equals).met is met


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT day FROM loads", "must give one value: it gives several rows"),
        ("SELECT day, done FROM loads WHERE 0", "must give one value: it gives 2 columns"),
        ("SELECT 'loading'", "is no flag"),
        ("SELECT x'00ff'", "is no flag"),
        ("SELECT 9e999", "is no flag"),
        ("SELECT 1 FROM missing", "no such table"),
        ("DELETE FROM loads", "begins with DELETE"),
        ("WITH x AS (SELECT 1) INSERT INTO loads SELECT 1, 2", "readonly database"),
    ],
)
def test_an_answer_that_is_no_flag_is_an_error(loads: Path, sql: str, error: str) -> None:
    with pytest.raises(SourceError, match=error):
        judged(loads, connection="shop", sql=sql)

"""`reports check --live`: whether all that the specs need can be used now."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from demo.mail_server import MailServer
from runs import connect_mail, connect_shop, use_settings
from session import ROOT
from specs import TWINNED, shop, write

Reports = Callable[..., Result]


@pytest.fixture
def inbox(project: Path, connection: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """Run the servers of the small spec."""
    use_settings(monkeypatch, project)
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{project / 'no_airflow.db'}")
    shop(project / "shop.db")
    connect_shop(connection, project)
    with MailServer(project / "inbox", refuse=frozenset({"nobody@northwind.example"})) as server:
        connect_mail(connection, server.port)
        yield server


def lines(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line[:1] in {"✓", "✗", "-", "?"}]


def test_where_all_can_be_used_it_exits_with_0_and_sends_nothing(
    project: Path, inbox: MailServer, reports: Reports
) -> None:
    write(project, TWINNED)

    result = reports("check", "--live")

    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0] == "1 spec is valid"
    assert [line.split()[0] for line in lines(result)] == ["✓"] * 7
    assert result.output.splitlines()[-1] == "7 of 7 can be used"
    assert inbox.messages() == []


def test_what_cannot_be_used_has_its_fix_and_who_needs_it(
    project: Path, inbox: MailServer, reports: Reports, connection: Callable[..., None]
) -> None:
    write(project, TWINNED)
    write(project, TWINNED, "again")
    connection("shop", conn_type="sqlite", host=str(project / "none.db"))

    result = reports("check", "--live")

    assert result.exit_code == 1
    text = result.output.splitlines()
    [at] = [number for number, line in enumerate(text) if line.startswith("✗ connection shop")]
    assert f"there is no file {project}/none.db" in text[at]
    assert text[at + 1].startswith("    → correct the host of the Airflow connection")
    assert text[at + 2] == "    needed by again, sales"
    assert [line.split("  ")[0] for line in text[at + 3 : at + 5]] == ["- source again.orders", "- source sales.orders"]
    assert text[-1] == "6 of 9 can be used, 3 cannot"


def test_only_what_the_named_reports_need_is_looked_at(project: Path, inbox: MailServer, reports: Reports) -> None:
    write(project, TWINNED)
    write(project, TWINNED.replace("connection: shop", "connection: nowhere"), "other")

    result = reports("check", "--live", "sales")

    assert result.exit_code == 0, result.output
    assert "nowhere" not in result.output


def test_a_broken_spec_keeps_the_others_from_nothing(project: Path, inbox: MailServer, reports: Reports) -> None:
    write(project, TWINNED)
    write(project, "title: [", "broken")

    result = reports("check", "--live")

    assert result.exit_code == 1
    assert "1 of 2 specs broken" in result.output
    assert any(line.startswith("✓ source sales.orders") for line in lines(result))


def test_a_report_that_is_switched_off_is_looked_at_before_it_is_switched_on(
    project: Path, inbox: MailServer, reports: Reports
) -> None:
    write(project, TWINNED + "enabled: false\n")

    assert any(line.startswith("✓ source sales.orders") for line in lines(reports("check", "--live")))


def test_without_it_nothing_is_looked_at(project: Path, reports: Reports) -> None:
    write(project, TWINNED)

    assert reports("check").output == "1 spec is valid\n"


def test_a_name_that_is_none_exits_with_2(project: Path, inbox: MailServer, reports: Reports) -> None:
    write(project, TWINNED)

    result = reports("check", "--live", "sale")

    assert result.exit_code == 2
    assert "did you mean 'sales'" in result.output


def test_pools_that_cannot_be_read_are_told_and_are_no_fault(
    project: Path, inbox: MailServer, reports: Reports
) -> None:
    write(project, TWINNED.replace("timezone: Europe/Berlin}", "timezone: Europe/Berlin, pool: reports}"))

    result = reports("check", "--live")

    assert result.exit_code == 0
    assert any(line.startswith("? pool reports") for line in lines(result))
    assert result.output.splitlines()[-1] == "7 of 8 can be used, 1 could not be asked"


def test_in_a_pipe_each_thing_is_one_line_and_nothing_else_is_printed(project: Path, inbox: MailServer) -> None:
    write(project, TWINNED.replace("FROM orders\n", "FROM a_table_with_a_very_long_name_that_is_not_there\n", 1))

    ran = subprocess.run(
        [sys.executable, "-c", "from scheduled_reports.cli import app; app()", "check", "--live"],
        cwd=project, env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert ran.returncode == 1
    printed = ran.stdout.splitlines()
    [line] = [line for line in printed if line.startswith("✗ source sales.orders")]
    assert "a_table_with_a_very_long_name_that_is_not_there" in line
    assert all(line.startswith(("✓ ", "✗ ", "    → ", "1 spec is valid")) for line in printed), printed
    assert ran.stderr == "6 of 7 can be used, 1 cannot\n"


def test_a_server_that_never_answers_does_not_keep_the_command_from_ending(
    project: Path, inbox: MailServer, connection: Callable[..., None]
) -> None:
    write(project, TWINNED)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        extra = {"disable_ssl": True, "disable_tls": True, "timeout": 600}
        fields = {"conn_type": "smtp", "host": "127.0.0.1", "port": silent.getsockname()[1], "extra": extra}
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins"), "AIRFLOW_CONN_MAIL": json.dumps(fields)}
        ran = subprocess.run(
            [sys.executable, "-c", "from scheduled_reports.cli import app; app()", "check", "--live"],
            cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    assert ran.returncode == 1
    assert "✗ connection mail" in ran.stdout
    assert "no answer within 10 s" in ran.stdout

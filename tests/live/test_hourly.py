"""The hourly look: what is noted, who is told, when, and in which order."""

import datetime as dt
import email
from collections.abc import Callable
from email import policy
from pathlib import Path
from typing import Any

import pytest
import time_machine

from demo.mail_server import MailServer
from runs import connect_mail, connect_shop, ledger_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, SourceError
from scheduled_reports.ledger.probes import history
from scheduled_reports.live.hourly import plan, probe, tell
from specs import SALES, write

Connect = Callable[..., None]
START = dt.datetime(2026, 10, 2, 5, 0, tzinfo=dt.UTC)


def hour(number: float, conn_id: str = "mail") -> str:
    """Do what the DAG does, some hours after the start; return what it says of failures, empty where there are none."""
    now = START + dt.timedelta(hours=number)
    with time_machine.travel(now, tick=False):
        parts = plan(airflow_connection, now)
        for part in parts:
            try:
                probe(airflow_connection, part, now)
            except SourceError:
                continue
        try:
            tell(airflow_connection, parts, now, now, conn_id)
        except SourceError as error:
            return str(error)
    return ""


def letters(server: MailServer) -> list[Any]:
    """Return the mails that came, in their order."""
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in server.messages()]


def subjects(server: MailServer) -> list[str]:
    return [f"{letter['To']}: {letter['Subject']}" for letter in letters(server)]


def kill_shop(connection: Connect) -> None:
    connection("shop", conn_type="sqlite", host="/nowhere/shop.db")


def test_where_all_is_well_nobody_is_told(project: Path, inbox: MailServer) -> None:
    write(project)

    assert hour(0) == ""
    assert letters(inbox) == []
    [seen] = history(ledger_of(project), "source", "orders", "sales")
    assert (seen.state, seen.reason, seen.probed_at) == ("ok", "2 columns: customer, amount", START)


def test_an_owner_is_told_when_it_begins_once_a_day_and_when_it_ends(
    project: Path, inbox: MailServer, connection: Connect
) -> None:
    write(project)
    kill_shop(connection)

    assert "connection shop" in hour(0)
    for number in (1, 2, 23):
        hour(number)
    assert len(letters(inbox)) == 1
    hour(24)
    assert len(letters(inbox)) == 2
    connect_shop(connection, project)
    assert hour(25) == ""
    assert hour(26) == ""

    begin = "owner@northwind.example: Cannot be used: connection shop, needed by Sales"
    assert subjects(inbox) == [begin, begin, "owner@northwind.example: Works again: connection shop"]
    assert "connection shop, since Fri 2026-10-02 07:00 CEST" in letters(inbox)[1].get_content()


def test_one_that_fails_again_is_told_again(project: Path, inbox: MailServer, connection: Connect) -> None:
    write(project)
    for number in range(3):
        kill_shop(connection)
        hour(2 * number)
        connect_shop(connection, project)
        hour(2 * number + 1)

    assert [subject.split(": ")[1] for subject in subjects(inbox)] == ["Cannot be used", "Works again"] * 3


def test_each_owner_gets_one_mail_the_owner_of_the_most_important_report_first(
    project: Path, inbox: MailServer, connection: Connect
) -> None:
    kill_shop(connection)
    write(project, SALES.replace("owner@", "ann@").replace("title: Sales", "title: Late"), "late")
    early = SALES.replace("owner@", "ben@").replace("title: Sales", "title: Early").replace("30 6", "15 6")
    write(project, early, "early")
    first = SALES.replace("owner@", "ann@").replace("title: Sales", "title: First")
    write(project, first.replace("timezone: Europe/Berlin}", "timezone: Europe/Berlin, priority: 50}"), "first")

    hour(0)

    assert subjects(inbox) == [
        "ann@northwind.example: Cannot be used: connection shop, needed by First",
        "ben@northwind.example: Cannot be used: connection shop, needed by Early",
    ]
    text = letters(inbox)[0].get_content()
    assert text.index("First (first), next run Sat 2026-10-03 06:30 CEST") < text.index("Late (late), next run")
    assert "Early (early)" not in text
    assert "Needed by early, first, late" in text


def test_of_two_reports_of_one_priority_the_next_to_run_comes_first(
    project: Path, inbox: MailServer, connection: Connect
) -> None:
    kill_shop(connection)
    write(project, SALES.replace("30 6 * * *", "0 12 * * *").replace("title: Sales", "title: Noon"), "a_noon")
    write(project, SALES.replace("30 6 * * *", "0 8 * * *").replace("title: Sales", "title: Eight"), "b_eight")

    hour(0)

    [letter] = letters(inbox)
    assert letter["Subject"].endswith("needed by Eight")
    assert letter.get_content().index("Eight (b_eight)") < letter.get_content().index("Noon (a_noon)")


def test_what_fails_later_is_told_though_another_is_known(
    project: Path, inbox: MailServer, connection: Connect
) -> None:
    write(project)
    kill_shop(connection)
    hour(0)
    write(project, SALES.replace("connection: shop", "connection: other"), "second")

    hour(1)

    assert subjects(inbox)[-1].endswith("Cannot be used: connection other and 1 more, needed by Sales")
    assert len(letters(inbox)) == 2


def test_a_report_that_is_off_is_not_looked_at(project: Path, inbox: MailServer, connection: Connect) -> None:
    kill_shop(connection)
    write(project, SALES + "enabled: false\n")

    assert hour(0) == ""
    assert letters(inbox) == []


def test_a_broken_spec_keeps_no_other_from_being_looked_at(
    project: Path, inbox: MailServer, connection: Connect
) -> None:
    kill_shop(connection)
    write(project)
    write(project, "title: [", "broken")

    assert "connection shop" in hour(0)


def test_without_any_report_there_is_only_the_archive(project: Path) -> None:
    assert [part["place"] for part in plan(airflow_connection, START)] == ["the archive"]


def test_an_owner_who_could_not_be_told_is_told_when_the_task_is_repeated(
    project: Path, inbox: MailServer, connection: Connect, closed: int
) -> None:
    write(project)
    kill_shop(connection)
    connect_mail(connection, closed, "broken")
    with pytest.raises(DeliveryError, match="1 owners could not be told") as caught:
        hour(0, "broken")
    assert caught.value.retryable

    hour(0)

    assert len(letters(inbox)) == 1


def test_a_place_that_nobody_could_look_at_counts_as_failed(project: Path, inbox: MailServer) -> None:
    write(project)
    parts = plan(airflow_connection, START)
    for part in parts:
        if part["place"] != "shop":
            probe(airflow_connection, part, START)

    with pytest.raises(SourceError, match="connection shop: nobody could look at it"):
        tell(airflow_connection, parts, START, START, "mail")

    assert "look into that task's log" in letters(inbox)[0].get_content()


def test_what_was_seen_before_this_run_does_not_count(project: Path, inbox: MailServer, connection: Connect) -> None:
    write(project)
    hour(0)
    now = START + dt.timedelta(hours=1)

    with pytest.raises(SourceError, match="nobody could look at it"):
        tell(airflow_connection, plan(airflow_connection, now), now, now, "mail")


def test_what_hides_behind_a_connection_is_noted_but_not_told(
    project: Path, inbox: MailServer, connection: Connect
) -> None:
    write(project)
    kill_shop(connection)

    hour(0)

    [source] = history(ledger_of(project), "source", "orders", "sales")
    assert (source.state, source.seconds) == ("blocked", None)
    assert "source sales.orders" not in letters(inbox)[0].get_content()

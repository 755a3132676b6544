"""`reports audience` says who would get what, and what a change adds or takes away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from audience.crowd import PEOPLE, recipients, sent_to
from audience.test_delivered import DYNAMIC, managers
from cli.repository import commit, git
from runs import connect_shop, ledger_of, rendered, run_of, use_settings
from scheduled_reports.cli.audience import show_audience
from specs import SALES, write

NOW = dt.datetime(2026, 10, 2, 0, 0, tzinfo=dt.UTC)
PARTNER = "[sales, eve@partner.example]\n    cc: boss@northwind.example"


@pytest.fixture
def versioned(project: Path) -> Path:
    """Return a project under git, whose report goes to a group and to a partner."""
    git(project, "init", "--quiet", "--initial-branch=main")
    recipients(project)
    write(project, sent_to(PARTNER))
    commit(project)
    return project


def told(project: Path, only: str | None = None) -> list[str]:
    console = Console(width=1000, highlight=False, soft_wrap=True)
    with console.capture() as capture:
        show_audience("sales", project / "report_specs", NOW, only, console)
    return capture.get().splitlines()


def parts(line: str) -> list[str]:
    return [part for part in line.split("  ") if part.strip()]


def test_everybody_is_shown_with_role_language_clock_and_the_groups_that_lead_to_them(versioned: Path) -> None:
    head, destination, *people = told(versioned)

    assert head == "Sales, next run of daily: Fri 2026-10-02 06:30 CEST"
    assert destination == "email (email): sales_2026-10-01_mail.html, sales_2026-10-01.csv"
    assert [[part.strip() for part in parts(line)] for line in people] == [
        ["to", "Ann Smith <ann@northwind.example>", "manager", "de", "Fri 13:30 JST", "for everybody in de",
         "through sales"],
        ["to", "Ben Frank <ben@northwind.example>", "en", "Fri 07:00 CEST", "through sales → field_sales"],
        ["to", "Cleo@Northwind.example", "en", "Fri 06:30 CEST", "through sales → field_sales"],
        ["to", "eve@partner.example", "en", "Fri 06:30 CEST", "(external)"],
        ["cc", "boss@northwind.example", "en", "Fri 06:30 CEST"],
    ]  # fmt: skip


def test_a_table_of_recipients_is_shown_with_its_columns_and_after_a_run_with_its_rows(
    tmp_path: Path, connection: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, tmp_path)
    connect_shop(connection, tmp_path)
    run = run_of(tmp_path, DYNAMIC)
    columns = "address from email, name from full_name, language from lang, timezone from tz, role from role"
    assert told(tmp_path)[2:] == [f"  to  each row of table managers: {columns}"]

    managers(tmp_path, ("ann@x.example", "Ann", "de"), ("no address",))
    rendered(run, ledger_of(tmp_path))
    run.folder.note(state="delivered")

    _, when, _, ann, nobody = told(tmp_path)
    assert when == "Tables of recipients are those of Thursday, 1 October 2026, run manual__1"
    shown = " ".join(ann.split())
    assert shown == "to Ann <ann@x.example> de Fri 06:30 CEST for everybody in de through managers (external)"
    assert nobody.endswith(
        "! row 2 of table 'managers': 'no address' is not an e-mail address; write name@host, nothing else"
    )


def test_one_destination_may_be_asked_for(versioned: Path, reports: Callable) -> None:
    more = SALES.replace(
        "deliver:\n", "deliver:\n  - {type: email, id: other, to: zoe@northwind.example, body: html_email}\n"
    )
    write(versioned, more)

    result = reports("audience", "sales", "--destination", "other")
    assert result.exit_code == 0
    assert "zoe@northwind.example" in result.stdout
    assert "ben@northwind.example" not in result.stdout
    unknown = reports("audience", "sales", "--destination", "others")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "sales has no destination 'others'\n  → did you mean 'other'?" in unknown.stderr


def test_a_report_that_is_broken_or_not_there_is_told(versioned: Path, reports: Callable) -> None:
    assert "did you mean 'sales'?" in reports("audience", "sale").stderr
    write(versioned, sent_to("[nobody]"))

    result = reports("audience", "sales")
    assert result.exit_code == 2
    assert "there is no person or group 'nobody'" in result.stderr


def test_what_a_change_adds_and_takes_away_is_marked(versioned: Path, reports: Callable) -> None:
    assert reports("audience", "sales", "--diff", "main").stdout == (
        "Nobody is added and nobody is taken away against main\n"
    )
    changed = PEOPLE.replace("[ben, cleo]", "[cleo, dora]").replace("role: manager", "role: director")
    dora = "groups:\n", "  dora: {address: dora@freemail.example}\n    groups:\n"
    recipients(versioned, changed.replace(*dora))
    write(versioned, sent_to("[sales]\n    bcc: boss@northwind.example"))

    lines = [" ".join(line.split()) for line in reports("audience", "sales", "--diff", "main").stdout.splitlines()]
    kept = [(line.split()[0], next(word for word in line.split() if "@" in word).strip("<>")) for line in lines]

    assert kept == [
        ("~", "ann@northwind.example"), ("+", "dora@freemail.example"), ("~", "boss@northwind.example"),
        ("-", "ben@northwind.example"), ("-", "eve@partner.example"),
    ]  # fmt: skip
    assert lines[0].endswith("(was manager)")
    assert lines[1].endswith("(external)")
    assert lines[2].endswith("(was cc)")
    assert lines[4].endswith("(external)")


def test_a_new_report_adds_everybody_and_a_removed_one_takes_them_away(versioned: Path, reports: Callable) -> None:
    (versioned / "report_specs" / "sales.yaml").rename(versioned / "report_specs" / "costs.yaml")

    assert {line[0] for line in reports("audience", "costs", "--diff", "main").stdout.splitlines()} == {"+"}
    assert {line[0] for line in reports("audience", "sales", "--diff", "main").stdout.splitlines()} == {"-"}
    assert reports("audience", "neither", "--diff", "main").exit_code == 2
    assert "git knows no ref 'mian'" in reports("audience", "costs", "--diff", "mian").stderr


def test_check_tells_what_is_wrong_with_a_file_that_no_spec_uses(versioned: Path, reports: Callable) -> None:
    recipients(versioned, "groups: {a: [b], b: [a]}\n", "unused.yaml")

    result = reports("check")
    assert result.exit_code == 1
    assert "include/recipients/unused.yaml:1:22: groups.b[1]: the group 'a' contains itself: a → b → a" in result.stderr

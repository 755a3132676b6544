"""`reports check` names what would show a sensitive column; `reports preview` makes every role's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from people import connect_crm, people
from specs import write

OCTOBER = ("--period", "2026-10-01")

SENSITIVE = "email: {sensitive: true}\n"


def test_a_column_that_reaches_a_block_through_sql_is_told_at_the_block(project: Path, reports: Callable) -> None:
    path = write(project, people(SENSITIVE), "people")

    result = reports("check", "people")

    told = result.stderr.splitlines()
    assert told[0] == (
        f"{path}:19:5: content[2]: shows 'contact', which is made of 'email' of source 'people' through dataset "
        "'contacts'; it is sensitive, and not masked for everybody; mask it in `columns`, show something else, or let "
        "one role see it: `mask: {ROLE: keep}`"
    )
    assert [line.removeprefix(f"{path}:").partition(" ")[0] for line in told[1:3]] == ["24:5:", "25:5:"]
    assert (result.exit_code, told[-1]) == (1, "1 of 1 specs broken, 3 problems")


def test_a_declarative_dataset_is_looked_through_as_well(project: Path, reports: Callable) -> None:
    text = people(SENSITIVE).replace(
        "    sql: SELECT name, email AS contact, phone, born, income FROM people ORDER BY id\n",
        "    from: people\n    group_by: [email]\n    metrics: {n: count(*)}\n",
    )
    path = write(project, text, "people")

    told = reports("check", "people").stderr.splitlines()

    assert told[0].startswith(f"{path}:21:5: content[2]: shows 'email' of source 'people' through dataset 'contacts';")


def test_a_masked_report_is_valid(project: Path, reports: Callable) -> None:
    write(project, people(), "people")

    assert reports("check").exit_code == 0


def test_a_preview_makes_the_files_of_every_role(
    project: Path, reports: Callable, connection: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__MASKING_CONN_ID", "masking")
    connect_crm(connection, project)
    write(project, people().replace("  - {type: pdf}\n", "").replace("[csv, pdf]", "csv"), "people")

    result = reports("preview", "people", *OCTOBER)

    assert result.exit_code == 0, result.stderr
    words = result.stdout.split()
    assert [word.partition("files/")[2] for word in words if "files/" in word] == [
        "people_2026-10-01_mail.html", "people_2026-10-01.xlsx", "people_2026-10-01.json", "people_2026-10-01.csv",
        "auditor/people_2026-10-01_mail.html", "auditor/people_2026-10-01.csv",
    ]  # fmt: skip

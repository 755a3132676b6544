"""A report on people, with columns that not everybody may see: for tests of masks."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

KEY = "a key of this deployment, for tests"

NAMES = ("Ann Abernathy", "Ben Brzezinski", "Cleo Czerwinska")

PEOPLE = dedent("""\
    title: People
    owner: owner@northwind.example
    sources:
      people:
        type: sql
        connection: crm
        sql: SELECT id, name, email, phone, born, income FROM people
    datasets:
      contacts:
        sql: SELECT name, email AS contact, phone, born, income FROM people ORDER BY id
      totals:
        sql: SELECT count(*) AS people, count(DISTINCT email) AS addresses FROM people
    content:
      - type: kpis
        dataset: totals
        items: [{label: People, value: people}, {label: Addresses, value: addresses}]
      - {type: table, title: Contacts, dataset: contacts}
    formats:
      - {type: html_email}
      - {type: pdf}
      - {type: xlsx}
      - {type: json, dataset: contacts}
      - {type: csv, dataset: contacts}
    deliver:
      - {type: email, id: everybody, connection: mail, to: ann@northwind.example, body: html_email, attach: [csv, pdf]}
      - {type: email, id: audit, connection: mail, role: auditor, to: aud@northwind.example, body: html_email,
         attach: csv}
    schedules:
      - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}
    """)

MASKS = """\
    name: {mask: {type: pseudonym, prefix: "Person "}}
    email: {sensitive: true, mask: {default: hash, auditor: keep}}
    phone: {sensitive: true, mask: partial}
    born: {type: date, mask: {type: generalise, to: year}}
    income: {type: integer, mask: {default: "null", auditor: {type: generalise, step: 10000}}}
    """


def people(columns: str = MASKS, text: str = PEOPLE) -> str:
    """Return the spec with what it says of the source's columns."""
    block = indent("columns:\n" + indent(dedent(columns), "  "), "    ")
    return text.replace("datasets:\n", f"{block.rstrip()}\ndatasets:\n", 1)


def crm(path: Path, rows: int = 3) -> Path:
    """Make a database of people: as many as `rows`, with recognisable data."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people (id INT, name TEXT, email TEXT, phone TEXT, born TEXT, income INT)")
        found = [
            (at, NAMES[at % 3], f"mail{at}@confidential{at % 3}.example", f"+49 30 55501{at:04d}", f"19{60 + at}-07-19",
             71234 + at)
            for at in range(rows)
        ]  # fmt: skip
        connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)", found)
    connection.close()
    return path


def connect_crm(connection: Callable[..., None], folder: Path, rows: int = 3) -> None:
    """Give Airflow the connections `crm` and `masking`."""
    if not (folder / "crm.db").exists():
        crm(folder / "crm.db", rows)
    connection("crm", conn_type="sqlite", host=str(folder / "crm.db"))
    connection("masking", conn_type="generic", password=KEY)

"""Masks are on the data before anything is made of it, for each role, from one reading of the source."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from people import KEY, people
from scheduled_reports.errors import SettingError, SourceError, UnknownConnectionError
from scheduled_reports.run import Run
from scheduled_reports.steps.extract import extract
from scheduled_reports.tables import Tables

FOLDERS = ("data", "roles/auditor")


def rows(run: Run, table: str, folder: str = "data") -> list[dict[str, Any]]:
    with run.folder.fetch(folder) as found:
        return Tables(found).read(table).to_pylist()


def test_each_role_gets_its_masks_and_datasets_are_made_of_masked_data(crm_run: Callable[..., Run]) -> None:
    run = crm_run()

    assert extract(run) == {"people": 3, "contacts": 3, "totals": 1}

    default, auditor = rows(run, "contacts")[0], rows(run, "contacts", "roles/auditor")[0]
    assert default["name"] == auditor["name"]
    assert default["name"].startswith("Person ")
    assert len(default["contact"]) == 64
    assert auditor["contact"] == "mail0@confidential0.example"
    assert [default["phone"], auditor["phone"]] == ["***0000", "***0000"]
    assert [str(default["born"]), default["income"], auditor["income"]] == ["1960-01-01", None, 70_000]
    assert rows(run, "totals") == rows(run, "totals", "roles/auditor") == [{"people": 3, "addresses": 3}]


def test_the_manifest_says_who_got_which_mask_and_what_each_role_has(crm_run: Callable[..., Run]) -> None:
    run = crm_run()

    extract(run)

    manifest = run.folder.manifest()
    assert manifest["masks"]["default"]["people.email"] == {"type": "hash"}
    assert manifest["masks"]["auditor"]["people.email"] == {"type": "keep"}
    assert manifest["masks"]["auditor"]["people.income"] == {"type": "generalise", "step": 10000}
    assert manifest["tables"]["contacts"]["rows"] == manifest["roles"]["auditor"]["contacts"]["rows"] == 3


def test_two_roles_are_made_of_one_reading(crm_run: Callable[..., Run]) -> None:
    drawn = "SELECT id, name, email, phone, born, income, hex(randomblob(8)) AS drawn FROM people"
    text = people().replace("SELECT id, name, email, phone, born, income FROM people", drawn, 1)
    run = crm_run(text)

    extract(run)

    both = [[row["drawn"] for row in rows(run, "people", folder)] for folder in FOLDERS]
    assert both[0] == both[1]
    assert len(set(both[0])) == 3


def test_what_no_mask_tells_apart_is_made_once_and_shared(crm_run: Callable[..., Run]) -> None:
    more = "  cities:\n    type: sql\n    connection: crm\n    sql: SELECT count(*) AS n FROM people\n"
    text = people().replace("datasets:\n", f"{more}datasets:\n  twice:\n    sql: SELECT 2 * n AS n FROM cities\n", 1)
    run = crm_run(text)

    extract(run)

    inodes = {
        table: {Path(run.folder.root.path, f"{folder}/{table}.parquet").stat().st_ino for folder in FOLDERS}
        for table in ("people", "contacts", "cities", "twice")
    }  # fmt: skip
    assert {table: len(found) for table, found in inodes.items()} == {
        "people": 2, "contacts": 2, "cities": 1, "twice": 1,
    }  # fmt: skip


def test_a_role_whose_masks_are_everybodys_has_nothing_of_its_own(crm_run: Callable[..., Run], tmp_path: Path) -> None:
    run = crm_run(people("email: {mask: {default: hash, auditor: hash}}\n"))

    extract(run)

    assert not Path(run.folder.root.path, "roles").exists()
    assert rows(run, "people")[0]["name"] == "Ann Abernathy"


def test_a_repeated_extract_gives_the_same_and_another_run_other_hashes(crm_run: Callable[..., Run]) -> None:
    first, again, other = crm_run(), crm_run(), crm_run(run_id="manual__2")
    extract(first)
    before = rows(first, "people")
    extract(again)
    extract(other)

    assert rows(again, "people") == before
    assert [row["name"] for row in rows(other, "people")] == [row["name"] for row in before]
    assert not {row["email"] for row in rows(other, "people")} & {row["email"] for row in before}


def test_masked_sources_still_join(crm_run: Callable[..., Run]) -> None:
    orders = """\
      orders:
        type: sql
        connection: crm
        sql: SELECT email AS customer, id * 10 AS amount FROM people
        columns: {customer: {mask: {default: hash, auditor: keep}}}
    datasets:
      joined:
        sql: SELECT count(*) AS n FROM people JOIN orders ON people.email = orders.customer
    """
    text = people().replace("datasets:\n", "\n".join(line[4:] for line in orders.splitlines()) + "\n", 1)
    run = crm_run(text)

    assert extract(run)["joined"] == 1
    assert rows(run, "joined") == rows(run, "joined", "roles/auditor") == [{"n": 3}]


def test_a_dropped_column_that_a_query_names_is_told_with_the_mask(crm_run: Callable[..., Run]) -> None:
    run = crm_run(people("email: {mask: {default: keep, auditor: drop}}\n"))

    with pytest.raises(SourceError) as caught:
        extract(run)

    assert "dataset 'contacts' (sales.yaml:12) failed" in str(caught.value)
    assert caught.value.fix.startswith("a mask drops people.email for role 'auditor': leave it out of the query")


def test_the_error_of_a_dataset_does_not_hold_a_sensitive_value(crm_run: Callable[..., Run]) -> None:
    text = people("email: {sensitive: true}\n").replace("email AS contact", "email::DATE AS contact")

    with pytest.raises(SourceError, match=r"dataset 'contacts' .* failed: Conversion Error") as caught:
        extract(crm_run(text))

    assert "confidential" not in str(caught.value)
    assert "LINE 1: SELECT name, email::DATE" in caught.value.why
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


def test_nothing_stays_of_a_source_whose_masks_do_not_fit(crm_run: Callable[..., Run], tmp_path: Path) -> None:
    run = crm_run(people("income: {mask: partial}\n"))

    with pytest.raises(SourceError) as caught:
        extract(run)

    what = "source 'people' (sales.yaml:9): the mask 'partial' does not fit column 'income', which is integer"
    assert str(caught.value).startswith(what)
    assert not caught.value.retryable
    assert [path for path in (tmp_path / "archive").rglob("*") if path.is_file()] == []


def test_keyed_masks_without_a_key_say_how_to_get_one_before_anything_is_read(
    crm_run: Callable[..., Run], connection: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection("masking", conn_type="generic", password="too short")
    with pytest.raises(
        SettingError, match="the password of the Airflow connection 'masking' has 9 characters"
    ) as short:
        extract(crm_run())
    assert "too short" not in str(short.value)

    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__MASKING_CONN_ID", "no_such")
    with pytest.raises(UnknownConnectionError, match="there is no Airflow connection 'no_such'"):
        extract(crm_run())

    monkeypatch.delenv("AIRFLOW__SCHEDULED_REPORTS__MASKING_CONN_ID")
    with pytest.raises(SettingError) as caught:
        extract(crm_run())
    assert "the mask of column 'people.name' needs this deployment's key: the setting" in str(caught.value)
    assert "airflow connections add masking" in caught.value.fix
    extract(crm_run(people("email: {mask: partial}\n")))


def test_what_a_killed_extraction_left_unmasked_is_gone_after_the_next(crm_run: Callable[..., Run]) -> None:
    run = crm_run()
    left = Path(run.folder.root.path, ".scratch-killed", "raw-1")
    left.mkdir(parents=True)
    (left / "people.parquet").write_bytes(b"mail0@confidential0.example")

    extract(run)

    assert not left.parent.exists()


def test_a_disk_that_is_full_while_masking_is_told_and_leaves_nothing(
    crm_run: Callable[..., Run], tmp_path: Path
) -> None:
    import subprocess
    import sys

    run = crm_run()
    code = (
        "import resource, signal, sys, os; sys.path[:0] = [{tests!r}]\n"
        "from pathlib import Path; from runs import run_of; from people import people\n"
        "from scheduled_reports.steps.extract import extract\n"
        "run = run_of(Path({folder!r}), people())\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1200, 1200))\n"
        "try: extract(run)\n"
        "except Exception as error: sys.stdout.write(f'{{type(error).__name__}}: {{error}}')\n"
    )
    filled = code.format(tests=str(Path(__file__).parents[1]), folder=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", filled], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip

    assert done.stdout.startswith("SourceError: source 'people' cannot be written to"), done.stdout + done.stderr[-500:]
    assert list(Path(run.folder.root.path).rglob("*.parquet")) == []


def test_no_key_and_no_unmasked_value_is_anywhere_in_the_archive(crm_run: Callable[..., Run], tmp_path: Path) -> None:
    masks = "email: {sensitive: true, mask: pseudonym}\nname: {mask: hash}\nphone: {mask: drop}\n"
    run = crm_run(people(masks).replace("AS contact, phone,", "AS contact,"))

    extract(run)

    for path in (tmp_path / "archive").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            text = str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else content.decode()
            for secret in (b"confidential", b"Abernathy", b"55501", KEY.encode()):
                assert secret not in content
                assert secret.decode() not in text

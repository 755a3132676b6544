"""Files of data as a run makes them: their names, their media types, and what may not be in them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from runs import NOW, connect_shop, run_of
from scheduled_reports.errors import RenderError
from scheduled_reports.run import Run
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.render import artifacts_of, render
from specs import SALES, write

DATA = SALES.replace("  - {type: html_email}\n", "").replace("    body: html_email\n", "")
"""A report of files of data alone."""


def made(folder: Path, connection: Callable[..., None], text: str) -> Run:
    """Return a run of the report with its files made."""
    connect_shop(connection, folder)
    run = run_of(folder, text)
    extract(run)
    render(run, NOW)
    return run


def test_a_compressed_file_is_named_and_typed_as_what_it_is(tmp_path: Path, connection: Callable[..., None]) -> None:
    text = DATA.replace("{type: csv, dataset: orders}", "{type: csv, dataset: orders, compression: gzip}")
    run = made(tmp_path, connection, text)
    artifact = artifacts_of(run)["csv"]
    assert (artifact.name, artifact.media_type) == ("sales_2026-10-01.csv.gz", "application/gzip")
    with run.folder.fetch("files") as files:
        assert gzip.decompress((files / artifact.name).read_bytes()).startswith(b"customer,amount\r\n")


def test_two_ways_of_one_format_do_not_clash_where_one_is_compressed(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    twice = "{type: csv, dataset: orders}\n  - {type: csv, id: packed, dataset: orders, compression: zstd}"
    run = made(tmp_path, connection, DATA.replace("{type: csv, dataset: orders}", twice))
    names = {key: artifact.name for key, artifact in artifacts_of(run).items()}
    assert names == {"csv": "sales_2026-10-01.csv", "packed": "sales_2026-10-01.csv.zst"}


def test_json_lines_without_rows_are_no_blank_file_beside_content(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    text = SALES.replace("run_when:", "  none:\n    sql: SELECT customer FROM orders WHERE amount < 0\nrun_when:")
    text = text.replace(
        "{type: csv, dataset: orders}", "{type: csv, dataset: orders}\n  - {type: jsonl, dataset: none}"
    )
    run = made(tmp_path, connection, text)  # which skips a run with a blank file
    assert artifacts_of(run)["jsonl"].size == 0


def test_a_sensitive_column_is_refused_unless_the_columns_leave_it_out(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    hidden = DATA.replace(
        "    connection: shop\n", "    connection: shop\n    columns: {customer: {sensitive: true}}\n"
    )
    hidden = hidden.replace("  - type: table\n    title: Orders\n    dataset: orders\n", "")
    for columns in ("", ", columns: [customer]", ", columns: [{name: customer, label: amount}]"):
        text = hidden.replace("{type: csv, dataset: orders}", "{type: csv, dataset: orders" + columns + "}")
        found = load(write(tmp_path, text), tmp_path / "include")
        assert isinstance(found, BrokenReport), columns
        assert any("shows 'customer' of source 'orders'" in problem.message for problem in found.problems), columns
    text = hidden.replace("{type: csv, dataset: orders}", "{type: csv, dataset: orders, columns: [amount]}")
    run = made(tmp_path, connection, text)
    with run.folder.fetch("files") as files:
        assert (files / "sales_2026-10-01.csv").read_bytes().startswith(b"amount\r\n")


def test_a_column_that_the_dataset_lacks_fails_the_step(tmp_path: Path, connection: Callable[..., None]) -> None:
    text = DATA.replace("{type: csv, dataset: orders}", "{type: csv, dataset: orders, columns: [custmer]}")
    with pytest.raises(RenderError, match="format 'csv': dataset 'orders' has no column 'custmer'"):
        made(tmp_path, connection, text)

"""The source `file`: which files it reads, what it makes of many, and what it says of none."""

from __future__ import annotations

import datetime as dt
import gzip
import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from file_runs import fault, file_run, rows_of, spec_of, tables_of, told, types_of
from runs import run_of
from scheduled_reports.errors import SourceError, SpecError
from scheduled_reports.run import Run
from scheduled_reports.schedule.period import Period
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.steps.extract import extract
from scheduled_reports.tables import Tables
from specs import write


def csv(folder: Path, name: str, *rows: str, header: str = "id,name") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "name",
    ["calls_{{ period.start:%Y%m%d }}.csv", "calls_{{ period.start | date('%Y%m%d') }}.csv", "calls_2026100?.csv"],
)
def test_a_file_is_named_by_the_period(tmp_path: Path, name: str) -> None:
    csv(tmp_path, "calls_20261001.csv", "1,x")
    csv(tmp_path, "calls_20260930.csv", "0,w")

    assert rows_of(tmp_path, tmp_path / name) == [{"id": 1, "name": "x"}]


def test_a_relative_path_lies_below_include(tmp_path: Path) -> None:
    csv(tmp_path / "include" / "data", "targets.csv", "1,x")

    assert rows_of(tmp_path, "data/targets.csv") == [{"id": 1, "name": "x"}]


def test_many_files_are_one_table_in_the_order_of_their_names(tmp_path: Path) -> None:
    csv(tmp_path, "in/b/2.csv", "y,2", header="name,id")
    (tmp_path / "in/a").mkdir()
    (tmp_path / "in/a/1.csv.gz").write_bytes(gzip.compress(b"id,name\n1,x\n"))
    csv(tmp_path, "in/.3.csv", "3,unfinished")
    (tmp_path / "in/folder.csv").mkdir()

    assert rows_of(tmp_path, tmp_path / "in/**/*.csv*", file_column="source", format={"type": "csv"}) == [
        {"id": 1, "name": "x", "source": f"{tmp_path}/in/a/1.csv.gz"},
        {"id": 2, "name": "y", "source": f"{tmp_path}/in/b/2.csv"},
    ]


def test_a_type_is_that_of_the_values_in_all_files(tmp_path: Path) -> None:
    csv(tmp_path, "1.csv", "1,x")
    csv(tmp_path, "2.csv", "007,y")

    assert types_of(tmp_path, tmp_path / "*.csv") == {"id": "string", "name": "string"}


def test_a_file_with_other_columns_is_told_with_both_names(tmp_path: Path) -> None:
    csv(tmp_path, "1.csv", "1,x")
    csv(tmp_path, "2.csv", "1,x", header="id,nam")

    assert told(fault(tmp_path, tmp_path / "*.csv"), tmp_path).startswith(
        "source 'orders' (sales.yaml:4): …/2.csv: its columns are not those of …/1.csv: it lacks 'name' and has 'nam'"
    )


def test_a_declared_column_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    error = fault(tmp_path, csv(tmp_path, "calls.csv", "1,x"), columns={"nam": {"type": "text"}})

    assert told(error, tmp_path) == (
        "source 'orders' (sales.yaml:4): …/calls.csv: there is no column 'nam'\n"
        "  → did you mean 'name'? (allowed: id, name); correct `columns`, or have the file mended"
    )


def week(folder: Path, **fields: Any) -> Run:
    """Return a run of the week from 21 September 2026 on."""
    days = [dt.datetime(2026, 9, day, tzinfo=ZoneInfo("Europe/Berlin")) for day in (14, 21, 28)]
    run = file_run(folder, f"{folder}/calls_{{{{ period.start:%Y%m%d }}}}.csv", **fields)
    return replace(run, period=Period(days[1], days[2], days[0], days[1]))


def test_daily_files_make_a_weekly_table(tmp_path: Path) -> None:
    for day in (20260920, *range(20260921, 20260929)):
        csv(tmp_path, f"calls_{day}.csv", f"{day},x")
    run = week(tmp_path, each="day")

    run.report.spec.sources["orders"].extract(run, "orders", tmp_path / "orders.parquet")

    days = [row["id"] for row in Tables(tmp_path).read("orders").to_pylist()]
    assert (run.period.slug, days) == ("2026-09-21_2026-09-27", list(range(20260921, 20260928)))


@pytest.mark.parametrize("missing", ["stop", "skip"])
def test_a_day_without_a_file_stops_the_report_unless_it_may_be_missing(tmp_path: Path, missing: str) -> None:
    for day in range(20260921, 20260927):
        csv(tmp_path, f"calls_{day}.csv", f"{day},x")
    run = week(tmp_path, each="day", missing=missing)

    if missing == "skip":
        assert extract(run)["orders"] == 6
        return
    with pytest.raises(SourceError) as caught:
        extract(run)
    assert told(caught.value, tmp_path) == (
        "source 'orders' (sales.yaml:4): there is no file …/calls_20260927.csv: … holds calls_20260926.csv, "
        "calls_20260925.csv, calls_20260924.csv and 7 more\n"
        "  → look whether it is late, or `path` is wrong; `missing: skip` goes on without it"
    )
    assert caught.value.retryable, "it may yet come"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("none/calls.csv", "…/none is not there either"),
        ("empty/calls.csv", "…/empty is empty"),
        ("in/*.csv", "…/in holds calls.txt"),
        ("*/2026/calls.csv", "…/ holds archive, calls.txt, empty"),
    ],
)
def test_where_there_is_no_file_the_error_says_what_is_there_instead(tmp_path: Path, path: str, why: str) -> None:
    (tmp_path / "empty").mkdir()
    csv(tmp_path, "in/calls.txt")

    error = fault(tmp_path, tmp_path / path)

    assert error.what.endswith(f"there is no file {tmp_path}/{path}" if "*" not in path
                               else f"there is no file that matches {tmp_path}/{path}")  # fmt: skip
    assert error.retryable
    if "*/" not in path:
        assert error.why.replace(str(tmp_path), "…") == why


def test_no_files_at_all_are_no_rows_where_that_may_be_and_columns_are_declared(tmp_path: Path) -> None:
    declared = {"id": {"type": "integer"}}

    assert types_of(tmp_path, tmp_path / "none_*.csv", missing="skip", columns=declared) == {"id": "int64"}
    assert "has no columns: there is no row that would tell them" in str(
        fault(tmp_path, tmp_path / "none_*.csv", missing="skip")
    )


def test_rejected_rows_are_a_table_that_datasets_read(tmp_path: Path) -> None:
    path = csv(tmp_path, "calls.csv", "1,x", "2", "3,y,z", "4,w")
    text = spec_of(str(path), on_bad_row="quarantine").replace(
        "datasets:\n", "datasets:\n  told:\n    sql: SELECT line, reason FROM orders_rejected ORDER BY line\n"
    )
    run = run_of(tmp_path, text)

    assert extract(run) == {"orders": 2, "orders_rejected": 2, "told": 2, "totals": 1}
    with run.folder.fetch("data") as data:
        assert Tables(data).read("told").to_pylist() == [
            {"line": 3, "reason": "it has 1 field instead of 2"}, {"line": 4, "reason": "it has 3 fields instead of 2"},
        ]  # fmt: skip


def test_without_bad_rows_the_table_of_rejected_ones_is_there_and_empty(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, csv(tmp_path, "calls.csv", "1,x"), on_bad_row="quarantine")

    assert (tables.rows("orders_rejected"), tables.columns("orders_rejected")) == (
        0, ["file", "line", "column", "reason", "row"],
    )  # fmt: skip


def test_a_file_none_of_whose_rows_fits_is_an_error_even_where_bad_rows_are_kept_apart(tmp_path: Path) -> None:
    path = csv(tmp_path, "calls.csv", "x,1", "y,2")

    error = fault(tmp_path, path, on_bad_row="quarantine", columns={"id": {"type": "integer"}})

    assert told(error, tmp_path) == (
        "source 'orders' (sales.yaml:4): none of its 2 rows can be taken: the first, …/calls.csv:2: column 'id': "
        "'x' is no integer\n  → correct `columns` or `format`, or have the file mended"
    )


@pytest.mark.parametrize("hidden", [{"sensitive": True, "mask": "null"}, {"mask": "drop"}])
@pytest.mark.parametrize("row", ["secret-1,x,y", "secret-1", "secret-1,2"])
def test_what_is_masked_or_sensitive_is_neither_kept_with_bad_rows_nor_told(
    tmp_path: Path, hidden: dict[str, Any], row: str
) -> None:
    path = csv(tmp_path, "calls.csv", "1,x", row)
    columns = {"id": {"type": "integer"}, "name": hidden}

    tables = tables_of(tmp_path, path, on_bad_row="quarantine", columns=columns)
    [bad] = tables.read("orders_rejected").to_pylist()

    assert (bad["line"], bad["row"]) == (3, None)
    assert "secret" not in str(bad)
    assert "secret" not in str(fault(tmp_path, path, columns=columns))


def test_a_column_for_the_file_must_not_be_one_of_the_files(tmp_path: Path) -> None:
    error = fault(tmp_path, csv(tmp_path, "calls.csv", "1,x"), file_column="name")

    assert error.why == "it has a column 'name' of its own"


def test_a_parameter_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    text = spec_of(f"{tmp_path}/in/{{{{ parameters.region }}}}.csv").replace(
        "sources:", "parameters:\n  region: {type: text, default: north}\nsources:"
    )
    run = run_of(tmp_path, text, parameters={"region": "../../etc/passwd"})

    with pytest.raises(SourceError, match=r"the path cannot be used: .* has a part '\.\.'") as caught:
        extract(run)

    assert caught.value.fix == "mend the template, or the parameter that it comes from"


def test_a_pipe_is_no_file_that_would_be_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "calls.csv")

    assert "there is no file" in str(fault(tmp_path, tmp_path / "calls.csv"))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"path": "/data/in/"}, "'/data/in/' is a folder; write which files in it, for example '/data/in/*.csv'"),
        ({"path": "/data/../etc/x.csv"}, "has a part '..'"),
        ({"path": "s4://conn@bucket/x.csv"}, "there is no storage of kind 's4'"),
        ({"path": "/data/calls.xls"}, "the ending of '/data/calls.xls' tells no format; write 'format', or one of"),
        ({"path": "/data/x.csv", "format": {"type": "cvs"}}, "unknown type 'cvs'; did you mean 'csv'?"),
        ({"path": "/data/x.csv", "format": {"type": "csv", "delimeter": ";"}}, "unknown key 'delimeter'"),
        ({"path": "/data/x.csv", "format": {"type": "csv", "header": False}}, "'columns' has to name all columns"),
        ({"path": "/data/{{ perod.start:%Y }}.csv"}, "'perod' is undefined"),
        ({"path": "/data/x.csv", "on_bad_row": "skip"}, "'skip' is not allowed"),
        ({"path": "/data/x.csv", "file_column": "No Name"}, "'No Name' is not a name"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_written(tmp_path: Path, fields: dict[str, Any], problem: str) -> None:
    report = load(write(tmp_path, spec_of(**fields)), tmp_path / "include")

    assert isinstance(report, BrokenReport)
    assert any(problem in str(found) for found in report.problems), [str(found) for found in report.problems]


def test_a_template_that_cannot_be_filled_is_told(tmp_path: Path) -> None:
    run = file_run(tmp_path, f"{tmp_path}/{{{{ period.start:%Y }}}}.csv")
    object.__setattr__(run.report.spec.sources["orders"], "path", "{{ nothing }}.csv")

    with pytest.raises(SpecError, match="'nothing' is undefined"):
        extract(run)

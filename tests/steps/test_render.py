"""Rendering makes every format from one document, and the manifest says what was made."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from runs import NOW, connect_shop, run_of
from scheduled_reports.document import Kpis, Notice, Table
from scheduled_reports.errors import ArchiveError, DocumentError, RenderError
from scheduled_reports.run import Run
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.provenance import provenance_of
from scheduled_reports.steps.render import artifacts_of, compose, notices_of, render
from scheduled_reports.tables import Tables
from specs import SALES, with_block


@pytest.fixture
def extracted(tmp_path: Path, connection: Callable[..., None]) -> Callable[..., Run]:
    """Return a function that gives a run of a spec with its data."""
    connect_shop(connection, tmp_path)

    def run(text: str = SALES, rows: int = 3) -> Run:
        made = run_of(tmp_path, text, rows=rows)
        extract(made)
        return made

    return run


def test_the_manifest_lists_every_file_with_its_size_and_digest(extracted: Callable[..., Run]) -> None:
    run = extracted()

    assert render(run, NOW) == ["sales_2026-10-01_mail.html", "sales_2026-10-01.csv"]

    artifacts = artifacts_of(run)
    assert {key: artifact.media_type.partition(";")[0] for key, artifact in artifacts.items()} == {
        "html_email": "text/html", "csv": "text/csv",
    }  # fmt: skip
    for artifact in artifacts.values():
        with run.folder.fetch(artifact.path) as file:
            data = file.read_bytes()
        assert (artifact.size, artifact.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert artifact.path == f"files/{artifact.name}"
    assert run.folder.manifest()["tables"]["orders"]["rows"] == 3, "what extraction noted is still there"


def test_rendering_again_replaces_the_files_and_the_list(extracted: Callable[..., Run]) -> None:
    run = extracted()
    render(run, NOW)
    before = artifacts_of(run)
    render(run, NOW + dt.timedelta(hours=1))

    assert artifacts_of(run).keys() == before.keys()
    assert artifacts_of(run)["csv"] == before["csv"]
    assert artifacts_of(run)["html_email"].sha256 != before["html_email"].sha256, "it says when it was made"


def test_a_run_that_was_not_rendered_has_no_artifacts(tmp_path: Path) -> None:
    assert artifacts_of(run_of(tmp_path)) == {}


def test_the_document_says_where_it_comes_from_in_the_time_of_the_schedule(extracted: Callable[..., Run]) -> None:
    run = extracted(SALES.replace("title: S", "description: All orders\ntitle: S"))
    with run.folder.fetch("data") as data:
        document = compose(run, Tables(data), provenance_of(run, NOW))

    assert (document.title, document.description, document.period) == ("Sales", "All orders", run.period)
    assert [type(block) for block in document.blocks] == [Kpis, Table]
    assert document.small_print.startswith(
        f"Report sales/daily · spec {run.report.digest[:12]} · generated 2026-10-02 06:30 CEST · run manual__1 · Data"
    )


def test_a_file_may_be_named_by_a_template(extracted: Callable[..., Run]) -> None:
    name = "{type: csv, dataset: orders, file_name: \"{{ report.title }} {{ period.start | date('%d.%m.%Y') }}\"}"
    run = extracted(SALES.replace("{type: csv, dataset: orders}", name))

    assert render(run, NOW)[1] == "Sales 01.10.2026.csv"


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("orders", "format 'csv' cannot be called 'orders.csv': another format has that name"),
        ("a/b", "format 'csv' cannot be called 'a/b.csv': it holds a slash"),
        ("../b", "it holds a slash"),
        ("a\0b", "it holds a line break or another control character"),
        ("a\nb", "it holds a line break or another control character"),
        ("a\u2028b", "it holds a line break or another control character"),
        (".a", "it begins with a dot"),
        ("x" * 300, "it has 304 bytes, more than 200"),
    ],
)
def test_a_file_name_that_a_parameter_spoils_is_told_and_nothing_is_listed(
    extracted: Callable[..., Run], who: str, told: str
) -> None:
    formats = (
        "{type: csv, id: raw, dataset: orders, file_name: orders}\n"
        '  - {type: csv, dataset: orders, file_name: "{{ parameters.who }}"}'
    )
    spec = SALES.replace("sources:", "parameters:\n  who: {type: text, default: nobody}\nsources:")
    run = replace(extracted(spec.replace("{type: csv, dataset: orders}", formats)), parameters={"who": who})

    with pytest.raises(RenderError) as caught:
        render(run, NOW)

    assert told in str(caught.value)
    assert "`file_name`" in caught.value.fix
    assert not caught.value.retryable
    assert artifacts_of(run) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SALES.replace("value: revenue,", "value: revenu,"), "over 'totals': there is no column 'revenu': did you"),
        (with_block("- {type: table, dataset: orders, columns: [{name: custmer}]}"), "did you mean 'customer'?"),
        (with_block("- {type: chart, dataset: orders, vega_lite: {mark: bar, encoding: {x: {field: amont}}}}"),
         "chart over 'orders', `vega_lite.encoding.x.field`: there is no column 'amont': did you mean 'amount'?"),
        (SALES.replace("dataset: totals\n", "dataset: orders\n"), "need exactly one row: it has 3"),
    ],
)  # fmt: skip
def test_a_block_that_does_not_fit_its_data_is_told_and_no_file_is_made(
    extracted: Callable[..., Run], tmp_path: Path, text: str, told: str
) -> None:
    run = extracted(text)

    with pytest.raises(DocumentError) as caught:
        render(run, NOW)

    assert told in str(caught.value)
    assert not caught.value.retryable
    assert list((tmp_path / "archive").rglob("files/*")) == []


def test_a_table_without_rows_says_so_and_keeps_its_columns_as_csv(extracted: Callable[..., Run]) -> None:
    chart = with_block("- {type: chart, dataset: orders, vega_lite: {mark: bar, encoding: {x: {field: customer}}}}")
    run = extracted(chart, rows=0)

    render(run, NOW)

    with run.folder.fetch("files/sales_2026-10-01.csv") as file:
        assert file.read_text("utf-8-sig").splitlines() == ["customer,amount"]
    with run.folder.fetch("files/sales_2026-10-01_mail.html") as file:
        assert "No rows in this period" in file.read_text()


def test_a_run_whose_data_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"cannot read .*data: it is not there"):
        render(run_of(tmp_path), NOW)


def test_what_a_step_before_has_noted_stands_on_top_of_the_report(extracted: Callable[..., Run]) -> None:
    run = extracted()
    run.folder.note(notices=[{"word": "STALE", "text": "orders is of yesterday."}])

    render(run, NOW)

    assert notices_of(run) == (Notice("STALE", "orders is of yesterday."),)
    with run.folder.fetch("files/sales_2026-10-01_mail.html") as file:
        assert "orders is of yesterday." in file.read_text()
    with run.folder.fetch("files/sales_2026-10-01.csv") as file:
        assert "STALE" not in file.read_text("utf-8-sig")


def test_a_run_of_which_nothing_was_noted_has_no_notices(tmp_path: Path) -> None:
    assert notices_of(run_of(tmp_path)) == ()

"""Where a file that is too large can be fetched: by a signed URL of the archive, or on the run's page in Airflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from runs import run_of
from scheduled_reports.archive import RunFolder
from scheduled_reports.formats.base import Artifact
from scheduled_reports.parcels.links import link_to

MADE = Artifact("csv", "sales.csv", "text/csv", "files/sales.csv", 10, "0" * 64)


def test_a_folder_has_no_addresses_so_the_run_s_page_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(tmp_path)

    assert link_to(run, MADE) == ""
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.northwind.example/")
    assert link_to(run, MADE) == "https://airflow.northwind.example/dags/sales__daily/runs/manual__1"


def test_a_storage_that_signs_gives_an_address_of_the_file_itself(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    pytest.importorskip("s3fs")
    connection("minio", conn_type="aws", login="key", password="secret", extra={
        "region_name": "eu-central-1", "endpoint_url": "http://127.0.0.1:9",
    })  # fmt: skip
    run = replace(run_of(tmp_path), folder=RunFolder.at("s3://minio@archive/sales/daily/2026-10-01/manual__1"))

    url = link_to(run, MADE)

    assert "/archive/sales/daily/2026-10-01/manual__1/files/sales.csv?" in url
    assert "X-Amz-Expires=604800" in url or "Expires=" in url

"""Files on an S3-compatible server: what arrives, what proves it, and what a faulty one spoils."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from channels.hooks import sparse
from channels.stores import CSV, PDF, S3, Deliver, aws, channel, failure, parcel, refusing, s3_server, send
from scheduled_reports.audience import RunAudience
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError
from scheduled_reports.storages.links import link_to

QUICK = {"config_kwargs": {"connect_timeout": 0.3, "read_timeout": 0.3, "retries": {"max_attempts": 0}}}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture
def lake(server: str, monkeypatch: pytest.MonkeyPatch) -> S3:
    requests.post(f"{server}/moto-api/reset", timeout=10)
    client = boto3.client("s3", endpoint_url=server, aws_access_key_id="me", aws_secret_access_key="x",
                          region_name="us-east-1")  # fmt: skip
    client.create_bucket(Bucket="reports")
    return S3(server, aws(monkeypatch, server), client)


def to(lake: S3, path: str = "reports/{{ report.id }}/{{ period.slug }}", **fields: Any) -> Any:
    return channel(f"s3://{lake.conn_id}@{path}", **fields)


def test_the_files_arrive_whole_and_the_receipt_names_them(lake: S3, delivery: Deliver) -> None:
    lake.client.put_bucket_versioning(Bucket="reports", VersioningConfiguration={"Status": "Enabled"})
    where = to(lake, files=["pdf", "csv"])
    receipt = send(where, parcel(where, delivery, pdf=PDF, csv=CSV))

    folder = "sales/2026-03-03"
    assert lake.keys() == {f"{folder}/{PDF[0]}": PDF[2], f"{folder}/{CSV[0]}": CSV[2]}
    version = lake.client.head_object(Bucket="reports", Key=f"{folder}/{PDF[0]}")["VersionId"]
    etag = hashlib.md5(PDF[2]).hexdigest()
    assert receipt.text.startswith(
        f"s3://{lake.conn_id}@reports/{folder}/{PDF[0]} (version {version}, etag {etag}), s3://{lake.conn_id}@"
    )
    assert receipt.size == len(PDF[2]) + len(CSV[2])


def test_a_file_of_many_parts_arrives_whole(lake: S3, delivery: Deliver, tmp_path: Path) -> None:
    where, large = to(lake), tmp_path / "large.pdf"
    with large.open("wb") as file:
        for number in range(100):
            file.write(bytes([number]) * 1_000_000)
    made = replace(parcel(where, delivery), files={"pdf": large})
    receipt = send(where, made)

    assert re.search(r"etag [0-9a-f]{32}-12\)", receipt.text)
    key = f"sales/2026-03-03/{PDF[0]}"
    assert lake.client.head_object(Bucket="reports", Key=key)["ContentLength"] == 100_000_000
    assert hashlib.sha256(lake.keys()[key]).digest() == hashlib.sha256(large.read_bytes()).digest()


def test_a_second_delivery_replaces_the_first(lake: S3, delivery: Deliver) -> None:
    for word in (b"old", b"new"):
        send(to(lake), parcel(to(lake), delivery, pdf=(*PDF[:2], word)))

    assert list(lake.keys().values()) == [b"new"]


def test_where_it_must_not_the_very_same_file_is_fine_and_another_an_error(lake: S3, delivery: Deliver) -> None:
    where = to(lake, overwrite=False)
    receipts = [send(where, parcel(where, delivery)) for _ in range(2)]
    error = failure(where, parcel(where, delivery, pdf=(*PDF[:2], b"x" * len(PDF[2]))))

    assert receipts[0] == receipts[1]
    assert "another file is at reports/sales/2026-03-03/Ums" in str(error)
    assert not error.retryable
    assert list(lake.keys().values()) == [PDF[2]]


def test_what_stores_other_bytes_of_the_same_number_is_found_out(lake: S3, delivery: Deliver) -> None:
    from scheduled_reports.storage import reach
    from scheduled_reports.storages.proof import require_whole

    made = parcel(to(lake), delivery)
    send(to(lake), made)
    lake.client.put_object(Bucket="reports", Key="other", Body=b"x" * len(PDF[2]))
    with reach(f"s3://{lake.conn_id}@reports/", airflow_connection) as place:
        require_whole(place.files, f"reports/sales/2026-03-03/{PDF[0]}", made.files["pdf"], whole_put=True)
        with pytest.raises(DeliveryError, match="its bytes are not those that were sent"):
            require_whole(place.files, "reports/other", made.files["pdf"], whole_put=True)


# Links, and what is asked before


def test_a_link_opens_the_file_for_a_time(lake: S3, delivery: Deliver) -> None:
    where = to(lake)
    made = parcel(where, delivery)
    send(where, made)
    url = link_to(where, made.artifacts["pdf"], made.words, airflow_connection, seconds=60)

    assert url is not None
    assert requests.get(url, timeout=10).content == PDF[2]
    assert re.search(r"Expires=", url)


@pytest.mark.parametrize("thorough", [False, True])
def test_a_probe_leaves_nothing_behind(lake: S3, delivery: Deliver, thorough: bool) -> None:
    audience = RunAudience(delivery("").words)
    seen = to(lake).probe(airflow_connection, audience, thorough=thorough)

    assert seen.endswith("can be written" if thorough else "is made when it is needed")
    assert lake.keys() == {}


@pytest.mark.parametrize("thorough", [False, True])
def test_a_bucket_that_is_not_there_is_told_and_not_made(lake: S3, delivery: Deliver, thorough: bool) -> None:
    where = to(lake, "other/{{ report.id }}")
    error = failure(where, parcel(where, delivery))
    with pytest.raises(DeliveryError) as told:
        where.probe(airflow_connection, RunAudience(delivery("").words), thorough=thorough)

    assert not error.retryable
    assert not told.value.retryable
    assert f"of the Airflow connection '{lake.conn_id}'" in str(error)
    assert [bucket["Name"] for bucket in lake.client.list_buckets()["Buckets"]] == ["reports"]


# Faults


def test_a_server_that_is_not_there(lake: S3, delivery: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gone = replace(lake, conn_id=aws(monkeypatch, f"http://127.0.0.1:{port}", **QUICK))
    error = failure(to(gone), parcel(to(gone), delivery))

    assert error.retryable
    assert not isinstance(error, UncertainDeliveryError)


@pytest.mark.parametrize(
    ("text", "status", "code", "passes"),
    [
        ("PUT ", "403 Forbidden", "AccessDenied", False),
        ("PUT ", "400 Bad Request", "ExpiredToken", False),
        ("PUT ", "503 Service Unavailable", "ServiceUnavailable", True),
        ("PUT ", "500 Internal Server Error", "InternalError", True),
    ],
)
def test_what_the_server_refuses(
    delivery: Deliver, monkeypatch: pytest.MonkeyPatch, text: str, status: str, code: str, passes: bool
) -> None:
    with s3_server(refusing(text, status, code)) as url:
        where = channel(f"s3://{aws(monkeypatch, url, **QUICK)}@reports/x")
        error = failure(where, parcel(where, delivery))

    assert error.retryable == passes
    assert not isinstance(error, UncertainDeliveryError)


def test_a_login_that_may_only_write_delivers(lake: S3, delivery: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server(refusing("HEAD ", "403 Forbidden", "AccessDenied")) as url:
        where = to(replace(lake, conn_id=aws(monkeypatch, url, **QUICK)))
        receipt = send(where, parcel(where, delivery))

    assert receipt.text.endswith(f"/{PDF[0]} (the login may not look at it)")
    assert list(lake.keys().values()) == [PDF[2]]


def test_a_part_that_fails_leaves_no_file_and_no_parts(
    lake: S3, delivery: Deliver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with s3_server(refusing("partNumber=3", "403 Forbidden", "AccessDenied")) as url:
        spoiled = replace(lake, conn_id=aws(monkeypatch, url, **QUICK))
        where = to(spoiled)
        made = replace(parcel(where, delivery), files={"pdf": sparse(tmp_path / "large.pdf", 60_000_000)})
        error = failure(where, made)

    assert not error.retryable
    assert lake.keys() == {}
    assert "Uploads" not in lake.client.list_multipart_uploads(Bucket="reports")


def test_a_server_that_hangs_leaves_a_doubt_that_may_be_sent_again(
    lake: S3, delivery: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.listen()
        hanging = replace(lake, conn_id=aws(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}", **QUICK))
        where = to(hanging, time_limit=1)
        error = failure(where, parcel(where, delivery))

    assert isinstance(error, UncertainDeliveryError)
    assert error.retryable
    assert where.repeats_safely

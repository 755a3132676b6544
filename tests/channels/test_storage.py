"""Files in a folder of this machine; and where templates may lead on any storage."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fsspec.implementations.local import LocalFileSystem
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from channels.stores import CSV, PDF, SECRET, Deliver, channel, content, failure, parcel, send
from demo.sftp_server import SftpServer
from scheduled_reports.audience import RunAudience
from scheduled_reports.channels import Receipt
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, SpecError, UnknownConnectionError
from scheduled_reports.storages.failures import Failures

Connect = Callable[..., str]


def here(root: Path, **fields: Any) -> Any:
    return channel(f"file://{root}/{{{{ report.id }}}}", **fields)


# What arrives


def test_the_files_arrive_whole_under_their_names_alone(delivery: Deliver, tmp_path: Path) -> None:
    root = tmp_path / "root"
    to = here(root, files=["pdf", "csv"])
    receipt = send(to, parcel(to, delivery, pdf=PDF, csv=CSV))

    assert content(root) == {f"sales/{PDF[0]}": PDF[2], f"sales/{CSV[0]}": CSV[2]}
    assert receipt == Receipt(f"{root}/sales/{PDF[0]}, {root}/sales/{CSV[0]}", len(PDF[2]) + len(CSV[2]))


def test_a_path_is_as_good_as_its_url(delivery: Deliver, tmp_path: Path) -> None:
    to = channel(f"{tmp_path}/root")
    send(to, parcel(to, delivery))

    assert content(tmp_path / "root") == {PDF[0]: PDF[2]}


@pytest.mark.parametrize("name", ["a*b[1]?.pdf", "100% #1;x.pdf", "ü 📈.pdf"])
def test_whatever_a_file_is_called_no_other_is_touched(delivery: Deliver, tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    (root / "sales").mkdir(parents=True)
    (root / "sales" / "axb1y.pdf").write_bytes(b"another's")
    send(here(root), parcel(here(root), delivery, pdf=(name, *PDF[1:])))

    assert content(root) == {f"sales/{name}": PDF[2], "sales/axb1y.pdf": b"another's"}


def test_where_it_must_not_replace_the_very_same_file_is_fine_and_another_an_error(
    delivery: Deliver, tmp_path: Path
) -> None:
    to = here(tmp_path / "root", overwrite=False)
    receipts = [send(to, parcel(to, delivery)) for _ in range(2)]
    error = failure(to, parcel(to, delivery, pdf=(*PDF[:2], b"x" * len(PDF[2]))))

    assert receipts[0] == receipts[1]
    assert "another file is at" in str(error)
    assert not error.retryable
    assert content(tmp_path / "root") == {f"sales/{PDF[0]}": PDF[2]}


@pytest.mark.usefixtures("home")
def test_an_sftp_server_is_a_storage_too(server: SftpServer, delivery: Deliver) -> None:
    to = channel("sftp://sftp_default@/in/{{ report.id }}")
    for word in (b"older", PDF[2]):
        receipt = send(to, parcel(to, delivery, pdf=(*PDF[:2], word)))

    assert content(server.root) == {f"in/sales/{PDF[0]}": PDF[2]}
    assert receipt.text == f"sftp://sftp_default@/in/sales/{PDF[0]}"


def test_a_full_disk_leaves_nothing_behind(delivery: Deliver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Any, source: str, target: str, **_: Any) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(LocalFileSystem, "put_file", full)
    error = failure(here(tmp_path / "root"), parcel(here(tmp_path / "root"), delivery))

    assert "No space left on device" in str(error)
    assert error.retryable
    assert content(tmp_path / "root") == {}


def test_a_folder_that_is_a_file_is_told(delivery: Deliver, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "sales").write_bytes(b"a file")
    error = failure(here(tmp_path / "root"), parcel(here(tmp_path / "root"), delivery))

    assert "cannot be made" in str(error)
    assert not error.retryable


def test_when_one_file_is_gone_none_appears(delivery: Deliver, tmp_path: Path) -> None:
    to = here(tmp_path / "root", files=["pdf", "csv"])
    made = parcel(to, delivery, pdf=PDF, csv=CSV)
    made.files["csv"].unlink()
    error = failure(to, made)

    assert "sales.csv cannot be read" in str(error)
    assert error.retryable
    assert content(tmp_path / "root") == {}


def test_parts_of_one_delivery_do_not_share_their_drafts(delivery: Deliver, tmp_path: Path) -> None:
    to = here(tmp_path / "root")
    for number in (1, 2):
        send(to, replace(parcel(to, delivery, pdf=(f"{number}.pdf", *PDF[1:])), part=(number, 2)))

    assert set(content(tmp_path / "root")) == {"sales/1.pdf", "sales/2.pdf"}


@pytest.mark.parametrize("thorough", [False, True])
def test_a_probe_leaves_nothing_behind(delivery: Deliver, tmp_path: Path, thorough: bool) -> None:
    audience = RunAudience(delivery("").words)
    seen = here(tmp_path / "root").probe(airflow_connection, audience, thorough=thorough)

    assert seen.endswith("can be written" if thorough else "is made when it is needed")
    assert not (tmp_path / "root").exists()


# What a spec may say


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("reports/sales", "does not begin with a storage"),
        ("s3://{{ parameters.bucket }}/x", "does not begin with a storage"),
        ("{{ parameters.kind }}://c@bucket/x", "does not begin with a storage"),
        ("s3://c@bucket", "does not begin with a storage"),
        ("https://example.org/x", "use `type: webhook`"),
        ("nosuch://c@bucket/x", "there is no storage of kind 'nosuch'"),
        ("file://srv/reports", "three slashes: file:///srv/"),
    ],
)
def test_what_is_no_place_for_files_is_refused_with_the_spec(path: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        channel(path)


@pytest.mark.parametrize(
    "kind", ["gs", "abfs", "smb", "webdav", "sharepoint", "onedrive", "msgraph", "gdrive", "dropbox"]
)
def test_what_the_page_names_may_be_written_wherever_it_is_checked(kind: str) -> None:
    assert channel(f"{kind}://c@place/x").connection_ids() == ("c",)


def test_the_connection_is_the_one_that_the_path_names() -> None:
    assert channel("s3://lake@reports/x").connection_ids() == ("lake",)
    assert channel("/srv/reports").connection_ids() == ()


@pytest.mark.parametrize("kind", ["s3://c@reports", "file:///srv", "webdav://c@", "sftp://c@"])
@pytest.mark.parametrize(
    "region", ["..", "a/../../b", "..\\b", "a\nb", "\x00", "%2e%2e/x", "a?versionId=1", "a#b", "*", "."]
)
def test_a_path_that_leads_out_of_its_folder_is_refused(delivery: Deliver, kind: str, region: str) -> None:
    words = {**delivery("").words, "parameters": {"region": region}}

    with pytest.raises(SpecError, match="cannot be used"):
        channel(f"{kind}/{{{{ parameters.region }}}}").recipients(RunAudience(words))


def test_the_login_s_own_folder_may_be_written_in_a_spec_only(delivery: Deliver) -> None:
    words = {**delivery("").words, "parameters": {"region": "~/x"}}
    with pytest.raises(SpecError, match="cannot be used"):
        channel("sftp://c@/{{ parameters.region }}").recipients(RunAudience(words))
    (recipient,) = channel("sftp://c@/~/{{ report.id }}").recipients(RunAudience(delivery("").words))

    assert recipient.address == "sftp://c@/~/sales"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(region=st.text(max_size=40))
@example(region="/etc/cron.d")
@example(region="//evil.example/x")
@example(region="s3://other@bucket/x")
def test_whatever_fills_a_path_stays_below_it(delivery: Deliver, region: str) -> None:
    words = {**delivery("").words, "parameters": {"region": region}}
    for root in ("s3://c@reports/in/", "file:///srv/in/", "webdav://c@/in/"):
        try:
            (recipient,) = channel(f"{root}{{{{ parameters.region }}}}").recipients(RunAudience(words))
        except SpecError:
            continue
        assert recipient.address.startswith(root.rstrip("/"))
        below = recipient.address.removeprefix(root.rstrip("/"))
        assert unquote(below) == below
        assert not {"..", "."} & set(below.split("/"))
        assert "//" not in below
        assert below.isprintable() or not any(ord(letter) < 32 for letter in below)


# Connections


def test_what_is_not_installed_is_told_with_what_to_do(connection: Connect, delivery: Deliver) -> None:
    connection("box", conn_type="generic", extra={"storage_options": {"token": SECRET}})
    to = channel("dropbox://box@/reports")

    with pytest.raises(UnknownConnectionError, match="pip install") as told:
        send(to, parcel(to, delivery))
    assert SECRET not in str(told.value)


def test_what_fsspec_takes_stands_in_the_connections_extra(
    connection: Connect, delivery: Deliver, tmp_path: Path
) -> None:
    connection(
        "below", conn_type="generic", extra={"storage_options": {"path": str(tmp_path), "target_protocol": "file"}}
    )
    to = channel("dir://below@/root")
    send(to, parcel(to, delivery))

    assert content(tmp_path / "root") == {PDF[0]: PDF[2]}


def test_no_secret_of_a_connection_is_told(connection: Connect) -> None:
    connection("c", conn_type="aws", password=SECRET, extra={"nested": {"sas_token": "another-secret", "region": "eu"}})

    with (
        pytest.raises(DeliveryError) as told,
        Failures(airflow_connection("c")).told("x cannot be written"),
    ):
        raise OSError(f"{SECRET} and another-secret in eu")
    assert told.value.why == "*** and *** in eu"

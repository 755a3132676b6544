"""The archive keeps the files, and nobody is sent anything."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from scheduled_reports.audience import RunAudience
from scheduled_reports.channels import Receipt
from scheduled_reports.channels.archive import Archive
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError

PDF = ("sales.pdf", "application/pdf", b"%PDF-1.7")
CSV = ("sales.csv", "text/csv", b"a;b\r\n")


def kept(**fields: Any) -> Archive:
    return Archive.model_validate({"type": "archive", "files": "pdf", **fields})


def send(to: Archive, delivery: Any) -> Receipt:
    with to.open(airflow_connection) as session:
        return session.send(delivery)


def test_the_receipt_names_the_files_as_the_archive_has_them(delivery: Any) -> None:
    to = kept(files=["pdf", "csv", "pdf"])
    made = delivery("archive", pdf=PDF, csv=CSV)
    receipt = send(to, made)

    pdf, csv = (made.artifacts[key].sha256 for key in to.formats())
    assert receipt == Receipt(f"kept: files/sales.pdf (sha256 {pdf}), files/sales.csv (sha256 {csv})", 13)
    assert to.repeats_safely


def test_there_is_one_recipient_and_no_connection(delivery: Any) -> None:
    audience = RunAudience(delivery("").words)

    assert [recipient.address for recipient in kept().recipients(audience)] == ["archive"]
    assert kept().connection_ids() == ()
    assert "nothing is sent" in kept().probe(airflow_connection, audience, thorough=True)


def test_a_file_that_is_gone_is_told(delivery: Any) -> None:
    made = delivery("archive", pdf=PDF)
    made.files["pdf"].unlink()

    with pytest.raises(DeliveryError, match=r"the archive has no files/sales\.pdf") as told:
        send(kept(), made)
    assert told.value.retryable


def test_a_file_that_somebody_changed_is_told(delivery: Any) -> None:
    made = delivery("archive", pdf=PDF)
    made.files["pdf"].write_bytes(b"%PDF-1.8")

    with pytest.raises(DeliveryError, match="is not the file that was made: its SHA-256 is") as told:
        send(kept(), made)
    assert not told.value.retryable


def test_an_archive_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        kept(files=[])

"""What the tests of SFTP share: an upload, and what of it lies on the server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.sftp_server import SftpServer
from scheduled_reports.audience import RunAudience
from scheduled_reports.channels import Delivery, Receipt
from scheduled_reports.channels.sftp import Sftp
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError

Connect = Callable[..., str]
Deliver = Callable[..., Delivery]
PDF = ("Umsätze 2026.pdf", "application/pdf", b"%PDF-1.7 \x00\xff" * 20_000)


def point_at(connection: Connect, running: SftpServer, password: str = "reports", **extra: Any) -> None:
    connection(
        "sftp_default",
        conn_type="sftp",
        host="127.0.0.1",
        port=running.port,
        login="reports",
        password=password,
        extra={"host_key": running.host_key_line, **extra},
    )


def channel(**fields: Any) -> Sftp:
    return Sftp.model_validate(
        {"type": "sftp", "path": "in/{{ report.id }}/{{ period.slug }}", "files": "pdf", **fields}
    )


def send(to: Sftp, make: Deliver, **files: tuple[str, str, bytes]) -> Receipt:
    delivery = make("", **files)
    (recipient,) = to.recipients(RunAudience(delivery.words))
    with to.open(airflow_connection) as session:
        return session.send(make(recipient.address, **files))


def failure(to: Sftp, make: Deliver, **files: tuple[str, str, bytes]) -> DeliveryError:
    with pytest.raises(DeliveryError) as told:
        send(to, make, **(files or {"pdf": PDF}))
    return told.value


def content(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

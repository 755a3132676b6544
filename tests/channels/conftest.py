"""What the tests of all channels share."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from channels.faulty_sftp import FaultySftp
from channels.faulty_smtp import FaultySmtp
from channels.letters import PLAIN
from channels.uploads import Connect, point_at
from demo.mail_server import MailServer
from demo.sftp_server import SftpServer
from scheduled_reports.audience import Recipient
from scheduled_reports.channels import Delivery
from scheduled_reports.formats.base import Artifact

WORDS = {
    "report": {"id": "sales", "title": "Umsätze 📈", "owner": "owner@example.org"},
    "schedule": {"id": "daily", "timezone": "Europe/Berlin"},
    "period": {"label": "3. März 2026", "slug": "2026-03-03"},
    "parameters": {"region": "Süd"},
    "brand": {"name": "", "sender_name": "", "footer": "", "website": ""},
}


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Define an Airflow connection; returns its id."""

    def define(conn_id: str, **fields: Any) -> str:
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))
        return conn_id

    return define


@pytest.fixture
def delivery(tmp_path: Path) -> Callable[..., Delivery]:
    """Make a delivery of files: format id = (file name, media type, bytes)."""

    def make(
        recipient: str,
        *,
        key: str = "d" * 32,
        words: Mapping[str, Any] = WORDS,
        **files: tuple[str, str, bytes],
    ) -> Delivery:
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        paths, artifacts = {}, {}
        for format_id, (name, media_type, content) in files.items():
            paths[format_id] = folder / name
            paths[format_id].write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            artifacts[format_id] = Artifact(format_id, name, media_type, f"files/{name}", len(content), digest)
        return Delivery(key, Recipient(recipient), paths, artifacts, words)

    return make


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server that refuses one recipient."""
    with MailServer(tmp_path / "inbox", refuse=frozenset({"gone@example.org"})) as server:
        yield server


@pytest.fixture
def healthy(inbox: MailServer, connection: Connect) -> MailServer:
    """The mail server that the connection names."""
    connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=inbox.port, extra=PLAIN)
    return inbox


@pytest.fixture
def through(connection: Connect) -> Callable[..., None]:
    """Point the connection at a faulty mail server."""

    def point(server: FaultySmtp, **extra: Any) -> None:
        connection(
            "smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, extra={**PLAIN, "timeout": 2, **extra}
        )

    return point


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without known hosts, keys or an agent."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return tmp_path


@pytest.fixture
def server(tmp_path: Path, connection: Connect) -> Iterator[SftpServer]:
    """An SFTP server that the connection names."""
    with SftpServer(tmp_path / "root", tmp_path / "key") as running:
        point_at(connection, running)
        yield running


@pytest.fixture
def faulty(tmp_path: Path, connection: Connect) -> Iterator[Callable[[type[asyncssh.SFTPServer]], Path]]:
    """Start an SFTP server with the faults of a class; returns its folder."""
    running: list[FaultySftp] = []

    def start(files: type[asyncssh.SFTPServer]) -> Path:
        one = FaultySftp(tmp_path / "root", files).__enter__()
        running.append(one)
        fields = {"conn_type": "sftp", "host": "127.0.0.1", "port": one.port, "login": "me", "password": "any"}
        connection("sftp_default", **fields, extra={"host_key": one.host_key})
        return one.root

    yield start
    for one in running:
        one.__exit__(None, None, None)

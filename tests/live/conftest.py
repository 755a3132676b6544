"""What the tests of probes share: a project, and servers that misbehave."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from runs import connect_mail, connect_shop, use_settings
from specs import shop


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connection: Callable[..., None]) -> Path:
    """Return a folder for specs, with a shop; archive and ledger lie there too."""
    (tmp_path / "report_specs").mkdir()
    (tmp_path / "include").mkdir()
    use_settings(monkeypatch, tmp_path)
    shop(tmp_path / "shop.db")
    connect_shop(connection, tmp_path)
    return tmp_path


@pytest.fixture
def inbox(project: Path, connection: Callable[..., None]) -> Iterator[MailServer]:
    """Run the mail server of the connection `mail`, which refuses nobody@…."""
    with MailServer(project / "inbox", refuse=frozenset({"nobody@northwind.example"})) as server:
        connect_mail(connection, server.port)
        yield server


@pytest.fixture
def silent() -> Iterator[int]:
    """Return the port of a server that lets one connect and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def closed() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

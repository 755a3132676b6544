"""What tests of sources share: a server that plays Airflow's REST API, archives, the connections to them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.io.store import attach
from fsspec.implementations.memory import MemoryFileSystem

from airflow_rest import SECRET, Api, answer, page
from runs import connect_shop, use_settings


@pytest.fixture(params=["file", "memory"])
def archive(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connection: Callable[..., None]
) -> str:
    """Return the URL of an archive, on disk and in object storage, that the settings name."""
    use_settings(monkeypatch, tmp_path)
    connect_shop(connection, tmp_path)
    attach("memory", fs=MemoryFileSystem())
    url = (tmp_path / "archive").as_uri().replace("file://", f"{request.param}://")
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__ARCHIVE", url)
    return url


@pytest.fixture
def on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connection: Callable[..., None]) -> str:
    """Return the URL of an archive on disk that the settings name."""
    use_settings(monkeypatch, tmp_path)
    connect_shop(connection, tmp_path)
    return (tmp_path / "archive").as_uri()


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def port(api: Api) -> Iterator[int]:
    """Run a server with the parts of Airflow's API that the source asks for; return its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            api.asked.append(self.path)
            api.tokens.append(self.headers.get("Authorization", ""))
            if not api.answer(api, self):
                page(api, self)

        def do_POST(self) -> None:
            api.asked.append(self.path)
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not api.answer(api, self):
                known = given == {"username": "analyst", "password": SECRET}
                answer(self, 201 if known else 401, {"access_token": "t0ken"} if known else {"detail": "no such user"})

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def airflow(connection: Callable[..., None], port: int) -> None:
    """Give Airflow the connection `airflow_api`."""
    connection("airflow_api", conn_type="http", host="127.0.0.1", port=port, login="analyst", password=SECRET)

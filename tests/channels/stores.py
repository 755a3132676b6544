"""What the tests of storages share: an S3 server, a WebDAV server that can be spoiled, and what is put there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cheroot import wsgi
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

from scheduled_reports.audience import RunAudience
from scheduled_reports.channels import Delivery, Receipt
from scheduled_reports.channels.storage import Storage
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError

PDF = ("Umsätze 2026.pdf", "application/pdf", b"%PDF-1.7 \x00\xff" * 20_000)
CSV = ("sales.csv", "text/csv", b"a;b\r\n1;2\r\n")
SECRET = "a-very-secret-key"

Deliver = Callable[..., Delivery]
App = Callable[[dict[str, Any], Any], Any]


def channel(path: str, **fields: Any) -> Storage:
    return Storage.model_validate({"type": "storage", "path": path, "files": "pdf", **fields})


def parcel(to: Storage, make: Deliver, **files: tuple[str, str, bytes]) -> Delivery:
    made = make("", **(files or {"pdf": PDF}))
    (recipient,) = to.recipients(RunAudience(made.words))
    return replace(made, recipient=recipient)


def send(to: Storage, delivery: Delivery) -> Receipt:
    with to.open(airflow_connection) as session:
        return session.send(delivery)


def failure(to: Storage, delivery: Delivery) -> DeliveryError:
    with pytest.raises(DeliveryError) as told:
        send(to, delivery)
    assert told.value.fix
    assert SECRET not in str(told.value)
    return told.value


@contextmanager
def served(app: App, context: Any = None) -> Iterator[int]:
    server = wsgi.Server(("127.0.0.1", 0), app, numthreads=6, timeout=5)
    server.ssl_adapter = context
    server.prepare()
    thread = Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server.bind_addr[1]
    finally:
        server.stop()
        thread.join()


def content(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


# S3


@dataclass
class S3:
    """A running S3 server, and an Airflow connection to it."""

    url: str
    conn_id: str
    client: Any

    def keys(self, bucket: str = "reports") -> dict[str, bytes]:
        listed = self.client.list_objects_v2(Bucket=bucket).get("Contents", [])
        keys = [entry["Key"] for entry in listed]
        return {key: self.client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


@contextmanager
def s3_server(spoil: Callable[[App], App] = lambda app: app) -> Iterator[str]:
    """Run an S3 server; `spoil` wraps its WSGI application. Yields its URL."""
    with served(spoil(DomainDispatcherApplication(create_backend_app))) as port:
        yield f"http://127.0.0.1:{port}"


def refusing(text: str, status: str, code: str) -> Callable[[App], App]:
    """Let an S3 server answer every request whose method, path and query have a text with an error of S3's."""

    def spoil(app: App) -> App:
        def spoiled(environ: dict[str, Any], start: Any) -> Any:
            asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}"
            if text not in asked:
                return app(environ, start)
            while environ["wsgi.input"].read(65_536):
                pass
            body = (
                b""
                if environ["REQUEST_METHOD"] == "HEAD"
                else f"<Error><Code>{code}</Code><Message>as the test says</Message></Error>".encode()
            )
            start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
            return [body]

        return spoiled

    return spoil


def aws(monkeypatch: pytest.MonkeyPatch, url: str, **extra: Any) -> str:
    """Define an Airflow connection to an S3 server; returns its id, of its own, as Airflow keeps file systems by it."""
    conn_id = f"lake_{uuid.uuid4().hex[:8]}"
    fields = {"conn_type": "aws", "login": "me", "password": SECRET,
              "extra": {"endpoint_url": url, "region_name": "us-east-1", **extra}}  # fmt: skip
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))
    return conn_id


# WebDAV


@contextmanager
def dav_server(root: Path, spoil: Callable[[App], App] = lambda app: app, context: Any = None) -> Iterator[int]:
    """Run a WebDAV server over a folder; `spoil` wraps its WSGI application. Yields its port."""
    root.mkdir(exist_ok=True)
    app = WsgiDAVApp({
        "provider_mapping": {"/": FilesystemProvider(str(root))},
        "simple_dc": {"user_mapping": {"*": {"me": {"password": SECRET}}}},
        "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
        "verbose": 0, "logging": {"enable": False},
    })  # fmt: skip
    with served(spoil(app), context) as port:
        yield port


def dav(connection: Callable[..., str], port: int, **fields: Any) -> None:
    given = {
        "conn_type": "http",
        "host": "127.0.0.1",
        "port": port,
        "schema": "http",
        "login": "me",
        "password": SECRET,
    }
    connection("cloud", **{**given, **fields})


def answering(method: str, status: str) -> Callable[[App], App]:
    """Let a WebDAV server answer every request of a method with a status."""

    def spoil(app: App) -> App:
        def spoiled(environ: dict[str, Any], start: Any) -> Any:
            if environ["REQUEST_METHOD"] != method:
                return app(environ, start)
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start(status, [("Content-Length", "0")])
            return [b""]

        return spoiled

    return spoil

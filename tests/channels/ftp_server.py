"""An FTP server on this machine that fails where it is told to, and what the tests upload to it."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import trustme
from OpenSSL import SSL

from channels.uploads import Connect
from scheduled_reports.channels.ftp import Ftp

with warnings.catch_warnings():  # Python 3.11 has the asynchat that it needs, and says that 3.12 has not
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler, TLS_DTPHandler, TLS_FTPHandler
    from pyftpdlib.servers import FTPServer


class Demanding(TLS_DTPHandler):
    """Takes data only over a TLS session that the commands began, as vsftpd and ProFTPD do (`require_ssl_reuse`)."""

    def handle_ssl_established(self) -> None:
        if not SSL._lib.SSL_session_reused(self.socket._ssl):
            self.cmd_channel.respond("522 SSL connection failed: session reuse required")
            self.close()


class Encrypted(TLS_FTPHandler):
    """Lets in nobody who does not encrypt commands and data."""

    tls_control_required = tls_data_required = True
    dtp_handler = Demanding


class Implicit(Encrypted):
    """Begins with TLS, as servers on port 990 do."""

    def handle(self) -> None:
        self.secure_connection(self.get_ssl_context())
        super().handle()


def hang_up(handler: FTPHandler) -> None:
    """Break the connection without a word."""
    handler.socket.close() if not isinstance(handler.socket, SSL.Connection) else handler.socket.sock_shutdown(2)
    handler._error = True
    handler.close()


class Authority:
    """Issues certificates of servers; `ca_file` is what their clients trust."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._ca = folder, trustme.CA()
        self.ca_file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def certificate(self, *names: str, expired: bool = False) -> Path:
        day = dt.timedelta(days=1)
        since = dt.datetime.now(dt.UTC) - 3 * day
        leaf = self._ca.issue_cert(*names, not_before=since, not_after=since + day if expired else since + 30 * day)
        path = self._folder / f"{'-'.join(names)}{expired}.pem"
        leaf.private_key_and_cert_chain_pem.write_to_path(str(path))
        return path


@contextmanager
def serving(root: Path, handler: type[FTPHandler], certificate: Path | None = None, **settings: Any) -> Iterator[int]:
    """Serve a folder to the user `reports`; gives the port."""
    root.mkdir(parents=True, exist_ok=True)
    authorizer = DummyAuthorizer()
    authorizer.add_user("reports", "a secret", str(root), perm="elradfmwMT")
    tls = {"certfile": str(certificate), "ssl_context": None} if certificate else {}
    own = type("Own", (handler,), {"authorizer": authorizer, "auth_failed_timeout": 0, **tls, **settings})
    server, end = FTPServer(("127.0.0.1", 0), own), Event()

    def serve() -> None:
        while not end.is_set():
            server.ioloop.loop(0.02, blocking=False)
        server.close_all()

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.socket.getsockname()[1]
    finally:
        end.set()
        thread.join()


def point_at(connection: Connect, port: int, ca_file: Path | None, **fields: Any) -> None:
    extra = {"timeout": 5, **({"ca_file": str(ca_file)} if ca_file else {}), **fields.pop("extra", {})}
    given = {"host": "127.0.0.1", "login": "reports", "password": "a secret", **fields}
    connection("ftp_default", conn_type="ftp", port=port, extra=extra, **given)


def channel(**fields: Any) -> Ftp:
    return Ftp.model_validate({"type": "ftp", "path": "in/{{ report.id }}/{{ period.slug }}", "files": "pdf", **fields})

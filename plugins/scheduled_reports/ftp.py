"""A login on the FTP server of an Airflow connection (RFC 959), over TLS (RFC 4217) unless plain text is asked for.

Of the connection it takes host, port, login and password; in its extra `ca_file`, a file with the certificates to trust
instead of this machine's, and `timeout`, the seconds for which the server may say nothing.
"""

from __future__ import annotations

import ftplib
import re
import socket
import ssl
from contextlib import ExitStack, suppress
from enum import StrEnum
from pathlib import PurePosixPath
from selectors import EVENT_WRITE, DefaultSelector
from typing import BinaryIO

from scheduled_reports.connections import Connect, Connection
from scheduled_reports.errors import DeliveryError, UnknownConnectionError

_CONNECT_SECONDS = 30.0
_SILENCE_SECONDS = 120.0
"""How long a server may say nothing in the middle of a transfer."""

_IMPLICIT_PORT = 990
_CHUNK = 1 << 16

_SIZES = (re.compile(r"[-\w+.]{10,}\s+\d+\s+\S+\s+\S+\s+(\d+)\s"), re.compile(r"[-\d]{8,10}\s+\d\d:\d\d\S*\s+(\d+)\s"))
"""The size in a line of LIST, as Unix and as Windows write it."""


class Tls(StrEnum):
    """How a connection is encrypted."""

    EXPLICIT = "explicit"
    IMPLICIT = "implicit"
    NONE = "none"


def logged_in(connect: Connect, conn_id: str, tls: Tls, stack: ExitStack) -> FtpClient:
    """Return a client, closed with `stack`.

    Raises:
        UnknownConnectionError: There is no such connection, or it is not an FTP server's.
        DeliveryError: The server cannot be reached, is not the one it should be, or does not let us in.
    """
    connection = connect(conn_id)
    if connection.conn_type not in {"ftp", "ftps"} or not connection.host:
        why = f"its type is {connection.conn_type!r}" if connection.host else "it has no host"
        what = f"the Airflow connection {conn_id!r} is not an FTP server's"
        raise UnknownConnectionError(what, why=why, fix="name one of type ftp that has a host")
    port = connection.port or (_IMPLICIT_PORT if tls is Tls.IMPLICIT else ftplib.FTP_PORT)
    client = FtpClient(tls, _trust(connection), _patience(connection))
    stack.callback(client.leave)
    try:
        client.enter(connection.host, port, connection.login or "", connection.password or "")
    except (ftplib.Error, OSError, EOFError, ValueError) as error:
        client.close()
        what = f"the FTP server {connection.host}:{port} of the Airflow connection {conn_id!r} cannot be used"
        fix, retryable = _remedy(error)
        raise DeliveryError(what, why=reason(error), fix=fix, retryable=retryable) from error
    return client


class FtpClient(ftplib.FTP_TLS):
    """One session on a server, in passive mode to the address that was dialled: servers behind NAT name another.

    Args:
        tls: How it is encrypted.
        trust: Whose certificates are trusted.
        patience: Seconds for which the server may say nothing.
    """

    def __init__(self, tls: Tls, trust: ssl.SSLContext, patience: float) -> None:
        super().__init__(context=trust, timeout=min(patience, _CONNECT_SECONDS))
        self._tls, self._patience = tls, patience
        self._home = PurePosixPath("/")

    def enter(self, host: str, port: int, login: str, password: str) -> None:
        """Connect, encrypt and log in; raises whatever ftplib raises."""
        self._dial(host, port)
        if self._tls is Tls.EXPLICIT:
            self.auth()
            self._be_lenient()
        self.login(login, password, secure=False)
        if self._tls is not Tls.NONE:
            self.prot_p()
        with suppress(ftplib.error_perm):  # a server that knows nothing else need not know the command (RFC 2640)
            self.sendcmd("OPTS UTF8 ON")
        self._home = PurePosixPath(self.pwd() or "/")
        if self.sock is not None:
            self.sock.settimeout(self._patience)

    def leave(self) -> None:
        """Say goodbye; what goes wrong with that no longer matters."""
        with suppress(ftplib.Error, OSError, EOFError, ValueError):
            if self.sock is not None:
                self.sock.settimeout(min(self._patience, _CONNECT_SECONDS))
                self.sendcmd("QUIT")
        self.close()

    def at(self, path: PurePosixPath) -> str:
        """Return a path from the server's root: one without a leading slash lies below the login's folder."""
        return str(self._home / path)

    def store(self, file: BinaryIO, path: str) -> None:
        """Write a file.

        Raises:
            ftplib.Error: The server says that it does not have it.
            OSError, EOFError: The connection broke.
        """
        self.voidcmd("TYPE I")
        data, _ = self.ntransfercmd(f"STOR {path}")
        with data:
            data.settimeout(self._patience)
            try:
                while chunk := file.read(_CHUNK):
                    data.sendall(chunk)
                _finish(data, self._patience)
            except TimeoutError:
                raise
            except OSError:
                data.close()
                self.voidresp()  # the server may say why it hung up
                raise
        self.voidresp()

    def size_of(self, path: str) -> int | None:
        """Return the bytes that a file has; None where it is not there, or the server tells them to nobody."""
        self.voidcmd("TYPE I")
        try:
            return self.size(path)
        except ftplib.error_perm as refusal:
            if str(refusal).startswith("55"):  # it knows the command (RFC 3659), and has nothing to tell
                return None
        try:
            lines = self._listed(path)
        except (ftplib.error_perm, ftplib.error_temp) as refusal:
            if str(refusal).startswith("42"):  # of the data connection, not of the file
                raise
            return None
        found = (pattern.match(line) for line in lines for pattern in _SIZES if len(lines) == 1)
        return next((int(match[1]) for match in found if match), None)

    def _listed(self, path: str) -> list[str]:
        """Return what LIST tells; ftplib's own fails where the server closes without TLS's notice of the end."""
        data, _ = self.ntransfercmd(f"LIST {path}")
        text = bytearray()
        with data:
            data.settimeout(self._patience)
            while chunk := data.recv(_CHUNK):
                text += chunk
        self.voidresp()
        return text.decode(self.encoding, "replace").splitlines()

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Begin a transfer; over TLS the session of the commands is resumed, as servers want for proof of who it is.

        ftplib begins a new one, which vsftpd, ProFTPD and FileZilla Server refuse.
        """
        data, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - encrypted here
        if isinstance(self.sock, ssl.SSLSocket):
            data = self.context.wrap_socket(data, server_hostname=self.host, session=self.sock.session)
        return data, size

    def putline(self, line: str) -> None:
        """Send a command; raises EOFError where the connection broke before."""
        if self.sock is None:
            raise EOFError
        super().putline(line)

    def _dial(self, host: str, port: int) -> None:
        """Connect, with TLS from the beginning where that is wanted, which ftplib knows nothing of."""
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), self.timeout)
        if self._tls is Tls.IMPLICIT:
            self.sock = self.context.wrap_socket(self.sock, server_hostname=host)
        self.af = self.sock.family
        self._be_lenient()
        self.welcome = self.getresp()

    def _be_lenient(self) -> None:
        """Read also what old servers say in other letters than UTF-8: nothing depends on those."""
        if self.sock is not None:
            self.file = self.sock.makefile("r", encoding=self.encoding, errors="backslashreplace")


def reason(error: Exception) -> str:
    """Return in words why something failed: the server's own where it spoke."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted: {error.verify_message}"
    return " ".join(str(error).split()) or "the server broke the connection"


def _finish(data: socket.socket, patience: float) -> None:
    """Say that this was all, and wait until the server hangs up: closing earlier may lose what it has not read."""
    if isinstance(data, ssl.SSLSocket):
        _say_goodbye(data, patience)
    with suppress(OSError):
        data.shutdown(socket.SHUT_WR)
        data.settimeout(patience)
        while data.recv(_CHUNK):
            pass


def _say_goodbye(data: ssl.SSLSocket, patience: float) -> None:
    """Send TLS's notice of the end and do not ask for the server's, which some never send."""
    data.setblocking(False)
    with DefaultSelector() as selector:
        selector.register(data, EVENT_WRITE)
        while True:
            try:
                data.unwrap()
            except ssl.SSLWantWriteError:
                if not selector.select(patience):
                    raise TimeoutError("the server takes nothing more") from None
                continue
            except OSError:  # also ssl.SSLWantReadError: it was sent, and not answered yet
                return
            return


def _trust(connection: Connection) -> ssl.SSLContext:
    """Return whose certificates are trusted.

    Raises:
        DeliveryError: The connection names a file that holds none.
    """
    given = connection.extra_dejson.get("ca_file")
    try:
        return ssl.create_default_context(cafile=str(given) if given else None)
    except OSError as error:  # ssl.SSLError is one too
        what = f"the `ca_file` {given} of the Airflow connection {connection.conn_id!r} cannot be used"
        raise DeliveryError(what, why=str(error), fix="name a file with certificates in PEM") from error


def _patience(connection: Connection) -> float:
    given = connection.extra_dejson.get("timeout", _SILENCE_SECONDS)
    try:
        seconds = float(given)
    except (TypeError, ValueError):
        seconds = 0
    if not seconds > 0:
        what = f"the `timeout` {given!r} of the Airflow connection {connection.conn_id!r} cannot be used"
        raise DeliveryError(what, fix="write seconds, for example 120")
    return seconds


_TRUST = "correct the host, have the certificate renewed, or name its issuer in `ca_file` of the connection's extra"
_WHICH_TLS = "correct `tls` in the spec: servers want `explicit`, on port 990 `implicit`, or know none"
_WHICH_PORT = "correct the port, or `tls` in the spec: `implicit` is usual on port 990 only"
_REACH = (
    "look whether the server is up and can be reached from here, and whether its host, its port and `tls` are right"
)
_LOGIN = "correct the login and password"

_REMEDIES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, bool], ...] = (
    (ssl.SSLCertVerificationError, _TRUST, False),
    (ftplib.error_temp, "the server may let us in later", True),
    (ftplib.error_perm, _WHICH_TLS, False),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "look whether the server is well", True),
    ((ftplib.Error, ssl.SSLError), _WHICH_PORT, False),
    ((OSError, EOFError), _REACH, True),
    (Exception, _LOGIN, False),
)
"""What the reader can do about what kinds of error, and whether connecting again can help."""


def _remedy(error: Exception) -> tuple[str, bool]:
    if isinstance(error, ftplib.error_perm) and str(error).startswith("530"):
        return _LOGIN, False
    return next((fix, may_pass) for kinds, fix, may_pass in _REMEDIES if isinstance(error, kinds))

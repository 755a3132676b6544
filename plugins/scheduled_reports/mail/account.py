"""The way to a mail server that an Airflow connection of type smtp names: its address, its encryption, its login.

Reads the connection as Airflow's SMTP provider does: host, port, login and password; in its extra
disable_ssl, disable_tls, ssl_context, timeout, from_email, and auth_type with what OAuth 2 needs.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import ExitStack
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from scheduled_reports.connections import Connection
from scheduled_reports.errors import DeliveryError, UnknownConnectionError
from scheduled_reports.mail.answers import words

_FALSE = {"false", "no", "off", "0", ""}


class Account:
    """One Airflow connection to a mail server."""

    def __init__(self, connection: Connection) -> None:
        if not connection.host:
            raise UnknownConnectionError(
                f"the Airflow connection {connection.conn_id!r} is not a mail server's", why="it has no host",
                fix="set its host, and its port where that is not the usual one",
            )  # fmt: skip
        self._connection = connection
        self._extra: dict[str, Any] = connection.extra_dejson
        self._host = connection.host
        self._ssl = not _truth(self._extra.get("disable_ssl"))
        self._starttls = not self._ssl and not _truth(self._extra.get("disable_tls"))
        self._port = connection.port or (smtplib.SMTP_SSL_PORT if self._ssl else smtplib.SMTP_PORT)
        self._called = f"the Airflow connection {connection.conn_id!r}"
        self.name = f"{self._host}:{self._port}"
        self.sets_timeout = "timeout" in self._extra

    @property
    def sender(self) -> Address:
        """The connection's own sender: `from_email` of its extra, else its login.

        Raises:
            DeliveryError: Neither is an address.
        """
        name, address = parseaddr(str(self._extra.get("from_email") or self._connection.login or ""))
        local, at, domain = address.rpartition("@")
        if not (local and at and domain):
            raise DeliveryError(
                "the mail has no sender",
                why=f"{self._called} names none in the `from_email` of its extra, and its login is no address",
                fix="set `sender` in the spec, or that `from_email`",
            )
        return Address(name, local, domain)

    def connect(self) -> smtplib.SMTP:
        """Connect, encrypt and log in.

        Raises:
            DeliveryError: One of that failed.
        """
        try:
            with ExitStack() as undo:
                client = self._dial()
                undo.callback(client.close)
                if self._starttls:
                    client.starttls(context=self._tls())
                client.ehlo_or_helo_if_needed()
                self._log_in(client)
                if client.sock is not None:  # else the end of each message waits until the server has acknowledged it
                    client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                undo.pop_all()
        except (OSError, ValueError) as error:
            raise self._not_connected(error) from error
        return client

    def _dial(self) -> smtplib.SMTP:
        timeout = float(self._extra.get("timeout", 30))
        if self._ssl:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=timeout, context=self._tls())
        return smtplib.SMTP(self._host, self._port, timeout=timeout)

    def _tls(self) -> ssl.SSLContext:
        wanted = self._extra.get("ssl_context")
        if wanted not in {None, "", "default", "none"}:
            raise ValueError(f"`ssl_context` is {wanted!r}; it may be 'default' or 'none'")
        context = ssl.create_default_context()
        if wanted == "none":
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def _log_in(self, client: smtplib.SMTP) -> None:
        login, password = self._connection.login or "", self._connection.password or ""
        if self._extra.get("auth_type", "basic") == "oauth2":
            answer = f"user={login or self.sender.addr_spec}\x01auth=Bearer {self._token()}\x01\x01"
            client.auth("XOAUTH2", lambda challenge=None: answer if challenge is None else "")
        elif login and password:
            client.login(login, password)

    def _token(self) -> str:
        """Return an OAuth 2 token, from the extra or from Microsoft, as the provider gets it."""
        from airflow.providers.smtp.hooks.smtp import SmtpHook
        from airflow.sdk.exceptions import AirflowException

        hook = SmtpHook(self._connection.conn_id)
        hook.smtp_connection = self._connection  # type: ignore[assignment]  # our protocol is a part of its class
        try:
            return str(hook._get_oauth2_token())
        except (AirflowException, ImportError) as error:
            raise ValueError(f"no OAuth 2 token: {error}") from error

    def _not_connected(self, error: Exception) -> DeliveryError:
        why = str(error)
        if isinstance(error, smtplib.SMTPResponseException):
            why = f"{error.smtp_code} {words(error.smtp_error)}"
        fix = next(fix for kind, fix in _REMEDIES if isinstance(error, kind)).format(self._called)
        what = f"the mail server {self.name} of {self._called} cannot be used"
        return DeliveryError(what, why=why, fix=fix, retryable=_may_pass(error))


_REMEDIES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (smtplib.SMTPAuthenticationError, "correct the login and password of {0}"),
    (smtplib.SMTPResponseException, "correct the host, port and login of {0}"),
    (smtplib.SMTPServerDisconnected, "look whether the server is well, and whether the port of {0} is right"),
    (
        smtplib.SMTPException,
        'if it lacks STARTTLS, set "disable_tls": true in the extra of {0}; if it lacks AUTH, remove the password',
    ),
    (ssl.SSLCertVerificationError, "correct the host of {0}, or make this machine trust the certificate's issuer"),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "look whether the server is well"),
    (ssl.SSLError, 'a server that begins without TLS (ports 25, 587) needs "disable_ssl": true in the extra of {0}'),
    (OSError, "look whether the server is up and can be reached from here, and whether {0} is right"),
    (Exception, "correct {0}"),
)


def _may_pass(error: Exception) -> bool:
    """Return whether connecting again later can help."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code < 500
    if isinstance(error, ssl.SSLError):
        return isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected)
    return isinstance(error, OSError)


def _truth(value: Any) -> bool:
    """Read a switch of a connection's extra: JSON keeps it as it is, a URI makes text of it."""
    return value.strip().lower() not in _FALSE if isinstance(value, str) else bool(value)

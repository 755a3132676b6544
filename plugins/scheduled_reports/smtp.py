"""The mail server behind an Airflow connection of type smtp (RFC 5321); it is given each message once.

Reads the connection as Airflow's SMTP provider does: host, port, login and password; in its extra
disable_ssl, disable_tls, ssl_context, timeout, from_email, and auth_type with what OAuth 2 needs.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from scheduled_reports.connections import Connect, Connection
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError, UnknownConnectionError

_ANSWER_SECONDS = 600.0
"""How long a server may take to accept a message (RFC 5321, 4.5.3.2.6): who gives up earlier knows nothing."""

_LEADING_DOT = re.compile(rb"(?m)^\.")
_FALSE = {"false", "no", "off", "0", ""}


@contextmanager
def mail_server(connect: Connect, conn_id: str) -> Iterator[MailServer]:
    """Connect to the mail server of the Airflow connection `conn_id`, log in, and hang up in the end.

    Raises:
        UnknownConnectionError: There is no such connection, or it names no host.
        DeliveryError: The server cannot be reached, or does not let us in.
    """
    server = MailServer(connect(conn_id))
    server.connect()
    try:
        yield server
    finally:
        server.quit()


class MailServer:
    """One SMTP session for many messages; where it breaks, the next message begins a new one."""

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
        self._client: smtplib.SMTP | None = None
        self._called = f"the Airflow connection {connection.conn_id!r}"
        self.name = f"{self._host}:{self._port}"

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

    def connect(self) -> None:
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
                undo.pop_all()
        except (OSError, ValueError) as error:
            raise self._not_connected(error) from error
        self._client = client

    def transfer(self, content: bytes, sender: str, recipient: str) -> str:
        """Hand one message to the server for one recipient, and return the server's words of acceptance.

        Args:
            content: The message with CRLF line ends.
            sender: The envelope's sender, to whom failures are reported.
            recipient: The envelope's recipient.

        Raises:
            UncertainDeliveryError: The connection broke after the message and before the server's answer.
            DeliveryError: The server does not have it.
        """
        if self._client is None:
            self.connect()
        what = f"the mail to {recipient} was not sent"
        try:
            self._announce(what, len(content), sender, recipient)
            self._smtp.send(_LEADING_DOT.sub(b"..", content) + b".\r\n")
        except OSError as error:  # smtplib's are OSErrors too. The dot that ends a message has not left
            self._drop()
            why = f"{self.name} broke the connection: {error}"
            raise DeliveryError(what, why=why, fix="it is safe to send it again", retryable=True) from error
        return self._verdict(what, recipient)

    def rehearse(self, sender: str, recipients: Iterable[str]) -> dict[str, str]:
        """Begin a mail, ask for each recipient, and take it all back; return what the server says of those it refuses.

        Raises:
            DeliveryError: It refuses the sender, or the connection broke.
        """
        what, refused = f"no mail from {sender} can be sent", {}
        wide = not (sender + "".join(recipients := tuple(recipients))).isascii()
        options = ["SMTPUTF8", "BODY=8BITMIME"] if wide and self._smtp.has_extn("smtputf8") else []
        try:
            self._expect(self._smtp.mail(sender, options), what, f"sender {sender}", "set one that it may send for")
            for recipient in recipients:
                code, reply = self._smtp.rcpt(recipient)
                if code // 100 == 5:
                    refused[recipient] = f"{code} {_words(reply)}"
            self._smtp.rset()
        except OSError as error:
            self._drop()
            why, fix = f"{self.name} broke the connection: {error}", "look whether the server is well"
            raise DeliveryError(what, why=why, fix=fix, retryable=True) from error
        return refused

    def quit(self) -> None:
        """Say goodbye; what goes wrong with that no longer matters."""
        if self._client is not None:
            with suppress(OSError):
                self._client.quit()
            self._drop()

    @property
    def _smtp(self) -> smtplib.SMTP:
        if self._client is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self._client

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

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

    def _announce(self, what: str, size: int, sender: str, recipient: str) -> None:
        """Go through MAIL, RCPT and DATA, up to where the server waits for the message."""
        client, options = self._smtp, []
        if not (sender + recipient).isascii():
            if not client.has_extn("smtputf8"):
                why = f"{self.name} takes only addresses in ASCII (it does not offer SMTPUTF8)"
                raise DeliveryError(what, why=why, fix="use another address, or another mail server")
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        if client.has_extn("size"):
            self._check_size(what, size, client.esmtp_features["size"])
            options.append(f"SIZE={size}")
        self._expect(client.mail(sender, options), what, f"sender {sender}", "set one that it may send for")
        self._expect(client.rcpt(recipient), what, f"recipient {recipient}", "correct the address in the spec")
        self._expect(client.docmd("DATA"), what, "the message", "mend what it objects to")

    def _check_size(self, what: str, size: int, limit: str) -> None:
        """Refuse what the server said it would not take (RFC 1870; a limit of 0 is none)."""
        if limit.isdigit() and 0 < int(limit) < size:
            raise DeliveryError(
                what, why=f"it has {size:,} bytes and {self.name} takes at most {int(limit):,}",
                fix="attach fewer or smaller files, or deliver them another way, for example by sftp",
            )  # fmt: skip

    def _verdict(self, what: str, recipient: str) -> str:
        client = self._smtp
        if client.sock is not None and "timeout" not in self._extra:
            client.sock.settimeout(_ANSWER_SECONDS)
        try:
            code, reply = client.getreply()
        except OSError as error:
            self._drop()
            raise UncertainDeliveryError(
                f"nobody knows whether the mail to {recipient} was sent",
                why=f"{self.name} broke the connection after the message and before its answer: {error}",
                fix="before it is sent again, ask the recipient or look into the log of the server",
            ) from error
        if client.sock is not None:
            client.sock.settimeout(client.timeout)
        self._expect((code, reply), what, "the message", "mend what it objects to")
        return f"{code} {_words(reply)}"

    def _expect(self, answer: tuple[int, bytes], what: str, whom: str, fix: str) -> None:
        """Raise a DeliveryError with the server's words unless it agreed (RFC 5321, 4.2.1)."""
        code, reply = answer
        if code // 100 in {2, 3}:
            return
        if code == 421:  # it is about to hang up
            self._drop()
        else:
            with suppress(OSError):
                self._smtp.rset()
        permanent = code // 100 == 5
        raise DeliveryError(
            what, why=f"{self.name} refused {whom}: {code} {_words(reply)}",
            fix=fix if permanent else "the server may accept it later", retryable=not permanent,
        )  # fmt: skip

    def _not_connected(self, error: Exception) -> DeliveryError:
        why = str(error)
        if isinstance(error, smtplib.SMTPResponseException):
            why = f"{error.smtp_code} {_words(error.smtp_error)}"
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


def _words(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())

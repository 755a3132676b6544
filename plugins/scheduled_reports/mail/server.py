"""One SMTP session for many messages (RFC 5321); the server is given each message once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from email.headerregistry import Address

from scheduled_reports.connections import Connect, Connection
from scheduled_reports.errors import DeliveryError
from scheduled_reports.mail.account import Account
from scheduled_reports.mail.talk import Talk
from scheduled_reports.mail.wire import Wire

_IDLE_SECONDS = 5.0
"""How old a connection is that may have been closed before anything was said on it."""

_ENOUGH = 3
"""So many messages in a row that a server wanted later: then it is left alone for as long as it asked."""


@contextmanager
def mail_server(connect: Connect, conn_id: str, most: int | None = None) -> Iterator[MailServer]:
    """Connect to the mail server of the Airflow connection `conn_id`, log in, and hang up in the end.

    Args:
        connect: Gives Airflow's connections.
        conn_id: The connection's id.
        most: How many messages it takes through one connection; any number unless given.

    Raises:
        UnknownConnectionError: There is no such connection, or it names no host.
        DeliveryError: The server cannot be reached, or does not let us in.
    """
    server = MailServer(connect(conn_id), most)
    server.connect()
    try:
        yield server
    finally:
        server.quit()


class MailServer:
    """One SMTP session for many messages; where it breaks, the next message begins a new one."""

    def __init__(self, connection: Connection, most: int | None = None) -> None:
        self._account, self._most = Account(connection), most
        self._talk: Talk | None = None
        self._carried, self._since = 0, 0.0
        self._put_off: list[DeliveryError] = []
        self._closed_until = 0.0
        self.name = self._account.name

    @property
    def sender(self) -> Address:
        """The connection's own sender: `from_email` of its extra, else its login.

        Raises:
            DeliveryError: Neither is an address.
        """
        return self._account.sender

    @property
    def limit(self) -> int | None:
        """How many bytes it takes in one message, as it says (RFC 1870); None where it says nothing.

        Raises:
            DeliveryError: It has to be asked, and cannot be reached.
        """
        return self._open().limit

    def connect(self) -> None:
        """Connect, encrypt and log in.

        Raises:
            DeliveryError: One of that failed.
        """
        self._open()

    def transfer(self, message: bytes | Wire, sender: str, recipient: str) -> str:
        """Hand one message to the server for one recipient, and return the server's words of acceptance.

        A server hangs up after so many messages or seconds, and says so at the next one: that one goes through a new
        connection, as nothing of it has been accepted.

        Args:
            message: The message with CRLF line ends.
            sender: The envelope's sender, to whom failures are reported.
            recipient: The envelope's recipient.

        Raises:
            UncertainDeliveryError: The connection broke after the message and before the server's answer.
            DeliveryError: The server does not have it.
        """
        what = f"the mail to {recipient} was not sent"
        wire = message if isinstance(message, Wire) else Wire.of(message)
        self._require_open(what)
        if self._most is not None and self._carried >= self._most:
            self.quit()
        try:
            talk = self._begun(what, wire.size, sender, recipient)
            talk.write(what, wire)
            answer = talk.verdict(what, recipient)
        except DeliveryError as error:
            self._note(error)
            raise
        except BaseException:  # a task that is stopped: who comes next shall not go on in the middle of a message
            self._drop()
            raise
        self._carried += 1
        self._put_off.clear()
        return answer

    def rehearse(self, sender: str, recipients: Iterable[str]) -> dict[str, str]:
        """Begin a mail, ask for each recipient, and take it all back; return what the server says of those it refuses.

        Raises:
            DeliveryError: It refuses the sender, or the connection broke.
        """
        return self._open().rehearse(sender, recipients)

    def rest(self) -> None:
        """Hang up, as nothing is sent for a while; the next message connects again."""
        self.quit()

    def quit(self) -> None:
        """Say goodbye; what goes wrong with that no longer matters."""
        if self._talk is not None:
            self._talk.goodbye()
            self._talk = None

    def _open(self) -> Talk:
        """Return the connection; a new one where the last is over."""
        if self._talk is None or self._talk.is_over:
            self._talk = Talk(self._account.connect(), self.name, patient=not self._account.sets_timeout)
            self._carried, self._since = 0, time.monotonic()
        return self._talk

    def _drop(self) -> None:
        if self._talk is not None:
            self._talk.end()
            self._talk = None

    def _require_open(self, what: str) -> None:
        """Do not ask a server that has put off several messages in a row and said for how long."""
        left = self._closed_until - time.monotonic()
        if left > 0:
            last = self._put_off[-1]
            error = DeliveryError(what, why=f"not tried, as the server wants to be left alone: {last.why}",
                                  fix=last.fix, retryable=True)  # fmt: skip
            error.retry_after = left
            raise error

    def _note(self, error: DeliveryError) -> None:
        if error.retry_after is None:
            self._put_off.clear()
            return
        self._put_off.append(error)
        if len(self._put_off) >= _ENOUGH:
            self._closed_until = time.monotonic() + error.retry_after

    def _begun(self, what: str, size: int, sender: str, recipient: str) -> Talk:
        """Return the connection on which the server waits for the message; a new one where the old one was closed."""
        talk = self._open()
        may_be_closed = self._carried > 0 or time.monotonic() - self._since > _IDLE_SECONDS
        try:
            talk.announce(what, size, sender, recipient)
        except DeliveryError:
            if not may_be_closed or not talk.is_over:
                raise
            talk = self._open()
            talk.announce(what, size, sender, recipient)
        return talk

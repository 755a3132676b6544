"""A real SMTP server that keeps each accepted message as a file you can open.

`python -m demo.mail_server --inbox DIR --port 1025` runs it until SIGINT or SIGTERM.
"""

import argparse
import asyncio
import hmac
import re
import signal
import socket
from asyncio import AbstractServer
from collections.abc import Awaitable, Sequence
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

_GOODBYE_SECONDS = 5.0


class MailServer:
    """Accept mail on `host` and `port` (0: any free one) and write it to the folder `inbox`.

    Each message becomes `NNN_<recipient>_<subject>.eml`: the bytes as received, below two headers with the
    envelope's addresses. With a username and password, mail without login is answered 530, a wrong login
    535. Recipients in `refuse`, whatever their letter case, are answered 550; a message of more than `largest`
    bytes 552. Use it in a `with` statement, or call start() and stop().
    """

    def __init__(
        self,
        inbox: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        username: str | None = None,
        password: str | None = None,
        refuse: frozenset[str] = frozenset(),
        largest: int = 33_554_432,
    ) -> None:
        if (username is None) != (password is None):
            raise ValueError("the mail server got only one of username and password: give both or neither")
        self.inbox = inbox
        self.host = host
        self.port = port
        login = None if username is None or password is None else (username, password)
        self._mailbox = _Mailbox(inbox, login, refuse)
        self._largest = largest
        self._controller: _Controller | None = None

    def start(self) -> None:
        """Begin to listen; afterwards `port` is the real one. Raises OSError when the port is taken."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.create_server((self.host, self.port), family=family)
        self.port = listener.getsockname()[1]
        self._controller = _Controller(self._mailbox, listener, self.host, self._largest)
        self._controller.start()

    def stop(self) -> None:
        """Hang up on every client and end the server's thread."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def messages(self) -> list[Path]:
        """Return the files of the inbox in the order in which they arrived."""
        return sorted(self.inbox.glob("*.eml"), key=_number)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Mailbox:
    """Answers aiosmtpd's questions about logins, recipients and messages."""

    def __init__(self, inbox: Path, login: tuple[str, str] | None, refuse: frozenset[str]) -> None:
        self.inbox = inbox
        self.login = login
        self.refuse = frozenset(address.casefold() for address in refuse)

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        """Accept the one username and password; aiosmtpd answers 535 to any other."""
        if self.login is None or not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        username, password = (part.encode() for part in self.login)
        known = hmac.compare_digest(given.login, username) & hmac.compare_digest(given.password, password)
        return AuthResult(success=known, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse who has not logged in but should; aiosmtpd's own option for that warns about missing TLS."""
        if self.login is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse the recipients who have no mailbox here."""
        if address.casefold() in self.refuse:
            return f"550 5.1.1 <{address}> mailbox unavailable"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Write the message; what cannot be written is not accepted, so the client keeps it."""
        recipients = [str(address) for address in envelope.rcpt_tos]
        try:
            path = self._write(envelope.mail_from or "", recipients, envelope.original_content or b"")
        except OSError as error:
            return f"451 4.3.0 message not kept: {error.strerror}"
        return f"250 2.0.0 OK: kept as {path.name.encode('ascii', 'replace').decode()}"

    def _write(self, sender: str, recipients: list[str], content: bytes) -> Path:
        """Write the message to the next free file name, at once."""
        number = max(map(_number, self.inbox.glob("*.eml")), default=0) + 1
        subject = str(message_from_bytes(content, policy=policy.default)["Subject"] or "")
        more = f"+{len(recipients) - 1}" if len(recipients) > 1 else ""
        name = f"{number:03}_{_slug(recipients[0], 60)}{more}_{_slug(subject, 120) or 'no-subject'}.eml"
        headers = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        unfinished = self.inbox / f".{number:03}.part"
        unfinished.write_bytes(headers.encode("utf-8", "surrogateescape") + content)
        return unfinished.replace(self.inbox / name)


class _Controller(Controller):
    """aiosmtpd's thread, on a socket that is bound already; it hangs up on its clients before it ends."""

    def __init__(self, mailbox: _Mailbox, listener: socket.socket, host: str, largest: int) -> None:
        super().__init__(
            mailbox,
            hostname=host,
            port=listener.getsockname()[1],
            server_hostname="localhost",
            ident="demo mail server",
            data_size_limit=largest,
            auth_require_tls=False,
            authenticator=mailbox.authenticate,
            auth_exclude_mechanism=[] if mailbox.login else ["LOGIN", "PLAIN"],
        )
        self._listener = listener
        self._sessions: WeakSet[SMTP] = WeakSet()

    def factory(self) -> SMTP:
        session: SMTP = super().factory()  # type: ignore[no-untyped-call]
        self._sessions.add(session)
        return session

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result()
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        """Close every connection and wait for the tasks behind them, so that none dies with the loop."""
        if self.server is not None:
            self.server.close()
        for session in list(self._sessions):
            if isinstance(session.transport, asyncio.Transport):
                session.transport.abort()
        await asyncio.sleep(0)
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=_GOODBYE_SECONDS)


def _number(path: Path) -> int:
    """Return the number that a file's name begins with, 0 without one."""
    digits = re.match(r"\d+", path.name)
    return int(digits[0]) if digits else 0


def _slug(text: str, most_bytes: int) -> str:
    """Return the text as a part of a file name: letters and digits of any script and `@ . - _`."""
    words = re.sub(r"[^\w@.-]+", "-", text.casefold()).strip("-._")
    return words.encode("utf-8", "ignore")[:most_bytes].decode("utf-8", "ignore").rstrip("-._")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the mail server until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m demo.mail_server", description=__doc__)
    parser.add_argument("--inbox", type=Path, required=True, help="the folder for the messages")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=1025, help="the port to listen on (%(default)s)")
    parser.add_argument("--username", help="demand a login with this name")
    parser.add_argument("--password", help="and this password")
    parser.add_argument("--refuse", action="append", default=[], metavar="ADDRESS", help="answer it with 550")
    chosen = parser.parse_args(arguments)
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before any thread starts: sigwait below takes them
    with MailServer(
        chosen.inbox, chosen.host, chosen.port,
        username=chosen.username, password=chosen.password, refuse=frozenset(chosen.refuse),
    ) as server:  # fmt: skip
        print(f"Mail server on {server.host}:{server.port}, inbox {server.inbox}; Ctrl+C ends it", flush=True)
        signal.sigwait(ends)


if __name__ == "__main__":
    main()

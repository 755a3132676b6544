"""What is said to a mail server about one message (RFC 5321), over one connection."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from contextlib import suppress

from scheduled_reports.errors import DeliveryError, UncertainDeliveryError
from scheduled_reports.mail.answers import refusal, words
from scheduled_reports.mail.wire import Wire

_ANSWER_SECONDS = 600.0
"""How long a server may take to accept a message (RFC 5321, 4.5.3.2.6): who gives up earlier knows nothing."""

_LAST_WORDS_SECONDS = 1.0

_FIXES = ("set one that it may send for", "correct the address in the spec", "mend what it objects to")
"""What can be done where a server refuses the sender, the recipient or the message and does not say why."""


class Talk:
    """One connection to a mail server; where it breaks, or the server is about to hang up, it is over."""

    def __init__(self, client: smtplib.SMTP, name: str, *, patient: bool) -> None:
        self._client, self._name, self._patient = client, name, patient

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be said."""
        return self._client.sock is None

    @property
    def limit(self) -> int | None:
        """How many bytes the server takes in one message, as it says (RFC 1870); None where it says nothing or 0."""
        said = self._client.esmtp_features.get("size", "")
        return int(said) if said.isdigit() and int(said) > 0 else None

    def end(self) -> None:
        """Hang up at once."""
        self._client.close()

    def goodbye(self) -> None:
        """Hang up politely; what goes wrong with that no longer matters."""
        with suppress(OSError):
            self._client.quit()
        self.end()

    def announce(self, what: str, size: int, sender: str, recipient: str) -> None:
        """Go through MAIL, RCPT and DATA, up to where the server waits for the message.

        Raises:
            DeliveryError: It refuses one of them, or the connection broke.
        """
        commands = self._commands(what, size, sender, recipient)
        try:
            answers = self._asked(commands)
        except OSError as error:  # smtplib's are OSErrors too
            raise self._broken(what, error) from error
        whom = (f"sender {sender}", f"recipient {recipient}", "the message")
        for answer, named, fix in zip(answers, whom, _FIXES, strict=False):
            self._expect(answer, what, named, fix)

    def rehearse(self, sender: str, recipients: Iterable[str]) -> dict[str, str]:
        """Begin a mail, ask for each recipient, and take it all back; return what the server says of those it refuses.

        Raises:
            DeliveryError: It refuses the sender, or the connection broke.
        """
        what, refused = f"no mail from {sender} can be sent", {}
        wide = not (sender + "".join(recipients := tuple(recipients))).isascii()
        options = ["SMTPUTF8", "BODY=8BITMIME"] if wide and self._client.has_extn("smtputf8") else []
        try:
            self._expect(self._client.mail(sender, options), what, f"sender {sender}", _FIXES[0])
            for recipient in recipients:
                code, reply = self._client.rcpt(recipient)
                if code // 100 == 5:
                    refused[recipient] = f"{code} {words(reply)}"
            self._client.rset()
        except OSError as error:
            raise self._broken(what, error, "look whether the server is well") from error
        return refused

    def _commands(self, what: str, size: int, sender: str, recipient: str) -> tuple[str, ...]:
        client, options = self._client, ""
        if not (sender + recipient).isprintable():
            raise DeliveryError(what, why="an address holds a line break", fix=_FIXES[1])
        if not (sender + recipient).isascii():
            if not client.has_extn("smtputf8"):
                why = f"{self._name} takes only addresses in ASCII (it does not offer SMTPUTF8)"
                raise DeliveryError(what, why=why, fix="use another address, or another mail server")
            options += " SMTPUTF8 BODY=8BITMIME"
        if self.limit is not None and self.limit < size:
            raise DeliveryError(
                what, why=f"it has {size:,} bytes and {self._name} takes at most {self.limit:,}",
                fix="attach fewer or smaller files, or deliver them another way, for example by sftp",
            )  # fmt: skip
        if client.has_extn("size"):
            options += f" SIZE={size}"
        return f"MAIL FROM:<{sender}>{options}", f"RCPT TO:<{recipient}>", "DATA"

    def _asked(self, commands: tuple[str, ...]) -> list[tuple[int, bytes]]:
        """Return the server's answers; where it allows that, it is asked for all at once (RFC 2920)."""
        client, answers = self._client, list[tuple[int, bytes]]()
        if not client.has_extn("pipelining"):
            for command in commands:
                client.send(f"{command}\r\n".encode())
                answers.append(client.getreply())
                if not _agrees(answers[-1]):
                    break
            return answers
        client.send("".join(f"{command}\r\n" for command in commands).encode())
        for _ in commands:
            answers.append(client.getreply())
            if answers[-1][0] == 421:
                return answers
        if _agrees(answers[-1]) and not all(map(_agrees, answers)):
            self.end()  # it waits for a message to nobody (RFC 2920, 3.1), and would take an empty one
        return answers

    def write(self, what: str, wire: Wire) -> None:
        """Write the message; where that fails, the dot that ends it has not left, so that nobody has accepted it.

        Raises:
            DeliveryError: It failed.
        """
        sock = self._client.sock
        try:
            for piece in wire.writes():
                sock.sendall(piece)  # type: ignore[union-attr]  # a session that has answered DATA has a socket
        except OSError as error:
            said = self._last_words()
            self.end()
            if said is not None and said[0] // 100 in {4, 5}:
                raise refusal(what, self._name, "the message", _FIXES[2], said) from error
            raise self._broken(what, error) from error

    def _last_words(self) -> tuple[int, bytes] | None:
        """Return what a server said before it hung up in the middle of a message."""
        client = self._client
        with suppress(OSError):
            if client.sock is not None:
                client.sock.settimeout(_LAST_WORDS_SECONDS)
                return client.getreply()
        return None

    def verdict(self, what: str, recipient: str) -> str:
        """Return the server's words of acceptance.

        Raises:
            UncertainDeliveryError: The connection broke before the server's answer.
            DeliveryError: It refuses the message.
        """
        client = self._client
        if client.sock is not None and self._patient:
            client.sock.settimeout(_ANSWER_SECONDS)
        try:
            code, reply = client.getreply()
        except OSError as error:
            self.end()
            raise UncertainDeliveryError(
                f"nobody knows whether the mail to {recipient} was sent",
                why=f"{self._name} broke the connection after the message and before its answer: {error}",
                fix="before it is sent again, ask the recipient or look into the log of the server",
            ) from error
        if client.sock is not None:
            client.sock.settimeout(client.timeout)
        if code // 100 not in {2, 4, 5}:
            self.end()
            raise UncertainDeliveryError(
                f"nobody knows whether the mail to {recipient} was sent",
                why=f"{self._name} answered the message with what is no answer to it: {code} {words(reply)}",
                fix="before it is sent again, ask the recipient or look into the log of the server",
            )
        self._expect((code, reply), what, "the message", _FIXES[2])
        return f"{code} {words(reply)}"

    def _expect(self, answer: tuple[int, bytes], what: str, whom: str, fix: str) -> None:
        """Raise a DeliveryError with the server's words unless it agreed (RFC 5321, 4.2.1)."""
        if _agrees(answer):
            return
        if answer[0] == 421:  # it is about to hang up
            self.end()
        else:
            with suppress(OSError):
                self._client.rset()
        raise refusal(what, self._name, whom, fix, answer)

    def _broken(self, what: str, error: OSError, fix: str = "it is safe to send it again") -> DeliveryError:
        self.end()
        return DeliveryError(what, why=f"{self._name} broke the connection: {error}", fix=fix, retryable=True)


def _agrees(answer: tuple[int, bytes]) -> bool:
    return answer[0] // 100 in {2, 3}

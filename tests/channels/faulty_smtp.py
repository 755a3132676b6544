"""A mail server that fails where it is told to."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import BinaryIO, Self

HANG_UP = "hang up"
FALL_SILENT = "fall silent"

_ANSWERS = {
    "greeting": "220 faulty ESMTP",
    "MAIL": "250 sender ok",
    "RCPT": "250 recipient ok",
    "DATA": "354 go on",
    "end": "250 2.0.0 queued as 4711",
    "RSET": "250 forgotten",
    "NOOP": "250 here",
    "QUIT": "221 bye",
    "STARTTLS": "220 go on",
}


class FaultySmtp:
    """Answers every command as a good server does, but for those in `faults`.

    A fault is named by a command, by `greeting`, or by `end` (of the message), and is the answer to give, HANG_UP or
    FALL_SILENT. They happen as often as `times` says; then the server is well. With `tls` it speaks TLS: after
    STARTTLS where that is among its features, else from the beginning. With `hang_up_after_data` it does not listen to
    the message.
    """

    hang_up_after_data = False

    def __init__(
        self,
        faults: dict[str, str],
        *,
        times: int = 99,
        features: Sequence[str] = ("8BITMIME",),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.faults, self.times, self.features, self._tls = faults, times, features, tls
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.connections = 0
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        try:
            if self._tls is not None and "STARTTLS" not in self.features:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._converse(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def _converse(self, connection: socket.socket, *, greets: bool = True) -> None:
        with connection.makefile("rb") as lines:
            if greets and self._answer(connection, "greeting") is None:
                return
            while line := lines.readline():
                verb, space, rest = line.decode("latin-1").strip().partition(" ")
                verb = verb.upper()
                self.commands.append(verb + space + rest)
                if verb == "EHLO":
                    self._greet(connection)
                    continue
                answer = self._answer(connection, verb)
                if verb == "STARTTLS" and self._tls is not None:
                    with self._tls.wrap_socket(connection, server_side=True) as private:
                        self._converse(private, greets=False)  # RFC 3207, 4.2
                if answer is None or verb in {"QUIT", "STARTTLS"}:
                    return
                if answer.startswith("354") and self.hang_up_after_data:
                    return
                if answer.startswith("354"):
                    message = _message(lines)
                    if message is None:
                        return
                    self.messages.append(message)
                    if self._answer(connection, "end") is None:
                        return

    def _greet(self, connection: socket.socket) -> None:
        offered = ["faulty", *self.features]
        text = [f"250{' ' if name is offered[-1] else '-'}{name}\r\n" for name in offered]
        connection.sendall("".join(text).encode())

    def _answer(self, connection: socket.socket, step: str) -> str | None:
        """Say what there is to say at `step`, and return it; None ends the session."""
        answer = _ANSWERS.get(step, "500 what?")
        if step in self.faults and self.times > 0:
            self.times -= 1
            answer = self.faults[step]
        if answer == FALL_SILENT:
            self._closing.wait()
        if answer in {FALL_SILENT, HANG_UP}:
            return None
        connection.sendall(f"{answer}\r\n".encode())
        return answer


def _message(lines: BinaryIO) -> bytes | None:
    """Return the lines up to the dot; None where the client hung up before it."""
    found = []
    while (line := lines.readline()) != b".\r\n":
        if not line:
            return None
        found.append(line)
    return b"".join(found)

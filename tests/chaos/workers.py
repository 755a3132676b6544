"""Workers in processes of their own, which can be killed or put to sleep at any instruction."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from session import ROOT


class Worker:
    """A process that delivers to some destinations, once each."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._talk = self._socket.makefile("rw", encoding="utf-8")
        self.pid = int(json.loads(self._talk.readline())["pid"])
        self.ended = False

    def begin(self, destinations: Collection[str], *, lease: float, again: bool) -> None:
        """Let it go."""
        self._talk.write(json.dumps({"destinations": list(destinations), "lease": lease, "again": again}) + "\n")
        self._talk.flush()

    def told(self) -> Iterator[dict[str, Any]]:
        """Yield what it says until it dies; `ended` is true where it came to its own end."""
        with suppress(ConnectionResetError):
            while line := self._talk.readline():
                if line.endswith("\n"):  # else it died within a word
                    facts = json.loads(line)
                    self.ended = self.ended or "ends" in facts
                    yield facts
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._talk.close()
        self._socket.close()

    def kill(self) -> None:
        """Kill it, and hang up."""
        self.signal(signal.SIGKILL)
        self.close()

    def speaks_from(self, port: int) -> bool:
        """Return whether a connection from this port is its own."""
        with suppress(psutil.NoSuchProcess):
            return any(found.laddr.port == port for found in psutil.Process(self.pid).net_connections("tcp"))
        return False

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; its number is nobody else's before the next worker is made."""
        os.kill(self.pid, number)


@contextmanager
def workers(folder: Path, warm: Collection[str], ledger: str = "") -> Iterator[int]:
    """Give the port at which workers are made of the run in `folder`; `ledger` is a connection, else it is in there."""
    path = os.pathsep.join(str(ROOT / name) for name in ("plugins", "include", "tests"))
    environment, program = {**os.environ, "PYTHONPATH": path}, str(Path(__file__).with_name("zygote.py"))
    with socket.create_server(("127.0.0.1", 0)) as listener, (folder / "workers.log").open("a") as log:
        port, handle = listener.getsockname()[1], listener.fileno()
        command = [sys.executable, program, str(handle), str(folder), ledger, *warm]
        process = subprocess.Popen(command, env=environment, pass_fds=[handle], stdin=subprocess.PIPE, stdout=log,
                                   stderr=log)  # fmt: skip
    with process:
        try:
            yield port
        except (OSError, ValueError):
            print((folder / "workers.log").read_text(encoding="utf-8")[-10_000:])
            raise
        finally:
            process.terminate()

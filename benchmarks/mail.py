"""How long 1,000 e-mails with an attachment of 200 KB take, against one connection each as one writes it by hand.

    PYTHONPATH=plugins:include .venv/bin/python benchmarks/mail.py [--messages 1000] [--kilobytes 200] [--plain]

Both send to an aiosmtpd in a process of its own, which keeps nothing. By hand: an EmailMessage and a connection for
each recipient, with `smtplib`. Ours: the session of an e-mail destination. Unless `--plain`, both encrypt (STARTTLS),
verify the server and log in, as everybody does who sends reports; the server's certificate is made for the run, and its
issuer stands among the usual ones (certifi). Told are the clock's time, the processor's (user and system) of sender and
server, and by how much the sender's memory grew after the first tenth. Ours must take less than a third of the
processor's time of both, which the server's share bounds: it reads each of the 3,600 lines of a message.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import resource
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import certifi
import psutil
import trustme
from rich.console import Console
from rich.table import Table

from scheduled_reports.audience import Recipient
from scheduled_reports.channels import Delivery
from scheduled_reports.channels.email import Email
from scheduled_reports.connections import airflow_connection
from scheduled_reports.formats.base import Artifact

AT_LEAST = 3.0
WORDS = {
    "report": {"id": "sales", "title": "Sales", "owner": "owner@example.org"}, "schedule": {"id": "daily"},
    "period": {"label": "3 March 2026"}, "brand": {"sender_name": "Reports"},
}  # fmt: skip
SERVER = """
import logging, signal, ssl, sys
logging.disable()
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
class Taken:
    number = 0
    async def handle_DATA(self, server, session, envelope):
        self.number += 1
        return f"250 2.0.0 OK: queued as {self.number}"
def anybody(*_):
    return AuthResult(success=True)
context = None
if sys.argv[2]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
secure = {"tls_context": context, "require_starttls": True, "authenticator": anybody} if context else {}
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
controller = Controller(Taken(), hostname="127.0.0.1", port=int(sys.argv[1]), ready_timeout=30, **secure)
controller.start()
print("up", flush=True)
signal.sigwait({signal.SIGTERM})
controller.stop()
"""


class Spent(NamedTuple):
    """What sending took: seconds by the clock and of processors, and bytes."""

    clock: float
    sender: float
    server: float
    grown: int


def main() -> int:
    """Print both; return 1 where ours is not fast enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--kilobytes", type=int, default=200)
    parser.add_argument("--plain", action="store_true", help="without STARTTLS and login")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "report.pdf").write_bytes(os.urandom(arguments.kilobytes * 1000))
        with _server(folder, plain=arguments.plain) as (port, server):
            people = [f"person{number}@example.org" for number in range(arguments.messages)]
            hand = _measured(server, lambda some: _by_hand(folder, port, some, plain=arguments.plain), people)
            ours = _measured(server, lambda some: _by_us(folder, some), people)
    return _told({"by hand": hand, "ours": ours}, arguments.messages)


@contextmanager
def _server(folder: Path, *, plain: bool) -> Iterator[tuple[int, psutil.Process]]:
    authority, pem = trustme.CA(), folder / "server.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(pem)
    (folder / "ca.pem").write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    os.environ["SSL_CERT_FILE"] = str(folder / "ca.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-W", "ignore", "-c", SERVER, str(port), "" if plain else str(pem)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        extra = {"disable_ssl": True, "disable_tls": plain, "from_email": "reports@example.org"}
        login = {} if plain else {"login": "reports@example.org", "password": "any"}
        fields = {"conn_type": "smtp", "host": "localhost", "port": port, "extra": extra, **login}
        os.environ["AIRFLOW_CONN_SMTP_DEFAULT"] = json.dumps(fields)
        try:
            yield port, psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)


def _measured(server: psutil.Process, send: Callable[[list[str]], None], people: list[str]) -> Spent:
    few = max(1, len(people) // 10)
    send(people[:few])
    gc.collect()
    before, clock, sender, served = _most_memory(), time.perf_counter(), time.process_time(), _used(server)
    send(people)
    return Spent(time.perf_counter() - clock, time.process_time() - sender, _used(server) - served,
                 _most_memory() - before)  # fmt: skip


def _by_hand(folder: Path, port: int, people: list[str], *, plain: bool) -> None:
    for person in people:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "reports@example.org", person, "Sales, 3 March 2026"
        message.set_content("Sales\n3 March 2026\n")
        content = (folder / "report.pdf").read_bytes()
        message.add_attachment(content, maintype="application", subtype="pdf", filename="report.pdf")
        with smtplib.SMTP("localhost", port) as client:
            if not plain:
                client.starttls(context=ssl.create_default_context())
                client.login("reports@example.org", "any")
            client.send_message(message)


def _by_us(folder: Path, people: list[str]) -> None:
    path = folder / "report.pdf"
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    made = {"pdf": Artifact("pdf", "report.pdf", "application/pdf", "files/report.pdf", len(content), digest)}
    channel = Email.model_validate({"type": "email", "to": people[0], "attach": "pdf"})
    with channel.open(airflow_connection) as session:
        for number, person in enumerate(people):
            key = hashlib.sha256(str(number).encode()).hexdigest()[:32]
            session.send(Delivery(key, Recipient(person), {"pdf": path}, made, WORDS))


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _told(found: dict[str, Spent], messages: int) -> int:
    table = Table(title=f"{messages:,} e-mails")
    for column in ("", "clock, s", "sender, s", "server, s", "both, s", "memory grew, MB"):
        table.add_column(column, justify="right" if column else "left")
    for name, one in found.items():
        seconds = [f"{value:.2f}" for value in (one.clock, one.sender, one.server, one.sender + one.server)]
        table.add_row(name, *seconds, f"{one.grown / 1e6:.1f}")
    Console(width=100).print(table)
    hand, ours = found["by hand"], found["ours"]
    ratio = (hand.sender + hand.server) / (ours.sender + ours.server)
    print(f"ours is {hand.clock / ours.clock:.1f} times as fast by the clock; by hand takes "
          f"{hand.sender / ours.sender:.0f} times the sender's processor, {ratio:.1f} times that of both")  # fmt: skip
    return 0 if ratio >= AT_LEAST else 1


if __name__ == "__main__":
    raise SystemExit(main())

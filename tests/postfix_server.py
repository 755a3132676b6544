"""A real Postfix of its own for tests, thrown away after: its files are in a temporary folder, not in /etc or /var.

Postfix wants to be started by root, and its users `postfix` and `nobody` to be there; it gives up root's rights itself.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from session import free_port

MASTER = Path("/usr/lib/postfix/sbin/master")

MAIN = {
    "compatibility_level": "3.6",
    "inet_interfaces": "127.0.0.1",
    "inet_protocols": "ipv4",
    "myhostname": "mail.example.org",
    "mydestination": "",
    "alias_maps": "",
    "virtual_mailbox_domains": "example.org",
    "virtual_minimum_uid": "1",
    "smtputf8_autodetect_classes": "all",
    "maillog_file": "{folder}/log",
    "maillog_file_prefixes": "{folder}",
    "queue_directory": "{folder}/queue",
    "data_directory": "{folder}/data",
    "virtual_mailbox_base": "{folder}/mail",
    "virtual_mailbox_maps": "texthash:{folder}/etc/mailboxes",
    "smtpd_recipient_restrictions": "check_recipient_access texthash:{folder}/etc/access, reject_unauth_destination",
    "in_flow_delay": "0",
}
SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        folder: Its files.
    """

    port: int
    folder: Path

    @property
    def log(self) -> str:
        """What it has logged."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def mailbox(self, name: str, count: int = 1) -> list[bytes]:
        """Return the messages in a mailbox, as soon as there are `count`, with the line ends that files have."""
        inbox, until = self.folder / "mail" / name / "new", time.monotonic() + 30
        while True:
            found = sorted(inbox.glob("*"), key=lambda path: path.stat().st_mtime_ns) if inbox.is_dir() else []
            if len(found) >= count:
                return [path.read_bytes() for path in found]
            if time.monotonic() > until:
                raise TimeoutError(f"{len(found)} of {count} messages in {name}\n{self.log}")
            time.sleep(0.05)


def why_not() -> str:
    """Return why Postfix cannot be run here; empty where it can."""
    if not MASTER.exists():
        return "postfix is not installed: apt-get install postfix"
    return "" if os.geteuid() == 0 else "postfix has to be started by root"


@contextmanager
def postfix(
    mailboxes: tuple[str, ...], access: Mapping[str, str] | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Postfix]:
    """Give a Postfix that puts what is for the `mailboxes` of example.org into a maildir each.

    Args:
        mailboxes: Their names, before the @.
        access: What it answers for other recipients: `{"grey@example.org": "450 4.2.0 Greylisted"}`.
        settings: More of main.cf.
    """
    folder, port = Path(tempfile.mkdtemp(prefix="reports-postfix-")), free_port()
    folder.chmod(0o755)  # its programs run as users of their own
    for name in ("etc", "queue", "data", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "mail", "nobody")
    nobody = pwd.getpwnam("nobody")
    owner = {"virtual_uid_maps": f"static:{nobody.pw_uid}", "virtual_gid_maps": f"static:{nobody.pw_gid}"}
    lines = [f"{name} = {value.format(folder=folder)}" for name, value in (MAIN | owner | dict(settings or {})).items()]
    files = {"main.cf": "\n".join(lines), "master.cf": SERVICES.format(port=port).lstrip(),
             "mailboxes": "\n".join(f"{name}@example.org {name}/" for name in mailboxes),
             "access": "\n".join(f"{address} {answer}" for address, answer in (access or {}).items())}  # fmt: skip
    for name, text in files.items():
        (folder / "etc" / name).write_text(f"{text}\n", encoding="utf-8")
    try:
        yield from _running(Postfix(port, folder))
    finally:
        shutil.rmtree(folder)


def _running(server: Postfix) -> Iterator[Postfix]:
    config = str(server.folder / "etc")
    subprocess.run(["/usr/sbin/postfix", "-c", config, "check"], check=True, capture_output=True)
    process = subprocess.Popen([MASTER, "-c", config, "-d"], start_new_session=True)
    try:
        _await(server, process)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # its own group: the master and the programs that it began
        process.wait(30)


def _await(server: Postfix, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        try:
            with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
                client.ehlo()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(
        f"Postfix did not start: {server.log if (server.folder / 'log').exists() else 'it said nothing'}"
    )

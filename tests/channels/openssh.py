"""OpenSSH's own server, private to a test: on 127.0.0.1, with keys and a configuration of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from channels.uploads import Connect


@dataclass(frozen=True)
class Sshd:
    """A running server.

    Attributes:
        port: Where it listens.
        root: The folder that logins begin in.
        folder: Its keys and its log.
    """

    port: int
    root: Path
    folder: Path

    @property
    def host_key(self) -> str:
        return " ".join((self.folder / "host.pub").read_text().split()[:2])

    @property
    def fingerprint(self) -> str:
        told = subprocess.run(
            ["ssh-keygen", "-lf", self.folder / "host.pub"], capture_output=True, check=True, text=True
        )
        return told.stdout.split()[1]

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def point_at(self, connection: Connect, conn_id: str = "sftp_default", **extra: object) -> None:
        fields = {"conn_type": "sftp", "host": "127.0.0.1", "port": self.port, "login": getpass.getuser()}
        known = {"host_key": self.host_key, "key_file": str(self.folder / "client"), "look_for_keys": "false"}
        given = {name: value for name, value in {**known, **extra}.items() if value is not None}
        connection(conn_id, **fields, password=str(given.pop("password", "")), extra=given)


def make_key(path: Path, passphrase: str = "", kind: str = "ed25519") -> Path:
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


@contextmanager
def sshd_running(folder: Path, *settings: str) -> Iterator[Sshd]:
    """Run a server whose only user is the one who runs the tests."""
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    root = folder / "root"
    root.mkdir(parents=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # as Debian's unit makes it before root's server starts
    make_key(folder / "host")
    make_key(folder / "client")
    (folder / "authorized").write_text((folder / "client.pub").read_text())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    lines = [
        f"ListenAddress 127.0.0.1:{port}", f"HostKey {folder / 'host'}", f"PidFile {folder / 'pid'}", "UsePAM no",
        f"AuthorizedKeysFile {folder / 'authorized'}", "StrictModes no", "PermitRootLogin prohibit-password",
        "PasswordAuthentication no", "LogLevel VERBOSE", *settings, f"Subsystem sftp internal-sftp -d {root}",
    ]  # fmt: skip
    (folder / "config").write_text("\n".join(lines) + "\n")
    command = [program, "-D", "-f", str(folder / "config"), "-E", str(folder / "log")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        _wait_for(port, process, folder / "log")
        yield Sshd(port, root, folder)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"sshd does not listen: {log.read_text()}")

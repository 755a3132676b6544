"""SFTP as OpenSSH's own server speaks it: who is let in, through what, whom we trust, and what arrives."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from channels.openssh import Sshd, make_key, sshd_running
from channels.uploads import PDF, Connect, Deliver, channel, content, failure, send
from scheduled_reports.channels import Receipt
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError

CSV = ("sales.csv", "text/csv", b"a;b\r\n1;2\r\n")
FOLDER = "in/sales/2026-03-03"
PIPE = """
import socket, sys, threading
server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def back():
    while data := server.recv(65536):
        sys.stdout.buffer.write(data); sys.stdout.buffer.flush()
threading.Thread(target=back, daemon=True).start()
while data := sys.stdin.buffer.raw.read(65536):
    server.sendall(data)
"""

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, need: Callable[[str], None]) -> Iterator[Sshd]:
    need("sshd")
    with sshd_running(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def sshd(running: Sshd, connection: Connect) -> Iterator[Sshd]:
    """A server that the connection names, its folder empty."""
    running.point_at(connection)
    yield running
    for path in sorted(running.root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


# What arrives


def test_files_arrive_whole_and_replace_older_ones(sshd: Sshd, delivery: Deliver) -> None:
    for text in (b"old", CSV[2]):
        receipt = send(channel(files=["pdf", "csv"]), delivery, pdf=PDF, csv=(*CSV[:2], text))

    assert content(sshd.root) == {f"{FOLDER}/{PDF[0]}": PDF[2], f"{FOLDER}/{CSV[0]}": CSV[2]}
    assert receipt == Receipt(f"{FOLDER}/{PDF[0]}, {FOLDER}/{CSV[0]}", len(PDF[2]) + len(CSV[2]))


def test_a_probe_writes_and_leaves_nothing(sshd: Sshd, delivery: Deliver) -> None:
    from scheduled_reports.audience import RunAudience

    audience = RunAudience(delivery("").words)

    assert channel().probe(airflow_connection, audience, thorough=False).endswith(f"{FOLDER} is made when it is needed")
    assert channel(path="/").probe(airflow_connection, audience, thorough=True) == "/ can be written"
    assert content(sshd.root) == {}


def test_a_folder_in_the_way_is_told(sshd: Sshd, delivery: Deliver) -> None:
    (sshd.root / "in" / PDF[0]).mkdir(parents=True)

    error = failure(channel(path="in"), delivery)

    assert (error.retryable, error.why) == (False, "there is a folder of that name")
    assert content(sshd.root) == {}


def test_a_server_that_only_lets_us_read_is_told(
    tmp_path: Path, need: Callable[[str], None], connection: Connect, delivery: Deliver
) -> None:
    need("sshd")
    with sshd_running(tmp_path / "locked", "ForceCommand internal-sftp -R") as server:
        server.point_at(connection)
        error = failure(channel(path="in"), delivery)

    assert (type(error), error.retryable) == (DeliveryError, False)
    assert "Permission denied" in error.why


# Who is let in


def test_an_encrypted_key_is_opened_by_its_passphrase(sshd: Sshd, connection: Connect, delivery: Deliver) -> None:
    locked = sshd.folder / "locked"
    if not locked.exists():
        make_key(locked, "open sesame")
        with (sshd.folder / "authorized").open("a") as file:
            file.write(locked.with_suffix(".pub").read_text())
    text = {"key_file": None, "private_key": locked.read_text()}

    sshd.point_at(connection, **text, private_key_passphrase="open sesame")
    send(channel(), delivery, pdf=PDF)
    sshd.point_at(connection, key_file=str(locked), password="open sesame")
    send(channel(), delivery, csv=CSV, pdf=PDF)
    sshd.point_at(connection, **text, private_key_passphrase="wrong")
    error = failure(channel(), delivery)

    assert not error.retryable
    assert "wrong" not in str(error)
    assert f"{FOLDER}/{PDF[0]}" in content(sshd.root)


def test_a_key_that_the_server_does_not_know_is_told(sshd: Sshd, connection: Connect, delivery: Deliver) -> None:
    other = sshd.folder / "other"
    sshd.point_at(connection, key_file=str(other if other.exists() else make_key(other)))

    error = failure(channel(), delivery)

    assert not error.retryable
    assert error.fix == "correct the login, and the password or key"


# Whom we trust


def test_a_key_in_known_hosts_is_trusted(sshd: Sshd, connection: Connect, delivery: Deliver, home: Path) -> None:
    (home / ".ssh").mkdir()
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {sshd.host_key}\n")
    sshd.point_at(connection, host_key=None)

    send(channel(), delivery, pdf=PDF)

    assert len(content(sshd.root)) == 1


def test_an_unknown_key_is_refused_and_shown(sshd: Sshd, connection: Connect, delivery: Deliver) -> None:
    sshd.point_at(connection, host_key=None)

    error = failure(channel(), delivery)

    assert not error.retryable
    assert f"ssh-ed25519 {sshd.fingerprint}" in error.why
    assert content(sshd.root) == {}


def test_a_changed_key_is_refused_and_both_are_shown(
    sshd: Sshd, connection: Connect, delivery: Deliver, home: Path
) -> None:
    known = make_key(home / "known").with_suffix(".pub").read_text()
    (home / ".ssh").mkdir()
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {known}")
    sshd.point_at(connection, host_key=None)

    error = failure(channel(), delivery)

    assert not error.retryable
    assert f"its host key is ssh-ed25519 {sshd.fingerprint}, but ssh-ed25519 SHA256:" in error.why
    assert content(sshd.root) == {}


# Through another host


def test_files_go_through_hosts_that_lead_to_the_server(
    sshd: Sshd, tmp_path: Path, connection: Connect, delivery: Deliver
) -> None:
    with sshd_running(tmp_path / "outer") as outer, sshd_running(tmp_path / "inner") as inner:
        outer.point_at(connection, "outer")
        inner.point_at(connection, "inner", proxy="outer")
        sshd.point_at(connection, proxy="inner")
        send(channel(), delivery, pdf=PDF)
        assert len(content(sshd.root)) == 1
        assert "Accepted publickey" in outer.log()

        sshd.point_at(connection, proxy="inner", host_key=None)
        unknown = failure(channel(), delivery)
        inner.point_at(connection, "inner", host_key=None)
        untrusted = failure(channel(), delivery)

    assert (unknown.retryable, f"ssh-ed25519 {sshd.fingerprint}" in unknown.why) == (False, True)
    assert (untrusted.retryable, f"ssh-ed25519 {inner.fingerprint}" in untrusted.why) == (False, True)
    assert "'inner'" in untrusted.what


def test_a_host_that_may_not_lead_on_is_told(
    sshd: Sshd, tmp_path: Path, connection: Connect, delivery: Deliver
) -> None:
    with sshd_running(tmp_path / "jump", "AllowTcpForwarding no") as jump:
        jump.point_at(connection, "jump")
        sshd.point_at(connection, proxy="jump")
        error = failure(channel(), delivery)

    assert type(error) is DeliveryError
    assert "prohibited" in error.why


@pytest.mark.parametrize(
    ("proxy", "why"), [("back", "sftp_default → back → sftp_default"), ("absent", "'absent'"), ("sftp_default", "→")]
)
def test_a_way_that_leads_nowhere_is_told(
    sshd: Sshd, connection: Connect, delivery: Deliver, proxy: str, why: str
) -> None:
    sshd.point_at(connection, proxy=proxy)
    sshd.point_at(connection, "back", proxy="sftp_default")

    error = failure(channel(), delivery)

    assert not error.retryable
    assert why in str(error)


def test_the_proxy_command_of_the_machine_is_used_and_ended(
    sshd: Sshd, connection: Connect, delivery: Deliver, home: Path
) -> None:
    script = home / "pipe.py"
    script.write_text(PIPE)
    (home / ".ssh").mkdir()
    (home / ".ssh" / "config").write_text(f"Host bank\n  ProxyCommand {sys.executable} {script} {sshd.port}\n")
    fields = {"conn_type": "sftp", "host": "bank", "login": os.environ.get("USER", "root")}
    extra = {"key_file": str(sshd.folder / "client"), "look_for_keys": "false"}

    connection("sftp_default", **fields, extra={**extra, "host_key": sshd.host_key})
    send(channel(), delivery, pdf=PDF)
    connection("sftp_default", **fields, extra=extra)
    error = failure(channel(), delivery)

    assert len(content(sshd.root)) == 1
    assert f"ssh-ed25519 {sshd.fingerprint}" in error.why


# What goes wrong in between


def _server_process_of(folder: Path) -> int:
    """Return the process that serves the one connection that is open."""
    parent = int((folder / "pid").read_text())
    (child,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(child)


def test_a_server_that_dies_or_stops_in_the_middle(
    sshd: Sshd, delivery: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduled_reports.sftp._SILENCE_SECONDS", 1.0)
    sent = delivery(f"sftp://sftp_default/{FOLDER}", pdf=PDF)

    with channel().open(airflow_connection) as session:
        os.kill(_server_process_of(sshd.folder), signal.SIGKILL)
        with pytest.raises(DeliveryError) as died:
            session.send(sent)
    with channel().open(airflow_connection) as session:
        process = _server_process_of(sshd.folder)
        os.kill(process, signal.SIGSTOP)
        try:
            with pytest.raises(DeliveryError) as hung:
                session.send(sent)
        finally:
            os.kill(process, signal.SIGKILL)

    for told in (died, hung):
        assert not isinstance(told.value, UncertainDeliveryError)
        assert told.value.retryable
    assert content(sshd.root) == {}


def test_only_our_own_failures_are_kept_out_of_the_log(
    sshd: Sshd, delivery: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    def say() -> None:
        logging.getLogger("paramiko.transport").error("of another")

    before = list(logging.getLogger("paramiko.transport").filters)
    with channel().open(airflow_connection) as session:
        os.kill(_server_process_of(sshd.folder), signal.SIGKILL)
        with pytest.raises(DeliveryError):
            session.send(delivery(f"sftp://sftp_default/{FOLDER}", pdf=PDF))
        other = threading.Thread(target=say)
        other.start()
        other.join()

    said = [record.getMessage() for record in caplog.records if record.name == "paramiko.transport"]
    assert said == ["of another"]
    assert logging.getLogger("paramiko").level == logging.NOTSET
    assert logging.getLogger("paramiko.transport").filters == before

"""The demo SFTP server, spoken to by paramiko over a real socket."""

import base64
import io
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

import demo
from demo.sftp_server import SftpServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    with SftpServer(tmp_path / "root", tmp_path / "keys" / "host_key", password="geheim") as running:
        yield running


@contextmanager
def client_of(server: SftpServer, username: str = "reports", password: str = "geheim") -> Iterator[paramiko.SFTPClient]:
    """Connect like Airflow does: the host key pinned, nothing taken from this machine's own SSH files."""
    key = paramiko.Ed25519Key(data=base64.b64decode(server.host_key_line.split()[1]))
    with paramiko.SSHClient() as ssh:
        ssh.get_host_keys().add(f"[{server.host}]:{server.port}", key.get_name(), key)
        ssh.connect(server.host, server.port, username, password, allow_agent=False, look_for_keys=False)
        with ssh.open_sftp() as sftp:
            yield sftp


def test_a_file_is_uploaded_renamed_and_seen(server: SftpServer) -> None:
    with client_of(server) as sftp:
        sftp.mkdir("daily")
        sftp.putfo(io.BytesIO(b"%PDF-1.7" * 20_000), "daily/.report.pdf.part")
        sftp.posix_rename("daily/.report.pdf.part", "/daily/report.pdf")

        assert sftp.stat("/daily/report.pdf").st_size == 160_000
        assert sftp.listdir("daily") == ["report.pdf"]
    assert (server.root / "daily" / "report.pdf").read_bytes() == b"%PDF-1.7" * 20_000


def test_a_rename_replaces_the_older_file(server: SftpServer) -> None:
    (server.root / "report.csv").write_text("old")
    with client_of(server) as sftp:
        sftp.putfo(io.BytesIO(b"new"), "report.csv.part")
        sftp.posix_rename("report.csv.part", "report.csv")

    assert [(path.name, path.read_text()) for path in server.root.iterdir()] == [("report.csv", "new")]


def test_a_missing_file_is_reported_as_missing(server: SftpServer) -> None:
    with client_of(server) as sftp, pytest.raises(FileNotFoundError):
        sftp.stat("nothing.pdf")


def test_clients_see_the_root_and_nothing_above_it(server: SftpServer) -> None:
    (server.root.parent / "secret.txt").write_text("not for you")
    with client_of(server) as sftp:
        assert sftp.normalize("..") == "/"
        for path in ("../secret.txt", "/../secret.txt", str(server.root.parent / "secret.txt")):
            with pytest.raises(FileNotFoundError):
                sftp.open(path)


@pytest.mark.parametrize(("username", "password"), [("reports", "guess"), ("reports", ""), ("root", "geheim")])
def test_a_wrong_login_is_refused(server: SftpServer, username: str, password: str) -> None:
    with pytest.raises(paramiko.AuthenticationException), client_of(server, username, password):
        pass


def test_commands_are_not_run(server: SftpServer) -> None:
    with client_of(server) as sftp:
        channel = sftp.get_channel().get_transport().open_session()
        with pytest.raises(paramiko.SSHException):
            channel.exec_command("id")


def test_the_host_key_is_private_and_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "host_key"
    first = SftpServer(tmp_path, file).host_key_line

    assert first.startswith("ssh-ed25519 AAAA")
    assert len(first.split()) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SftpServer(tmp_path, file).host_key_line == first


def test_airflow_reads_the_host_key_line(server: SftpServer) -> None:
    kind, data = server.host_key_line.split()[:2]

    assert kind == "ssh-ed25519"
    assert paramiko.Ed25519Key(data=base64.decodebytes(data.encode())).get_base64() == data


def test_a_taken_port_is_an_error_at_once(server: SftpServer, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        SftpServer(tmp_path, tmp_path / "key", port=server.port).start()


def test_stopping_hangs_up_on_clients_and_ends_the_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    server = SftpServer(tmp_path / "root", tmp_path / "key", password="geheim")
    server.start()
    with client_of(server) as sftp:
        sftp.listdir()
        server.stop()
        with pytest.raises((OSError, EOFError, paramiko.SSHException)):
            sftp.listdir()

    ours = {thread for thread in threading.enumerate() if not isinstance(thread, paramiko.Transport)}
    assert not ours - before
    server.stop()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_told_to_end(tmp_path: Path, ending: signal.Signals) -> None:
    where = ["--root", str(tmp_path / "root"), "--host-key", str(tmp_path / "key"), "--port", "0"]
    command = [sys.executable, "-W", "error:::demo", "-m", "demo.sftp_server", *where]
    environment = {"PYTHONPATH": str(Path(demo.__file__).parents[1])}
    with subprocess.Popen(command, env=environment, stdout=-1, stderr=-1, text=True) as process:
        port = int(process.stdout.readline().split("127.0.0.1:")[1].split(",")[0])
        key = process.stdout.readline()
        with paramiko.Transport(("127.0.0.1", port)) as transport:
            transport.connect(username="reports", password="reports")
            paramiko.SFTPClient.from_transport(transport).putfo(io.BytesIO(b"kept"), "kept.txt")
        process.send_signal(ending)
        _, complaints = process.communicate(timeout=10)

    assert (process.returncode, complaints) == (0, "")
    assert "ssh-ed25519 AAAA" in key
    assert (tmp_path / "root" / "kept.txt").read_text() == "kept"

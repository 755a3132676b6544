"""The way to an FTP server: whom we trust, who is let in, and the Airflow connection that names them."""

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from channels.ftp_server import Authority, Encrypted, Implicit, channel, point_at, serving
from channels.uploads import PDF, Connect, Deliver, content, failure, send
from scheduled_reports.cli.check import checked
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import UnknownConnectionError
from specs import SALES, write

Start = Callable[..., int]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def start(tmp_path: Path, authority: Authority) -> Iterator[Start]:
    """Start a server with a certificate for some names; returns its port."""
    running: list[Any] = []

    def begin(*names: str, handler: Any = Encrypted, expired: bool = False, by: Authority | None = None) -> int:
        certificate = (by or authority).certificate(*(names or ("127.0.0.1",)), expired=expired)
        running.append(serving(tmp_path / "root", handler, certificate))
        return running[-1].__enter__()

    yield begin
    for server in running:
        server.__exit__(None, None, None)


# Whom we trust


def test_a_certificate_of_an_unknown_issuer_is_refused(
    start: Start, connection: Connect, delivery: Deliver, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    port = start(by=Authority(tmp_path / "other"))
    for ca_file in (tmp_path / "ca.pem", None):
        point_at(connection, port, ca_file)
        error = failure(channel(), delivery)

        assert not error.retryable
        assert "its certificate cannot be trusted: unable to get local issuer certificate" in error.why
        assert "`ca_file`" in error.fix
    assert content(tmp_path / "root") == {}


def test_an_expired_certificate_is_refused(
    start: Start, authority: Authority, connection: Connect, delivery: Deliver
) -> None:
    point_at(connection, start(expired=True), authority.ca_file)

    error = failure(channel(), delivery)

    assert (error.retryable, "certificate has expired" in error.why) == (False, True)
    assert "have the certificate renewed" in error.fix


@pytest.mark.parametrize(("handler", "tls"), [(Encrypted, "explicit"), (Implicit, "implicit")])
def test_a_certificate_of_another_host_is_refused(
    start: Start, authority: Authority, connection: Connect, delivery: Deliver, handler: Any, tls: str
) -> None:
    point_at(connection, start("ftp.example.org", handler=handler), authority.ca_file)

    error = failure(channel(tls=tls), delivery)

    assert not error.retryable
    assert "certificate is not valid for '127.0.0.1'" in error.why


def test_a_self_signed_certificate_is_refused_until_it_is_named(
    start: Start, connection: Connect, delivery: Deliver, tmp_path: Path
) -> None:
    own = _self_signed(tmp_path)

    class Alone:
        def certificate(self, *_: str, **__: Any) -> Path:
            return own

    port = start(by=Alone())
    point_at(connection, port, None)
    assert "self-signed certificate" in failure(channel(), delivery).why
    point_at(connection, port, own)
    send(channel(), delivery, pdf=PDF)
    assert len(content(tmp_path / "root")) == 1


def _self_signed(folder: Path) -> Path:
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "alone")])
    who = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(2)
    )
    certificate = made.add_extension(who, critical=False).sign(key, hashes.SHA256())
    form = serialization.Encoding.PEM
    pem = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "alone.pem"
    path.write_bytes(pem + certificate.public_bytes(form))
    return path


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ({"ca_file": "/nowhere/ca.pem"}, "/nowhere/ca.pem"),
        ({"ca_file": __file__}, "ca_file"),
        ({"timeout": "soon"}, "`timeout` 'soon'"),
        ({"timeout": 0}, "`timeout` 0"),
    ],
)
def test_an_extra_that_makes_no_sense_is_told(
    connection: Connect, delivery: Deliver, extra: dict[str, Any], told: str
) -> None:
    point_at(connection, 1, None, extra=extra)

    error = failure(channel(), delivery)

    assert not error.retryable
    assert told in error.what


# Who is let in


def test_a_wrong_password_is_told_and_not_shown(
    start: Start, authority: Authority, connection: Connect, delivery: Deliver
) -> None:
    point_at(connection, start(), authority.ca_file, password="hunter2")

    error = failure(channel(), delivery)

    assert not error.retryable
    assert error.why.startswith("530 ")
    assert error.fix == "correct the login and password"
    assert "hunter2" not in str(error)


def test_a_password_that_would_be_a_command_is_never_sent(
    start: Start, authority: Authority, connection: Connect, delivery: Deliver
) -> None:
    point_at(connection, start(), authority.ca_file, password="x\r\nDELE y")

    error = failure(channel(), delivery)

    assert (error.retryable, error.fix) == (False, "correct the login and password")


def test_a_server_that_is_full_may_let_us_in_later(
    start: Start, authority: Authority, connection: Connect, delivery: Deliver
) -> None:
    class Full(Encrypted):
        def ftp_USER(self, line: str) -> None:  # noqa: N802 - as pyftpdlib calls it
            self.respond("421 Too many users.")
            self.close_when_done()

    point_at(connection, start(handler=Full), authority.ca_file)

    error = failure(channel(), delivery)

    assert (error.retryable, error.why) == (True, "421 Too many users.")


# What is there instead of a server


@contextmanager
def answering(reply: bytes | None) -> Iterator[int]:
    """Accept connections and say one thing, and then nothing; None hangs up."""
    guests: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                guest = listener.accept()[0]
            except OSError:
                return
            if reply is None:
                guest.close()
            else:
                guest.sendall(reply)
                guests.append(guest)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for guest in guests:
        guest.close()


@pytest.mark.parametrize(
    ("reply", "tls", "retryable", "why"),
    [
        (None, "explicit", True, "the server broke the connection"),
        (b"", "explicit", True, "timed out"),
        (b"", "implicit", True, "timed out"),
        (b"HTTP/1.1 400 Bad Request\r\n", "explicit", False, "HTTP/1.1 400 Bad Request"),
        (b"220 plain\r\n", "implicit", False, "WRONG_VERSION_NUMBER"),
        (b"220 " + b"x" * 10_000, "none", False, "got more than 8192 bytes"),
    ],
)
def test_what_is_no_ftp_server_is_told(
    connection: Connect, delivery: Deliver, reply: bytes | None, tls: str, retryable: bool, why: str
) -> None:
    with answering(reply) as port:
        point_at(connection, port, None, extra={"timeout": 0.5})
        error = failure(channel(tls=tls), delivery)

    assert error.retryable is retryable
    assert why in error.why
    assert f"127.0.0.1:{port} of the Airflow connection 'ftp_default'" in error.what
    assert "`tls`" in error.fix


def test_a_port_where_nobody_listens_and_a_host_that_is_not_there_may_be_tried_again(
    connection: Connect, delivery: Deliver
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    point_at(connection, port, None)
    assert failure(channel(), delivery).retryable
    point_at(connection, 0, None, host="ftp.invalid")
    error = failure(channel(tls="implicit"), delivery)
    assert (error.retryable, "ftp.invalid:990" in error.what) == (True, True)


def test_a_missing_connection_or_one_of_another_type_or_without_a_host_is_told(connection: Connect) -> None:
    with pytest.raises(UnknownConnectionError, match="'absent'"), channel(connection="absent").open(airflow_connection):
        pass
    connection("mail", conn_type="smtp", host="mail")
    connection("nowhere", conn_type="ftp")
    for conn_id, why in (("mail", "its type is 'smtp'"), ("nowhere", "it has no host")):
        told = pytest.raises(UnknownConnectionError, match=f"'{conn_id}' is not an FTP server's: {why}")
        with told, channel(connection=conn_id).open(airflow_connection):
            pass


# What `reports check` warns of


@pytest.mark.parametrize(("tls", "count"), [("none", 1), ("explicit", 0)])
def test_a_check_warns_of_what_everybody_can_read(tmp_path: Path, tls: str, count: int) -> None:
    start, end = SALES.index("deliver:"), SALES.index("schedules:")
    deliver = f"deliver:\n  - {{type: ftp, connection: partner, path: in, files: csv, tls: {tls}}}\n"
    write(tmp_path, SALES[:start] + deliver + SALES[end:])
    specs = tmp_path / "report_specs"

    found = checked([specs], specs, dt.datetime(2026, 10, 2, tzinfo=dt.UTC))

    assert [str(problem) for problem in found.problems] == []
    told = [str(warning) for warning in found.warnings if "everybody on the way" in str(warning)]
    assert len(told) == count

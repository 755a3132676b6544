"""The way to a mail server: its address, the login, TLS, and the Airflow connection that names them."""

import datetime as dt
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from channels.faulty_smtp import FALL_SILENT, HANG_UP, FaultySmtp
from channels.letters import PDF, PLAIN, Connect, Deliver, channel, failure, only, send
from demo.mail_server import MailServer
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import UnknownConnectionError
from scheduled_reports.mail import MailServer as Server


def test_a_port_where_nobody_listens_is_told_and_may_be_tried_again(connection: Connect, delivery: Deliver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=port, extra=PLAIN)

    error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert error.retryable
    assert f"127.0.0.1:{port} of the Airflow connection 'smtp_default'" in error.what


@pytest.mark.parametrize(
    ("faults", "retryable", "words"),
    [
        ({"greeting": FALL_SILENT}, True, "timed out"),
        ({"greeting": HANG_UP}, True, "closed"),
        ({"greeting": "421 4.3.2 busy"}, True, "421 4.3.2 busy"),
        ({"greeting": "554 5.7.1 not you"}, False, "554 5.7.1 not you"),
    ],
)
def test_a_server_that_does_not_begin_well_is_told(
    through: Callable[..., None], delivery: Deliver, faults: dict[str, str], retryable: bool, words: str
) -> None:
    with FaultySmtp(faults) as server:
        through(server, timeout=0.3)
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert error.retryable is retryable
    assert words in error.why
    assert server.connections == 1


def test_a_host_that_does_not_exist_may_be_tried_again(connection: Connect, delivery: Deliver) -> None:
    connection("smtp_default", conn_type="smtp", host="mail.invalid", port=25, extra=PLAIN)

    error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert error.retryable
    assert "mail.invalid:25" in error.what


def test_a_login_works_and_a_wrong_password_is_told_once_and_for_all(
    tmp_path: Path, connection: Connect, delivery: Deliver
) -> None:
    with MailServer(tmp_path / "inbox", username="reports@example.org", password="right") as server:
        fields = {"conn_type": "smtp", "host": "127.0.0.1", "port": server.port, "login": "reports@example.org"}
        extra = {"disable_ssl": True, "disable_tls": True}
        connection("smtp_default", **fields, password="right", extra=extra)
        send(channel(), delivery("anna@example.org", pdf=PDF))
        connection("smtp_default", **fields, password="wrong", extra=extra)
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

        assert only(server)["From"] == "reports@example.org"
    assert not error.retryable
    assert error.why.startswith("535 ")
    assert "correct the login and password of the Airflow connection 'smtp_default'" in error.fix
    assert "wrong" not in str(error)


def test_a_password_for_a_server_without_login_is_told(
    connection: Connect, healthy: MailServer, delivery: Deliver
) -> None:
    connection(
        "smtp_default", conn_type="smtp", host="127.0.0.1", port=healthy.port, login="a", password="b", extra=PLAIN
    )

    error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert "remove the password" in error.fix


def test_an_access_token_logs_in_as_the_provider_does(connection: Connect, delivery: Deliver) -> None:
    with FaultySmtp({"AUTH": "235 2.7.0 welcome"}, features=["AUTH XOAUTH2"]) as server:
        extra = {**PLAIN, "auth_type": "oauth2", "access_token": "t0ken"}
        connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, login="me", extra=extra)
        send(channel(), delivery("anna@example.org", pdf=PDF))

    answer = b64encode(b"user=me\x01auth=Bearer t0ken\x01\x01").decode()
    assert f"AUTH XOAUTH2 {answer}" in server.commands


def test_oauth_without_a_token_is_told(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}) as server:
        through(server, auth_type="oauth2")
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert "no OAuth 2 token" in error.why


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for `localhost`, and the file with the certificate to trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    trusted, both = tmp_path / "ca.pem", tmp_path / "server.pem"
    trusted.write_bytes(signed.public_bytes(pem))
    both.write_bytes(private + signed.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, trusted


@pytest.mark.parametrize(
    ("extra", "features"), [({}, []), ({"disable_ssl": True}, ["STARTTLS"])], ids=["ssl", "starttls"]
)
def test_tls_is_the_default_and_the_certificate_must_be_trusted(
    certificate: tuple[ssl.SSLContext, Path],
    connection: Connect,
    delivery: Deliver,
    monkeypatch: pytest.MonkeyPatch,
    extra: dict[str, Any],
    features: list[str],
) -> None:
    context, trusted = certificate
    with FaultySmtp({}, features=features, tls=context) as server:
        fields = {"conn_type": "smtp", "host": "localhost", "port": server.port, "login": "reports@example.org"}
        connection("smtp_default", **fields, extra={**extra, "timeout": 2})
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))
        assert not error.retryable
        assert "CERTIFICATE_VERIFY_FAILED" in error.why
        assert server.messages == []

        connection("smtp_default", **fields, extra={**extra, "timeout": 2, "ssl_context": "none"})
        send(channel(), delivery("anna@example.org", pdf=PDF))
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        connection("smtp_default", **fields, extra={**extra, "timeout": 2})
        send(channel(), delivery("anna@example.org", pdf=PDF))

    assert len(server.messages) == 2


def test_a_server_without_starttls_gets_nothing_unencrypted(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}) as server:
        through(server, disable_tls=False)
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert '"disable_tls": true' in error.fix
    assert server.messages == []


def test_tls_to_a_server_that_begins_without_it_is_explained(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}) as server:
        through(server, disable_ssl="false")  # as the extra of a URI says it
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert '"disable_ssl": true in the extra of the Airflow connection' in error.fix


@pytest.mark.parametrize("extra", [{"timeout": "soon"}, {"timeout": 0}, {"disable_tls": False, "ssl_context": "mine"}])
def test_an_extra_that_makes_no_sense_is_told(
    through: Callable[..., None], delivery: Deliver, extra: dict[str, Any]
) -> None:
    with FaultySmtp({}, features=["STARTTLS"]) as server:
        through(server, **extra)
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert error.fix == "correct the Airflow connection 'smtp_default'"


def test_a_connection_without_an_address_to_send_from_is_told(
    connection: Connect, inbox: MailServer, delivery: Deliver
) -> None:
    extra = {"disable_ssl": True, "disable_tls": True}
    connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=inbox.port, login="robot", extra=extra)

    error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert "set `sender` in the spec" in error.fix


def test_a_connection_without_host_or_one_that_is_missing_is_told(connection: Connect, delivery: Deliver) -> None:
    with pytest.raises(UnknownConnectionError, match="'absent'"):
        send(channel(connection="absent"), delivery("anna@example.org", pdf=PDF))
    connection("nowhere", conn_type="smtp")
    with pytest.raises(UnknownConnectionError, match="has no host"):
        send(channel(connection="nowhere"), delivery("anna@example.org", pdf=PDF))


def test_the_port_is_that_of_the_kind_of_encryption_unless_given(connection: Connect) -> None:
    connection("implicit", conn_type="smtp", host="mail")
    connection("explicit", conn_type="smtp", host="mail", extra={"disable_ssl": True})

    names = [Server(airflow_connection(conn_id)).name for conn_id in ("implicit", "explicit")]

    assert names == ["mail:465", "mail:25"]

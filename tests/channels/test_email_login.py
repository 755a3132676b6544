"""Logins that a real server checks, and certificates that do not hold: an access token, a date, a name, a hang."""

import datetime as dt
import hmac
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from channels.faulty_smtp import FALL_SILENT, HANG_UP, FaultySmtp
from channels.letters import PDF, Connect, Deliver, channel, failure, send
from session import free_port

TOKEN = "eyJ0eXAi.a-token.of-this-hour"


class TokenMail:
    """A mail server that lets in who shows the token of a user (XOAUTH2), and nobody else, and only through TLS."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.taken: list[tuple[str, list[str]]] = []
        self.shown: list[bytes] = []
        self.port = free_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ready_timeout=30, tls_context=tls, require_starttls=True,
            auth_required=True,
        )  # fmt: skip

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        """Check `user=… auth=Bearer …`; what is wrong is told as a challenge that wants an empty answer."""
        shown = await server.challenge_auth("") if len(arguments) == 1 else _decoded(arguments[1])
        self.shown.append(shown)
        expected = f"user=reports@example.org\x01auth=Bearer {TOKEN}\x01\x01".encode()
        if hmac.compare_digest(shown, expected):
            return AuthResult(success=True, auth_data=b"reports@example.org")
        await server.challenge_auth('{"status":"401","schemes":"bearer"}')
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        return "250 2.0.0 OK: queued as 1"

    def __enter__(self) -> "TokenMail":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


def _decoded(text: str) -> bytes:
    import base64

    return base64.b64decode(text)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def serving(authority: trustme.CA, *names: str, **more: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **more).configure_cert(context)
    return context


@pytest.fixture
def token_mail(authority: trustme.CA) -> Iterator[TokenMail]:
    with TokenMail(serving(authority, "localhost")) as server:
        yield server


@pytest.fixture
def with_token(connection: Connect, token_mail: TokenMail) -> Callable[[str], str]:
    def point(token: str) -> str:
        extra = {"disable_ssl": True, "auth_type": "oauth2", "access_token": token, "timeout": 5}
        return connection("smtp_default", conn_type="smtp", host="localhost", port=token_mail.port,
                          login="reports@example.org", extra=extra)  # fmt: skip

    return point


def test_an_access_token_that_the_server_knows_lets_us_in(
    token_mail: TokenMail, with_token: Callable[[str], str], delivery: Deliver
) -> None:
    with_token(TOKEN)

    send(channel(), delivery("anna@example.org", pdf=PDF), delivery("bo@example.org", pdf=PDF))

    assert token_mail.taken == [
        ("reports@example.org", ["anna@example.org"]), ("reports@example.org", ["bo@example.org"]),
    ]  # fmt: skip
    assert len(token_mail.shown) == 1


def test_an_access_token_that_has_expired_is_told_and_never_shown(
    token_mail: TokenMail, with_token: Callable[[str], str], delivery: Deliver
) -> None:
    with_token("expired-token-of-yesterday")

    error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert error.why.startswith("535 ")
    assert "correct the login" in error.fix
    assert "expired-token" not in str(error)
    assert token_mail.taken == []


NOW = dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(
    ("names", "more", "words"),
    [
        (("localhost",), {"not_before": NOW - dt.timedelta(days=9), "not_after": NOW - dt.timedelta(days=1)},
         "certificate has expired"),
        (("mail.elsewhere.example",), {}, "Hostname mismatch"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("extra", "features"), [({}, ()), ({"disable_ssl": True}, ("STARTTLS",))],
                         ids=["tls", "starttls"])  # fmt: skip
def test_a_certificate_that_does_not_hold_gets_neither_login_nor_mail(
    authority: trustme.CA, connection: Connect, delivery: Deliver, names: tuple[str, ...], more: dict[str, Any],
    words: str, extra: dict[str, Any], features: tuple[str, ...],
) -> None:  # fmt: skip
    with FaultySmtp({}, features=features, tls=serving(authority, *names, **more)) as server:
        connection("smtp_default", conn_type="smtp", host="localhost", port=server.port, login="reports@example.org",
                   password="a-password", extra={**extra, "timeout": 5})  # fmt: skip
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert words in error.why
    assert not [command for command in server.commands if command.split()[0] not in {"EHLO", "STARTTLS"}]
    assert server.messages == []


@pytest.mark.parametrize("step", ["greeting", "STARTTLS", "AUTH"])
@pytest.mark.parametrize("fault", [HANG_UP, FALL_SILENT, "421 4.3.2 later", "554 5.7.0 never"])
def test_a_server_that_stops_on_the_way_in_is_told_by_what_it_did(
    connection: Connect, delivery: Deliver, step: str, fault: str
) -> None:
    features = ("STARTTLS",) if step == "STARTTLS" else ("AUTH PLAIN",)
    with FaultySmtp({step: fault}, features=features) as server:
        extra = {"disable_ssl": True, "disable_tls": step != "STARTTLS", "timeout": 0.3}
        connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, login="reports@example.org",
                   password="a-password", extra=extra)  # fmt: skip
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert error.retryable is (not fault.startswith("5"))
    assert f"127.0.0.1:{server.port} of the Airflow connection 'smtp_default' cannot be used" in error.what
    assert "a-password" not in str(error)
    assert server.messages == []

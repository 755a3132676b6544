"""TLS is verified: against the system's authorities, or those that the connection or the environment names."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from urllib3.exceptions import InsecureRequestWarning

from http_server import Reply, Server, api_run, connect_api, extracted, serving
from scheduled_reports.errors import SourceError

Connect = Callable[..., None]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Server]:
    """Run a server with a certificate of `authority` for 127.0.0.1."""
    with serving(lambda _: Reply([{"id": 1}]), context_of(authority, "127.0.0.1")) as server:
        yield server


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """Return the path of the authority's certificate."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def context_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def rows(folder: Path, connection: Connect, server: Server, **fields: Any) -> list[dict[str, Any]]:
    connect_api(connection, server, schema="https", **fields)
    return extracted(api_run(folder, "path: /o"), folder)


def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path, connection: Connect, secure: Server) -> None:
    with pytest.raises(
        SourceError, match=r"cannot be trusted: .*certificate verify failed: unable to get local issuer"
    ) as caught:
        rows(tmp_path, connection, secure, password="s3cr3t")

    assert not caught.value.retryable
    assert '"verify"' in caught.value.fix
    assert not secure.asked


def test_the_connections_own_authority_is_believed(
    tmp_path: Path, connection: Connect, secure: Server, bundle: str
) -> None:
    assert rows(tmp_path, connection, secure, extra={"verify": bundle}) == [{"id": 1}]


def test_the_environments_authority_is_believed(
    tmp_path: Path, connection: Connect, secure: Server, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)

    assert rows(tmp_path, connection, secure) == [{"id": 1}]


def test_the_connections_authority_counts_before_the_environments(
    tmp_path: Path, connection: Connect, secure: Server, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)

    with pytest.raises(SourceError, match="cannot be trusted"):
        rows(tmp_path, connection, secure, extra={"verify": str(other)})


def test_a_certificate_of_another_host_is_refused(
    tmp_path: Path, connection: Connect, authority: trustme.CA, bundle: str
) -> None:
    with (
        serving(lambda _: Reply([{"id": 1}]), context_of(authority, "other.example")) as server,
        pytest.raises(SourceError, match=r"cannot be trusted: .*certificate is not valid for '127.0.0.1'"),
    ):
        rows(tmp_path, connection, server, extra={"verify": bundle})


def test_authorities_that_are_not_there_are_told(tmp_path: Path, connection: Connect, secure: Server) -> None:
    with pytest.raises(SourceError, match="TLS CA certificate bundle, invalid path: /no/such") as caught:
        rows(tmp_path, connection, secure, extra={"verify": "/no/such"})

    assert not caught.value.retryable


@pytest.mark.parametrize("no", [False, "false"])
def test_only_the_connection_can_turn_verification_off_and_that_is_warned_of(
    tmp_path: Path, connection: Connect, secure: Server, caplog: pytest.LogCaptureFixture, no: Any
) -> None:
    with pytest.warns(InsecureRequestWarning):
        assert rows(tmp_path, connection, secure, extra={"verify": no}) == [{"id": 1}]

    assert "connection 'api' says verify: false: whoever answers for 127.0.0.1 is believed" in caplog.text


def test_plain_http_to_a_tls_server_breaks_off(tmp_path: Path, connection: Connect, secure: Server) -> None:
    connect_api(connection, secure)

    with pytest.raises(SourceError, match=r"127\.0\.0\.1"):
        extracted(api_run(tmp_path, "path: /o"), tmp_path)


def test_a_link_from_https_to_http_is_not_followed(
    tmp_path: Path, connection: Connect, authority: trustme.CA, bundle: str
) -> None:
    reply = Reply([{"id": 1}], headers={"Link": '<http://127.0.0.1/o?page=2>; rel="next"'})
    with serving(lambda _: reply, context_of(authority, "127.0.0.1")) as server:
        connect_api(connection, server, schema="https", extra={"verify": bundle})
        with pytest.raises(SourceError, match=r"page 2 would lead to another server: http://127.0.0.1/o"):
            extracted(api_run(tmp_path, "path: /o\npagination: {type: link}"), tmp_path)

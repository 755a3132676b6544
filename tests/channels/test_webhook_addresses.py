"""A webhook goes to the public internet, or where the connection says; nothing in a path or a name changes that."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from channels.hooks import SECRET, Taken, channel, failure, parcel, point_at, receiving, send
from scheduled_reports.audience import RunAudience
from scheduled_reports.errors import DeliveryError, SpecError
from scheduled_reports.http.addresses import is_public, require_public_name

Connect = Callable[..., str]

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.0.9", "192.0.2.1", "192.88.99.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%lo", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "100::1", "2001:db8::1",
    "3fff::1", "5f00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::1", "2002:808:808::1", "2001:0:808:808::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "223.255.255.255", "2606:4700::1111",
          "2a00:1450:4001:80b::200e", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_behind_our_walls_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_in_another_is_judged_as_the_one_it_is(address: ipaddress.IPv4Address) -> None:
    for around in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(around) == is_public(str(address))
    assert not is_public(f"::{address}")


SPELLINGS = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0177.1", "127.0.0.1."]


@pytest.mark.parametrize("host", [*SPELLINGS, "１２７.0.0.1", "127。0。0。1", "[::1]", "::ffff:127.0.0.1"])
def test_no_spelling_of_an_address_is_taken_for_a_name_that_a_proxy_may_look_up(host: str) -> None:
    with pytest.raises(DeliveryError, match="not one of the public internet"):
        require_public_name(host)


@pytest.mark.parametrize("host", [*SPELLINGS, "localhost"])
def test_however_it_is_spelled_it_is_not_sent_to(connection: Connect, delivery: Any, host: str) -> None:
    with receiving() as receiver:
        point_at(connection, receiver, allowed=False, host=host)
        error = failure(channel(), parcel(delivery, channel()))

    assert receiver.taken == []
    assert not error.retryable
    if "which is not one of the public internet" in str(error):
        assert '"allow_private": true' in error.fix
    else:
        assert host == "127.0.0.1."  # no name, and no address


@pytest.mark.parametrize("host", ["[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"])
def test_nor_in_the_ways_of_ipv6(connection: Connect, delivery: Any, host: str) -> None:
    with receiving() as receiver:
        point_at(connection, receiver, allowed=False, host=f"http://{host}")
        error = failure(channel(), parcel(delivery, channel()))

    assert "not one of the public internet" in str(error)
    assert receiver.taken == []


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let a name server give these answers for `hooks.example`, one after the other; returns who was asked for."""
    real, asked = socket.getaddrinfo, list[str]()

    def look_up(host: Any, port: Any, *values: Any, **options: Any) -> Any:
        if host != "hooks.example":
            return real(host, port, *values, **options)
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "answers",
    [[["127.0.0.1"]], [["8.8.8.8", "127.0.0.1"]], [["8.8.8.8"], ["127.0.0.1"]]],
    ids=["private", "both", "private when it is asked again"],
)
def test_a_name_that_leads_behind_our_walls_is_refused(
    connection: Connect, delivery: Any, monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]
) -> None:
    with receiving() as receiver:
        point_at(connection, receiver, allowed=False, host="hooks.example")
        asked = resolving(monkeypatch, *answers)
        error = failure(channel(), parcel(delivery, channel()))

    assert "the server's address is 127.0.0.1" in str(error)
    assert receiver.taken == []
    assert len(asked) == len(answers)


def test_the_connection_may_allow_it(connection: Connect, delivery: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        point_at(connection, receiver, host="hooks.example")
        resolving(monkeypatch, ["127.0.0.1"])
        assert send(channel(), parcel(delivery, channel())).text == "200 OK"


# Proxies


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_not_used(
    connection: Connect, delivery: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with receiving() as proxy, receiving() as receiver:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        point_at(connection, receiver)
        send(channel(), parcel(delivery, channel()))

    assert (len(receiver.taken), len(proxy.taken)) == (1, 0)


def test_the_connections_own_proxy_is_and_finds_names_by_itself(connection: Connect, delivery: Any) -> None:
    with receiving() as proxy, receiving() as receiver:
        own = {"proxies": {"http": f"http://127.0.0.1:{proxy.port}"}}
        point_at(connection, receiver, allowed=False, host="hooks.example", extra=own)
        send(channel(), parcel(delivery, channel()))

    assert [taken.path for taken in proxy.taken] == [f"http://hooks.example:{receiver.port}/in/sales"]


@pytest.mark.parametrize("host", SPELLINGS[:-1])
def test_and_is_not_asked_for_an_address_behind_our_walls(connection: Connect, delivery: Any, host: str) -> None:
    with receiving() as proxy:
        point_at(
            connection, proxy, allowed=False, host=host, extra={"proxies": {"http": f"http://127.0.0.1:{proxy.port}"}}
        )
        with pytest.raises(DeliveryError, match="not one of the public internet"):
            send(channel(), parcel(delivery, channel()))
    assert proxy.taken == []


def test_a_name_is_left_to_the_proxy() -> None:
    require_public_name("hooks.example")
    require_public_name("8.8.8.8")


# Paths


@pytest.mark.parametrize("region", ["..", "a/../b", "a\\..\\b", "a\r\nX-Evil: 1", "\x00", "a\x7f", "./x"])
def test_a_path_that_leads_elsewhere_is_refused(delivery: Any, region: str) -> None:
    words = {**delivery("").words, "parameters": {"region": region}}

    with pytest.raises(SpecError, match="cannot be used"):
        channel(path="in/{{ parameters.region }}").recipients(RunAudience(words))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(region=st.text(max_size=40))
@example(region="//evil.example/x")
@example(region="@evil.example:80/?a#b")
@example(region="%2e%2e/%0d%0aX-Evil:1")
@example(region="süd 📈")
def test_whatever_fills_a_path_stays_below_it_and_makes_no_header(
    connection: Connect, delivery: Any, region: str
) -> None:
    words, to = {"parameters": {"region": region}}, channel(path="in/{{ parameters.region }}")
    try:
        made = parcel(delivery, to, words=words)
    except SpecError:
        return
    path = made.recipient.address.removeprefix("webhook://hooks/")
    assert path.startswith("in")
    assert path.isascii()
    assert not set(path) & set("?#\\ @:\r\n")
    assert ".." not in path.split("/")
    steps = [step for step in f"in/{region}".split("/") if step]
    assert [unquote(step) for step in path.strip("/").split("/")] == steps


def test_it_arrives_as_it_was_quoted(connection: Connect, delivery: Any) -> None:
    words, to = {"parameters": {"region": "//evil.example/ü?a#b"}}, channel(path="in/{{ parameters.region }}")
    with receiving() as receiver:
        point_at(connection, receiver)
        send(to, parcel(delivery, to, words=words))

    taken: Taken = receiver.taken[0]
    assert taken.path == "/in/evil.example/%C3%BC%3Fa%23b"
    assert taken.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nX-Evil: 1"])
def test_a_header_of_the_connection_that_would_begin_another_is_refused(
    connection: Connect, delivery: Any, value: str
) -> None:
    with receiving() as receiver:
        point_at(connection, receiver, extra={"X-Mine": value})
        error = failure(channel(), parcel(delivery, channel()))

    assert not error.retryable
    assert receiver.taken == []
    assert SECRET not in str(error)

"""Which addresses a server that anybody may name must not have: those behind our own walls.

Whoever may choose where a request goes could else have the worker ask what only the worker can reach: a cloud's
metadata service, a database, the machine itself (server-side request forgery, CWE-918).
"""

from __future__ import annotations

import ipaddress
import socket
import unicodedata
from contextlib import suppress

from scheduled_reports.errors import DeliveryError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses whose last 32 bits are an IPv4 address that a translator reaches (RFC 6052)."""

_KEPT_BACK = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carriers' own (RFC 6598)
        "192.0.0.0/24",  # protocols' own (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "198.18.0.0/15",  # measurements (RFC 2544)
        "::/96",  # IPv4 in IPv6, of old (RFC 4291, section 2.5.5.1)
        "64:ff9b:1::/48",  # networks' own translators (RFC 8215)
        "100::/64",  # nowhere (RFC 6666)
        "2001::/23",  # protocols' own, and Teredo, with an IPv4 address in it (RFC 4380)
        "2002::/16",  # 6to4, with an IPv4 address in it (RFC 3056)
        "3fff::/20",  # examples (RFC 9637)
        "5f00::/16",  # segments' own (RFC 9602)
        "fec0::/10",  # sites' own, of old (RFC 3879)
    )
)
"""What Python's `ipaddress` does not know as private in every version, or does not see through."""


def is_public(address: str) -> bool:
    """Return whether an address, as `getpeername` gives it, is one of the public internet.

    Raises:
        ValueError: It is not an address.
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    if any(found.version == network.version and found in network for network in _KEPT_BACK):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def require_public(address: str) -> None:
    """Refuse an address that is not one of the public internet.

    Raises:
        DeliveryError: It is private, loopback, link-local, multicast or reserved.
    """
    if not is_public(address):
        raise DeliveryError(
            f"the server's address is {address}, which is not one of the public internet",
            why="a webhook goes there only where the connection says so",
            fix='where it is meant, put "allow_private": true into the connection\'s extra',
        )


def require_public_name(host: str) -> None:
    """Refuse a host that is an address, however it is spelled, and no public one; names pass.

    It is for what a proxy connects to, which resolves names by itself.

    Raises:
        DeliveryError: It is such an address.
    """
    host = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".")  # as IDNA reads digits and dots
    with suppress(ValueError):
        require_public(str(ipaddress.ip_address(host.strip("[]"))))
        return
    with suppress(OSError, UnicodeError):  # 2130706433, 0177.0.0.1, 0x7f.1: what the C library takes for an address
        require_public(socket.inet_ntoa(socket.inet_aton(host)))

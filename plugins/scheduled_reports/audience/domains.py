"""The domains that a tenant's reports may be mailed to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

_DOMAIN = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


def domain(text: str) -> str:
    """Return a domain, or `*.` and a domain for all below it, in the letters that DNS knows.

    Raises:
        ValueError: It is neither.
    """
    below = "*." if text.startswith("*.") else ""
    found = below + _in_dns(text.removeprefix("*."))
    if not _DOMAIN.fullmatch(found):
        raise ValueError(
            f"{text!r} is not a domain; write northwind.example, or *.northwind.example for those below it"
        )
    return found


Domain = Annotated[str, AfterValidator(domain)]
"""A domain, or `*.` and a domain for all below it."""


def domain_of(address: str) -> str:
    """Return an address's domain in the letters that DNS knows, lower-case (IDNA 2003, RFC 3490)."""
    return _in_dns(address.rpartition("@")[2])


def mailbox(address: str) -> str:
    """Return the same for every spelling of one mailbox: no mail system in use tells Ann@ from ann@."""
    local, at, _ = address.rpartition("@")
    return f"{local.casefold()}@{domain_of(address)}" if at else address.casefold()


def is_in(address: str, domains: Sequence[str]) -> bool:
    """Return whether an address's domain is one of these; `*.` and a domain are all below it, and not itself."""
    own = domain_of(address)
    return any(own.endswith(one[1:]) if one.startswith("*.") else own == one for one in domains)


def _in_dns(name: str) -> str:
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:  # which no domain in DNS is
            return name.casefold()
    return name.lower()

"""Keyed digests of values: what two masks are made of."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, ClassVar

from scheduled_reports.masks.base import Mask

if TYPE_CHECKING:
    import pyarrow as pa


class Digest(Mask):
    """A mask that gives equal values equal texts, and different values different ones.

    The key is what keeps a value from being found by trying: of an e-mail address or a phone number, anybody can make
    the plain SHA-256 (ISO/IEC 20889, 10.3; EDPB Guidelines 01/2025 on pseudonymisation).
    """

    keyed: ClassVar[bool] = True

    def fault(self, kind: str) -> str:
        """Refuse lists and structs, which have no one way to be written."""
        return "lists and structs have no digest" if kind == "nested" else ""

    def result(self, kind: pa.DataType) -> pa.DataType:
        """Return text."""
        import pyarrow as pa

        return pa.string()


def digests(values: pa.Array, key: bytes, digits: int) -> list[str]:
    """Return the first hexadecimal digits of the HMAC-SHA-256 (RFC 2104) of each value as text.

    Text counts as its UTF-8 bytes, bytes as they are, all else as Arrow writes it: `7`, `12.50`, `2026-10-01`. So a key
    that is a number in one source and text in another still joins.
    """
    import pyarrow as pa

    raw = pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type)
    texts = values if raw else values.cast(pa.string()).cast(pa.binary())
    begun, found = hmac.new(key, digestmod="sha256"), []
    for value in texts.to_pylist():
        mac = begun.copy()  # a third faster than to begin anew
        mac.update(value)
        found.append(mac.hexdigest()[:digits])
    return found

"""How many bytes a mail has as it is sent, from the sizes of what it carries: rather too many than too few."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.errors import DeliveryError

if TYPE_CHECKING:
    from scheduled_reports.channels.base import Delivery

_HEAD = 3_000
"""What stands in every mail: its headers and boundaries, and what servers do not count themselves."""

_PART = 600
"""The headers of a file or picture, without its name."""

_ASCII, _OTHER = 2, 12
"""Bytes that a letter takes at most, in base64 or in encoded words (RFC 2047)."""

_PLAIN = bytes(code for code in (9, *range(32, 127)) if code != ord("="))


def mail_weight(delivery: Delivery, body: tuple[str, ...], attached: tuple[str, ...]) -> int:
    """Return how many bytes a delivery has as a mail (RFC 5322), attachments in base64.

    Args:
        delivery: What is sent.
        body: The formats that are its text.
        attached: The formats that are attached; one of the two may be missing in the delivery.

    Raises:
        DeliveryError: A file of its text cannot be read.
    """
    there, artifacts = delivery.files, delivery.artifacts
    names = [artifacts[key].name for key in attached if key in there]
    said = [*map(str, delivery.notices), *(f"{link.name} {link.url}" for link in delivery.links), *names]
    copied = [f"{one.name} {one.address}" for one in delivery.circle if one.copy != "to"]
    return (
        _HEAD
        + 3 * _letters(said)  # in the text, the HTML, and the subject
        + _letters(copied)
        + sum(text_weight(there[key]) for key in body if key in there)
        + sum(base64_weight(artifacts[key].size) + _PART for key in attached if key in there)
    )


def base64_weight(size: int) -> int:
    """Return how many bytes a file has in base64, in lines of 76 letters (RFC 2045, 6.8)."""
    letters = -(-size // 3) * 4
    return letters + 2 * -(-letters // 76)


def text_weight(path: Path) -> int:
    """Return how many bytes a text may have as a part: quoted-printable or base64, its `data:` pictures as parts.

    Raises:
        DeliveryError: It cannot be read.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise DeliveryError(f"{path.name} cannot be read", why=str(error), fix="clear the render task",
                            retryable=True) from error  # fmt: skip
    others = len(text.translate(None, _PLAIN))
    printable = len(text) + 2 * others
    quoted = printable + 3 * math.ceil(printable / 70)
    return max(quoted, base64_weight(len(text))) + _PART * (1 + text.count(b"data:image"))


def _letters(texts: list[str]) -> int:
    return sum((_ASCII if text.isascii() else _OTHER) * len(text) for text in texts)

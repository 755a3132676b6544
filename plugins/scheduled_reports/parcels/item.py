"""A file on its way into a message."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from scheduled_reports.channels.base import Channel, Delivery
from scheduled_reports.formats.base import Artifact


@dataclass(frozen=True)
class Item:
    """A file: one of the delivery's, a zip of it, or a piece of it.

    Attributes:
        key: The id of its format.
        path: Where it is.
        artifact: What it is.
    """

    key: str
    path: Path
    artifact: Artifact


def fact_of(item: Item, path: Path, name: str, media_type: str) -> Item:
    """Return the item that a file is, which was made of another."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    return Item(item.key, path, replace(item.artifact, name=name, media_type=media_type, size=size, sha256=digest))


def loose(delivery: Delivery, channel: Channel) -> list[Item]:
    """Return the files of a delivery that are not the message's own text, in their order."""
    body = channel.body_formats()
    return [Item(key, path, delivery.artifacts[key]) for key, path in delivery.files.items() if key not in body]


def with_items(delivery: Delivery, items: list[Item]) -> Delivery:
    """Return a delivery with more files, or with these in place of those of the same formats."""
    return replace(delivery, files={**delivery.files, **{item.key: item.path for item in items}},
                   artifacts={**delivery.artifacts, **{item.key: item.artifact for item in items}})  # fmt: skip

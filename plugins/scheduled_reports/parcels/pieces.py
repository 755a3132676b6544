"""Cut a file into pieces: between two records where each piece is a file then, else between any two bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import chain
from pathlib import Path, PurePath
from typing import BinaryIO

from scheduled_reports.formats.base import Records
from scheduled_reports.parcels.item import Item, fact_of

_CHUNK = 1 << 20
RAW = "application/octet-stream"


class TooLongError(Exception):
    """A record, or the head of a file, is longer than a piece may be."""


def cut_by_records(item: Item, records: Records, room: int, folder: Path) -> list[Item]:
    """Return pieces of at most `room` bytes: each has the file's head, and each record is in one of them.

    Raises:
        TooLongError: A record does not fit into a piece with the head.
    """
    paths: list[Path] = []
    with item.path.open("rb") as source:
        head, rows = _head_and_rows(source, records)
        for batch in _filled(rows, room - len(head)):
            paths.append(folder / f"{len(paths)}.piece")
            with paths[-1].open("wb") as piece:
                piece.write(head)
                piece.writelines(batch)
    name, count = PurePath(item.artifact.name), len(paths)
    return [fact_of(item, path, f"{name.stem}-{number}-of-{count}{name.suffix}", item.artifact.media_type)
            for number, path in enumerate(paths, start=1)]  # fmt: skip


def cut_anywhere(item: Item, room: int, folder: Path) -> list[Item]:
    """Return pieces of at most `room` bytes, `name.001` and so on; joined they are the file."""
    paths: list[Path] = []
    with item.path.open("rb") as source:
        while source.peek(1):
            paths.append(folder / f"{len(paths)}.piece")
            with paths[-1].open("wb") as piece:
                left = room
                while left and (chunk := source.read(min(left, _CHUNK))):
                    piece.write(chunk)
                    left -= len(chunk)
    return [fact_of(item, path, f"{item.artifact.name}.{number:03d}", RAW)
            for number, path in enumerate(paths, start=1)]  # fmt: skip


def _filled(rows: Iterator[bytes], room: int) -> Iterator[Iterator[bytes]]:
    """Yield records, as many at a time as have room; each time must be read to its end before the next."""
    held = [row for row in (next(rows, None),) if row is not None]

    def _batch() -> Iterator[bytes]:
        left = room - len(held[0])
        if left < 0:
            raise TooLongError
        yield held.pop()
        for row in rows:
            left -= len(row)
            if left < 0:
                held.append(row)
                return
            yield row

    while held:
        yield _batch()


def _head_and_rows(source: BinaryIO, records: Records) -> tuple[bytes, Iterator[bytes]]:
    found = _records(source, records)
    first = next(found, b"")
    head = codecs.BOM_UTF8 if first.startswith(codecs.BOM_UTF8) else b""
    rows = chain((first[len(head) :],), found) if first[len(head) :] else found
    if records.is_prefaced:
        for row in rows:
            head += row
            if not row.strip(b"\r\n"):
                break
    if records.is_headed:
        head += next(rows, b"")
    return head, rows


def _records(source: BinaryIO, records: Records) -> Iterator[bytes]:
    """Yield records with their ends: where quotes are open a line end is none (RFC 4180, 2.6)."""
    if not records.may_quote:
        yield from source
        return
    begun: list[bytes] = []
    is_open = False
    for line in source:
        begun.append(line)
        is_open ^= line.count(b'"') % 2 == 1
        if not is_open:
            yield b"".join(begun)
            begun.clear()
    if begun:
        yield b"".join(begun)

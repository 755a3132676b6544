"""Split a delivery that is too large into several, each of which is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from scheduled_reports.channels.base import Channel, Delivery
from scheduled_reports.document.document import Notice
from scheduled_reports.formats.base import Records
from scheduled_reports.parcels.item import Item, fact_of, loose, with_items
from scheduled_reports.parcels.pieces import RAW, TooLongError, cut_anywhere, cut_by_records
from scheduled_reports.parcels.zipped import MEDIA_TYPE, zipped

MOST_PARTS = 99
"""Messages that somebody may get of one delivery; who would get more is better served by a link."""

_TRIES = 20


class CannotSplitError(Exception):
    """No number of messages would do; the text says why."""


class Splitting:
    """Splits deliveries of one destination.

    Args:
        channel: The destination.
        limit: How many bytes a message may have.
        folder: A folder for the pieces.
        records: How the files of formats can be cut, by their ids.
    """

    def __init__(self, channel: Channel, limit: int, folder: Path, records: Mapping[str, Records | None]) -> None:
        self._channel, self._limit, self._folder, self._records = channel, limit, folder, records

    def of(self, delivery: Delivery, original: Delivery, packed: set[str]) -> list[Delivery]:
        """Return the messages, in order: the text is in the first, each file or piece in one of them.

        Args:
            delivery: What is too large, some files of it in zips.
            original: The same before.
            packed: The formats that became smaller in a zip; their pieces are put into zips too.

        Raises:
            CannotSplitError: The text alone is too large, or it would take too many messages.
        """
        items = loose(delivery, self._channel)
        first = self._with_room_for_notes(delivery, items)
        if not self._fits(first):
            raise CannotSplitError(f"without any file it has {self._channel.weight(first):,} bytes")
        empty, notes, messages = replace(first, files={}, links=()), list[Notice](), [list[Item]()]
        for item in items:
            whole = Item(item.key, original.files[item.key], original.artifacts[item.key])
            for piece in self._pieces(item, whole if item.key in packed else None, empty, notes):
                self._place(messages, piece, first, empty)
        made = [with_items(empty if number else first, found) for number, found in enumerate(messages)]
        if not (made[0].files or made[0].links):
            del made[0]
        return _numbered(made, (*delivery.notices, *notes))

    def _with_room_for_notes(self, delivery: Delivery, items: list[Item]) -> Delivery:
        """Return the message's text by itself, with the longest notes that may have to be added."""
        names = {item.key for item in items}
        text = replace(delivery, files={key: path for key, path in delivery.files.items() if key not in names})
        empty = replace(text, files={}, links=())
        notes = [_how_to_join(item, MOST_PARTS) for item in items if not self._fits(with_items(empty, [item]))]
        return replace(text, notices=(*delivery.notices, *notes))

    def _place(self, messages: list[list[Item]], piece: Item, first: Delivery, empty: Delivery) -> None:
        """Put a piece into the first message that has room, or into another."""
        for number, items in enumerate(messages):
            is_taken = any(item.key == piece.key for item in items)
            if not is_taken and self._fits(with_items(empty if number else first, [*items, piece])):
                items.append(piece)
                return
        messages.append([piece])

    def _pieces(self, item: Item, whole: Item | None, empty: Delivery, notes: list[Notice]) -> list[Item]:
        """Return a file as it is where a message has room for it, else its pieces.

        Args:
            item: The file.
            whole: What is in it, where it is a zip; its pieces are put into zips then.
            empty: A message without files.
            notes: Where it is noted how to join pieces that cannot be read by themselves.
        """
        if self._fits(with_items(empty, [item])):
            return [item]
        room, records = self._room(item, empty), self._records.get(item.key)
        if records is not None:
            ratio = 1.0 if whole is None else 0.9 * whole.artifact.size / item.artifact.size
            found = self._by_records(whole or item, records, int(room * ratio), empty, are_zipped=whole is not None)
            if found is not None:
                return found
        pieces = self._cut(item, room, empty, lambda size, folder: cut_anywhere(item, size, folder))
        notes.append(_how_to_join(item, len(pieces)))
        return pieces

    def _by_records(
        self, whole: Item, records: Records, room: int, empty: Delivery, *, are_zipped: bool
    ) -> list[Item] | None:
        """Return pieces that can be read by themselves; None where a record is too long for one."""

        def cut(size: int, folder: Path) -> list[Item]:
            pieces = cut_by_records(whole, records, size, folder)
            return [_zipped(piece, folder) for piece in pieces] if are_zipped else pieces

        try:
            return self._cut(whole, room, empty, cut)
        except TooLongError:
            return None

    def _cut(self, item: Item, room: int, empty: Delivery, cut: Callable[[int, Path], list[Item]]) -> list[Item]:
        """Return pieces each of which fits into a message by itself."""
        for _ in range(_TRIES):
            _require_few(item.artifact.size, room)
            folder = Path(mkdtemp(dir=self._folder))
            pieces = cut(room, folder)
            if all(self._fits(with_items(empty, [piece])) for piece in pieces):
                return pieces
            rmtree(folder)
            room = int(room * 0.95)
        raise CannotSplitError(f"a piece of {item.artifact.name} does not fit into a message by itself")

    def _room(self, item: Item, empty: Delivery) -> int:
        """Return how many bytes of a file a message has room for, from what it weighs without and with it."""
        hollow = self._folder / "hollow"
        hollow.touch()
        longest = f"{item.artifact.name}-{MOST_PARTS}-of-{MOST_PARTS}"
        without = self._channel.weight(with_items(empty, [fact_of(item, hollow, longest, RAW)]))
        weight = self._channel.weight(with_items(empty, [item]))
        spare, added = self._limit - without, max(weight - without, 1)
        return int(0.999 * spare * item.artifact.size / added) if spare > 0 else 0

    def _fits(self, delivery: Delivery) -> bool:
        return self._channel.weight(delivery) <= self._limit


def _numbered(made: list[Delivery], notices: tuple[Notice, ...]) -> list[Delivery]:
    if len(made) > MOST_PARTS:
        raise CannotSplitError(f"it would take {len(made)} messages, and {MOST_PARTS} are the most")
    return [replace(part, part=(number, len(made)), notices=notices) for number, part in enumerate(made, start=1)]


def _require_few(size: int, room: int) -> None:
    if room < 1:
        raise CannotSplitError("a message has no room for any byte of a file")
    if (needed := -(-size // room)) > MOST_PARTS:
        raise CannotSplitError(f"it would take {needed:,} messages or more, and {MOST_PARTS} are the most")


def _zipped(piece: Item, folder: Path) -> Item:
    found = zipped(piece, folder)
    if found is None:
        return piece
    piece.path.unlink()
    return found


def _how_to_join(item: Item, count: int) -> Notice:
    name = item.artifact.name
    kind = " (7-Zip opens the first as it is)" if item.artifact.media_type == MEDIA_TYPE else ""
    return Notice(
        "IN PARTS",
        f"{name} is too large for one message and comes in {count} pieces, {name}.001 to {name}.{count:03d}. Save them "
        f'in one folder and join them{kind}: copy /b "{name}.0*" "{name}" on Windows, cat "{name}".0* > "{name}" on '
        "other systems",
    )

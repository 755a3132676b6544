"""Make a delivery fit into what one message may be: by the rules of its destination, in their order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from scheduled_reports.channels.base import Channel, Delivery, Link
from scheduled_reports.errors import DeliveryError
from scheduled_reports.formats.base import Artifact, Records
from scheduled_reports.parcels.item import Item, loose, with_items
from scheduled_reports.parcels.split import CannotSplitError, Splitting
from scheduled_reports.parcels.zipped import zipped


class Packing:
    """Makes deliveries of one destination fit; recipients with the same files share what was made for the first.

    Args:
        channel: The destination.
        limit: How many bytes a message may have, as the other end says; None where it says nothing.
        folder: A folder for the files that are made; it must be there as long as they are sent.
        records: How the files of formats can be cut, by their ids.
        link_to: Gives the address of a file that was made by the run, empty where there is none.
    """

    def __init__(
        self, channel: Channel, limit: int | None, folder: Callable[[], Path], records: Mapping[str, Records | None],
        link_to: Callable[[Artifact], str],
    ) -> None:  # fmt: skip
        self._channel, self._records, self._link_to, self._folder = channel, records, link_to, folder
        self._limit, self._whose = _smaller(channel, limit)
        self._packed: dict[tuple[Path, ...], list[Delivery] | str] = {}

    def fitted(self, delivery: Delivery) -> list[Delivery]:
        """Return the messages that a delivery goes in: itself where it fits.

        Raises:
            DeliveryError: No rule makes it fit; that is permanent. Or a file cannot be read or written.
        """
        if self._limit is None:
            return [delivery]
        key = tuple(delivery.files.values())
        if key not in self._packed:
            try:
                self._packed[key] = self._pack(delivery)
            except OSError as error:
                what = f"the delivery to {delivery.recipient} could not be made smaller"
                raise DeliveryError(what, why=str(error), fix="look whether there is room for files beside the archive",
                                    retryable=True) from error  # fmt: skip
        made = self._packed[key]
        if isinstance(made, str):
            raise DeliveryError(
                f"the delivery to {delivery.recipient} is too large", why=made,
                fix="raise `max_size`, carry fewer or smaller formats, or let `if_too_large` "
                f"{'split it or link to it' if self._channel.sends_messages else 'split it'}",
            )  # fmt: skip
        return [replace(part, id=delivery.id, recipient=delivery.recipient) for part in made]

    def _pack(self, delivery: Delivery) -> list[Delivery] | str:
        """Return the messages, or why there are none."""
        if self._fits(delivery):
            return [delivery]
        told, made, smaller = [self._told(delivery)], delivery, dict[str, Item]()
        for rule in self._channel.if_too_large:
            if rule == "compress":
                made, why = self._compressed(made, smaller)
            elif rule == "link":
                made, why = self._linked(made, delivery)
            elif rule == "split":
                try:
                    return Splitting(self._channel, self._limit or 0, self._folder(), self._records).of(
                        made, delivery, set(smaller)
                    )
                except CannotSplitError as error:
                    why = f"`split`: {error}"
            else:
                break
            if self._fits(made):
                return [made]
            told.append(why)
        return "; ".join(told)

    def _fits(self, delivery: Delivery) -> bool:
        return self._limit is None or self._channel.weight(delivery) <= self._limit

    def _told(self, delivery: Delivery) -> str:
        files = ", ".join(f"{delivery.artifacts[key].name} {delivery.artifacts[key].size:,} bytes"
                          for key in delivery.files)  # fmt: skip
        what = "as it is sent it has" if self._channel.sends_messages else "its largest file has"
        return f"{what} {self._channel.weight(delivery):,} bytes, and {self._whose} is {self._limit or 0:,} ({files})"

    def _compressed(self, delivery: Delivery, smaller: dict[str, Item]) -> tuple[Delivery, str]:
        """Put files into zips, the largest first, until it fits; return what is said where it does not."""
        for item in self._loose(delivery):
            if not self._channel.sends_messages and item.artifact.size <= (self._limit or 0):
                break  # in a place no other file is in its way
            found = zipped(item, self._folder())
            if found is not None:
                smaller[item.key] = found
                delivery = with_items(delivery, [found])
            if self._fits(delivery):
                break
        sizes = ", ".join(f"{item.artifact.name} {item.artifact.size:,} bytes" for item in smaller.values())
        return delivery, f"`compress`: {sizes or 'no file becomes smaller'}"

    def _linked(self, delivery: Delivery, original: Delivery) -> tuple[Delivery, str]:
        """Leave files out, the largest first, and name where they are, until it fits."""
        for item in self._loose(delivery):
            artifact = original.artifacts[item.key]
            url = self._link_to(artifact)
            if not url:
                return delivery, "`link`: nobody knows an address; set [api] base_url, or keep the archive on a storage"
            files = {key: path for key, path in delivery.files.items() if key != item.key}
            links = (*delivery.links, Link(artifact.name, url, artifact.size))
            delivery = replace(delivery, files=files, links=links)
            if self._fits(delivery):
                break
        return delivery, "`link`: what is left is its own text, which is carried whole"

    def _loose(self, delivery: Delivery) -> list[Item]:
        """Return the files that are not the message's own text, the largest first."""
        return sorted(loose(delivery, self._channel), key=lambda item: -item.artifact.size)


def seal(parcels: list[Delivery]) -> str:
    """Return what tells these messages from those that the same delivery went in when it was cut otherwise."""
    told = [f"{key}:{part.artifacts[key].sha256}" for part in parcels for key in part.files]
    return hashlib.sha256("\n".join([str(len(parcels)), *told]).encode()).hexdigest()[:8]


def _smaller(channel: Channel, limit: int | None) -> tuple[int | None, str]:
    """Return the limit that counts, and whose it is."""
    if channel.max_size is not None and (limit is None or channel.max_size <= limit):
        return channel.max_size, f"`max_size` of {channel.key}"
    return limit, "the most that the other end takes"

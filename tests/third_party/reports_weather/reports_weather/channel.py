"""A notice board as a way to deliver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import Field

from scheduled_reports.audience import Recipient
from scheduled_reports.channels import Audience, Channel, Delivery, Receipt
from scheduled_reports.connections import Connect
from scheduled_reports.model import OneOrMany
from scheduled_reports.spec.marks import FormatId


class Board(Channel):
    """A file to which each report is pinned."""

    type: Literal["board"]
    path: str = Field(min_length=1, description="The file.")
    files: OneOrMany[FormatId] = Field(min_length=1, description="Formats to pin.")

    def recipients(self, audience: Audience) -> tuple[Recipient, ...]:
        """Return the board."""
        return (Recipient(self.path),)

    def formats(self) -> tuple[str, ...]:
        """Return the formats to pin."""
        return self.files

    @contextmanager
    def open(self, connect: Connect) -> Iterator[_Pins]:
        """Take pins."""
        yield _Pins()


class _Pins:
    def send(self, delivery: Delivery) -> Receipt:
        """Pin what the files hold."""
        notice = "".join(file.read_text(encoding="utf-8-sig") for file in delivery.files.values())
        with Path(delivery.recipient.address).open("a", encoding="utf-8") as board:
            board.write(notice)
        return Receipt("pinned", len(notice))

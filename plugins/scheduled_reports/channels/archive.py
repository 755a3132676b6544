"""The archive: the files are kept with the run, and nobody is sent anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from pydantic import Field

from scheduled_reports.audience import Recipient
from scheduled_reports.channels.base import Audience, Channel, Delivery, Receipt
from scheduled_reports.connections import Connect
from scheduled_reports.errors import DeliveryError
from scheduled_reports.model import OneOrMany
from scheduled_reports.spec.marks import FormatId


class Archive(Channel):
    """The files stay in the run's archive, where the portal has them; nothing is sent."""

    type: Literal["archive"]
    files: OneOrMany[FormatId] = Field(min_length=1, description="Formats to make and keep.")

    @property
    def repeats_safely(self) -> bool:
        """They are only looked at."""
        return True

    def recipients(self, audience: Audience) -> tuple[Recipient, ...]:
        """Return the archive."""
        return (Recipient("archive"),)

    def formats(self) -> tuple[str, ...]:
        """Return the formats to keep."""
        return tuple(dict.fromkeys(self.files))

    def weight(self, delivery: Delivery) -> int:
        """Return nothing: nothing is sent."""
        return 0

    def probe(self, connect: Connect, audience: Audience, *, thorough: bool) -> str:
        """Say that there is nothing to ask: the archive is looked at by itself."""
        return "the run's archive keeps the files, and nothing is sent"

    @contextmanager
    def open(self, connect: Connect) -> Iterator[_Keeper]:
        """Get ready; nothing is connected to."""
        yield _Keeper()


class _Keeper:
    """Looks whether the archive has the files as they were made."""

    def send(self, delivery: Delivery) -> Receipt:
        """Compare each file with what was noted when it was made; the receipt names them with their SHA-256.

        Raises:
            DeliveryError: One is not there, or is another.
        """
        kept = [(delivery.artifacts[key], path) for key, path in delivery.files.items()]
        for artifact, path in kept:
            try:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                what = f"the archive has no {artifact.path}"
                raise DeliveryError(what, why=str(error), fix="clear the render task", retryable=True) from error
            if digest != artifact.sha256:
                raise DeliveryError(f"{artifact.path} in the archive is not the file that was made",
                                    why=f"its SHA-256 is {digest}, and was {artifact.sha256}",
                                    fix="find out who changed it; clear the render task to make it again")  # fmt: skip
        told = ", ".join(f"{artifact.path} (sha256 {artifact.sha256})" for artifact, _ in kept)
        return Receipt(f"kept: {told}", sum(artifact.size for artifact, _ in kept))

"""What every way to deliver offers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import Field

from scheduled_reports.columns import Role
from scheduled_reports.connections import Connect
from scheduled_reports.document.document import Notice
from scheduled_reports.formats.base import Artifact
from scheduled_reports.model import Model, Name
from scheduled_reports.spec.marks import TableName


@dataclass(frozen=True)
class Delivery:
    """One artifact set for one recipient: what is sent exactly once.

    Attributes:
        id: Unique and the same on every attempt; message ids and idempotency keys derive from it.
        recipient: An address, or a shared place.
        files: Local paths of the artifacts, by format id.
        artifacts: What those files are, by format id.
        words: The words that the channel's templates may use.
        notices: What stands on top of the artifacts; the message that carries them says it too.
    """

    id: str
    recipient: str
    files: Mapping[str, Path]
    artifacts: Mapping[str, Artifact]
    words: Mapping[str, Any]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """The proof that the other end has it.

    Attributes:
        text: A message id, a remote path, an HTTP status: what the other end can be asked about.
        size: Bytes handed over.
    """

    text: str
    size: int


class Session(Protocol):
    """An open connection to the other end, used for all recipients of a destination."""

    def send(self, delivery: Delivery) -> Receipt:
        """Deliver once, without repeating anything by itself.

        Raises:
            UncertainDeliveryError: The connection broke when the other end may have accepted.
            DeliveryError: The other end has nothing.
        """


class Channel(Model):
    """A way to deliver: one entry of a spec's `deliver`, a destination."""

    id: Name | None = Field(
        None, description="The destination's name in Airflow and the ledger; the type unless given."
    )

    only_if: TableName | None = Field(
        None,
        description="A source or dataset, for example `orders_rejected`: this destination gets its delivery only where "
        "that table has a row. Where it has none, the destination is skipped with that reason, and the run is no "
        "failure for it.",
    )

    role: Role | None = Field(
        None,
        description="Whose eyes read it, for masks that differ by role: `auditor`. What masks give to `default` unless "
        "given.",
    )

    @property
    def key(self) -> str:
        """The id, or the type where none is given."""
        return self.id or self.kind

    @property
    def kind(self) -> str:
        """The channel's type."""
        return str(getattr(self, "type"))  # noqa: B009 - every kind declares its own Literal `type`

    @abstractmethod
    def recipients(self, words: Mapping[str, Any]) -> tuple[str, ...]:
        """Return who or what gets a delivery of its own."""

    def identity(self, recipient: str) -> str:
        """Return what is the same for every spelling of one recipient; the ledger sends to it once."""
        return recipient

    @abstractmethod
    def formats(self) -> tuple[str, ...]:
        """Return the ids of the formats that it carries."""

    def connection_ids(self) -> tuple[str, ...]:
        """Return the Airflow connections that it needs."""
        connection = getattr(self, "connection", None)
        return (connection,) if isinstance(connection, str) else ()

    def probe(self, connect: Connect, words: Mapping[str, Any], *, thorough: bool) -> str | None:
        """Ask the other end whether it would take a delivery, and deliver nothing.

        Args:
            connect: Gives Airflow's connections.
            words: The words that the channel's templates may use, of the latest period.
            thorough: Whether it may be asked about every recipient, and write what is removed again at once; else only
                whether it lets us in: that is asked every hour.

        Returns:
            What was seen, in words: "takes mail for 3 recipients"; None where a kind cannot tell.

        Raises:
            ReportError: It would not take one.
        """
        return None

    @abstractmethod
    def open(self, connect: Connect) -> AbstractContextManager[Session]:
        """Open a session to the other end.

        Raises:
            UnknownConnectionError: The connection does not exist.
            DeliveryError: The other end cannot be reached or refuses us.
        """

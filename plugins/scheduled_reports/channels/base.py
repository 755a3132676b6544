"""What every way to deliver offers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import Field

from scheduled_reports.audience import Copy, Recipient
from scheduled_reports.columns import Role
from scheduled_reports.connections import Connect
from scheduled_reports.document.document import Notice
from scheduled_reports.formats.base import Artifact
from scheduled_reports.model import Model, Name
from scheduled_reports.spec.marks import TableName


@dataclass(frozen=True)
class Link:
    """Where a file can be fetched that was too large to be carried.

    Attributes:
        name: The file's name.
        url: Its address.
        size: Bytes.
    """

    name: str
    url: str
    size: int


@dataclass(frozen=True)
class Delivery:
    """One artifact set for one recipient: what is sent exactly once.

    Attributes:
        id: Unique and the same on every attempt; message ids and idempotency keys derive from it.
        recipient: Who or what gets it.
        files: Local paths of the artifacts, by format id.
        artifacts: What those files are, by format id.
        words: The words that the channel's templates may use.
        notices: What stands on top of the artifacts; the message that carries them says it too.
        circle: All recipients of the destination whom a message may name, those of `to` and `cc`.
        links: Files that it names instead of carrying them.
        part: Which of how many messages it is, from 1, where it was too large for one.
    """

    id: str
    recipient: Recipient
    files: Mapping[str, Path]
    artifacts: Mapping[str, Artifact]
    words: Mapping[str, Any]
    notices: tuple[Notice, ...] = ()
    circle: tuple[Recipient, ...] = ()
    links: tuple[Link, ...] = ()
    part: tuple[int, int] = (1, 1)


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


class Audience(Protocol):
    """Who is meant by what a spec says of recipients, in one run."""

    @property
    def words(self) -> Mapping[str, Any]:
        """The words that templates may use."""

    def people(self, entries: Sequence[Any], copy: Copy = Copy.TO) -> tuple[Recipient, ...]:
        """Return whom `to`, `cc` or `bcc` names, each once for each time it is named.

        Addresses found in a table are left out while the run has not made that table.

        Raises:
            DeliveryError: A table does not hold addresses, or it holds none.
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

    on_uncertain: Literal["hold", "resend"] | None = Field(
        None,
        description="What becomes of a delivery of which nobody knows whether it arrived, as the connection or the "
        "worker broke at that moment: it is held until somebody decides (`hold`), or sent again (`resend`). Unless "
        "given, it is sent again where the other end has it only once then, as with files of the same name, else held.",
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

    @property
    def repeats_safely(self) -> bool:
        """Whether the other end has one of it, however often it is sent: a file of the same name, a key that it knows.

        Then a delivery that is in doubt is sent again unless `on_uncertain` says otherwise.
        """
        return False

    @abstractmethod
    def recipients(self, audience: Audience) -> tuple[Recipient, ...]:
        """Return who or what gets a delivery of its own."""

    def identity(self, address: str) -> str:
        """Return what is the same for every spelling of one recipient's address; the ledger sends to it once."""
        return address

    @abstractmethod
    def formats(self) -> tuple[str, ...]:
        """Return the ids of the formats that it carries."""

    def connection_ids(self) -> tuple[str, ...]:
        """Return the Airflow connections that it needs."""
        connection = getattr(self, "connection", None)
        return (connection,) if isinstance(connection, str) else ()

    def probe(self, connect: Connect, audience: Audience, *, thorough: bool) -> str | None:
        """Ask the other end whether it would take a delivery, and deliver nothing.

        Args:
            connect: Gives Airflow's connections.
            audience: Who is meant, of the latest period; what the data says is not known.
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

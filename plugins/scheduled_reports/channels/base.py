"""What every way to deliver offers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field, field_validator

from scheduled_reports.audience import Copy, Recipient
from scheduled_reports.columns import Role
from scheduled_reports.connections import Connect
from scheduled_reports.document.document import Notice
from scheduled_reports.formats.base import Artifact
from scheduled_reports.language import ENGLISH, Language
from scheduled_reports.model import Model, Name, OneOrMany, Size
from scheduled_reports.schedule.deliver_at import DeliverAtTime
from scheduled_reports.spec.marks import TableName

SizeRule = Literal["compress", "split", "link", "fail"]
"""What becomes of a delivery that is too large."""


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
        language: What our own texts around the artifacts are written in.
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
    language: Language = ENGLISH


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
    """An open connection to the other end, used for all recipients of a destination.

    It may have an attribute `limit`: how many bytes one message may have, as the other end says; None for no limit.
    """

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
        """Return whom `to`, `cc` or `bcc` names, each once; who cannot be reached has the reason as its `fault`.

        Addresses found in a table are left out while the run has made no table.

        Raises:
            ArchiveError: The run's tables cannot be read.
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

    deliver_at: DeliverAtTime | None = Field(
        None,
        description="At what time of the run's day it is delivered: `08:00` by the schedule's clock, `08:00 recipient` "
        "by each recipient's own, or `08:00 Europe/Berlin`; at once where that is over. As soon as it is made unless "
        "given.",
    )

    standby: bool = Field(
        False,
        description="`true`: it gets a delivery only where another destination that names it in `failover` could not "
        "be delivered to.",
    )

    failover: OneOrMany[Name] = Field(
        (),
        description="Ids of destinations with `standby: true`, in order: where a delivery of this one is given up, the "
        "first of them that can be delivered to gets the report instead.",
    )

    max_size: Size | None = Field(
        None,
        description="How large one message may be as it is sent, for a place how large one file: `20 MB`, `512 KiB` "
        "(KB, MB, GB are decimal; KiB, MiB, GiB binary). What a mail server says that it takes counts where that is "
        "less, or nothing is given.",
    )

    if_too_large: OneOrMany[SizeRule] = Field(
        ("compress", "fail"),
        min_length=1,
        description="What becomes of a delivery that is larger, in order, until it fits: `compress` puts files into a "
        "zip each, `split` sends several messages or files, `link` names files by their address instead of carrying "
        "them, `fail` gives up, which is also what comes after the last. Nothing is ever cut off.",
    )

    role: Role | None = Field(
        None,
        description="Whose eyes read it, for masks that differ by role: `auditor`. What masks give to `default` unless "
        "given; a recipient's own role goes before it.",
    )

    sends_messages: ClassVar[bool] = False
    """Whether a delivery is a message that carries all its files, and can name others; else files are put in a place.
    """

    @field_validator("if_too_large")
    @classmethod
    def _rules_can_be_followed(cls, rules: tuple[SizeRule, ...]) -> tuple[SizeRule, ...]:
        if "link" in rules and not cls.sends_messages:
            raise ValueError("a place has no text that could name a link; leave out `link`")
        if len(set(rules)) < len(rules):
            raise ValueError("a rule stands there twice; name each once")
        if "fail" in rules[:-1]:
            raise ValueError("nothing comes after `fail`; make it the last one")
        return rules

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

    def body_formats(self) -> tuple[str, ...]:
        """Return the formats that are a message's own text: they are carried whole, in its first part."""
        return ()

    def weight(self, delivery: Delivery) -> int:
        """Return how many bytes of a delivery count for `max_size`, rather too many than too few.

        For messages all of it, as it is sent; for places the largest file.
        """
        sizes = [delivery.artifacts[key].size for key in delivery.files]
        return sum(sizes) if self.sends_messages else max(sizes, default=0)

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

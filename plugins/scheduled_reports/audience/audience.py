"""Whom a spec means, in one run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduled_reports.audience.directory import Directory, Member
from scheduled_reports.audience.domains import mailbox
from scheduled_reports.audience.entries import FromTable, is_address
from scheduled_reports.audience.load import directory_of
from scheduled_reports.audience.recipient import Copy, Recipient
from scheduled_reports.audience.rows import recipients_in

if TYPE_CHECKING:
    from scheduled_reports.run import Run


@dataclass(frozen=True)
class RunAudience:
    """Who is meant by what a spec says of recipients, in one run.

    Attributes:
        words: The words that templates may use.
        include: The folder with recipients/; None where there are no names.
        run: The run whose tables hold recipients; None where there is none yet.
    """

    words: Mapping[str, Any]
    include: Path | None = None
    run: Run | None = None

    def people(self, entries: Sequence[Any], copy: Copy = Copy.TO) -> tuple[Recipient, ...]:
        """Return whom `to`, `cc` or `bcc` names, each mailbox once; those who cannot be reached with why.

        A table that the run has not made yet gives nobody.
        """
        return once(found for entry in entries for found in self._meant(entry, copy))

    @cached_property
    def directory(self) -> Directory:
        """The people and groups of `include/recipients/`."""
        return directory_of(self.include)

    def _meant(self, entry: str | FromTable, copy: Copy) -> Iterator[Recipient]:
        if isinstance(entry, FromTable):
            yield from recipients_in(self.run, entry, copy) if self.run is not None else ()
        elif is_address(entry):
            yield Recipient(entry, copy=copy)
        elif self.directory.faults_of(entry) or not self.directory.knows(entry):
            fault = f"whom {entry!r} means cannot be told; `reports check` says why"
            yield Recipient(entry, copy=copy, fault=fault)
        else:
            yield from (_person(member, copy) for member in self.directory.members(entry))


def once(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """Return each mailbox once: as `to` before `cc` before `bcc`, then as a person or row before a plain address."""
    found: dict[str, Recipient] = {}
    for recipient in recipients:
        key = mailbox(recipient.address)
        held = found.get(key)
        if held is None or _rank(recipient) < _rank(held):
            found[key] = recipient
    return tuple(found.values())


_COPIES = tuple(Copy)


def _rank(recipient: Recipient) -> tuple[int, bool, bool]:
    known = bool(recipient.person or recipient.through)
    return _COPIES.index(recipient.copy), bool(recipient.fault), not known


def _person(member: Member, copy: Copy) -> Recipient:
    person, quiet = member.person, member.person.quiet_hours
    return Recipient(
        person.address, person.name, copy, person.role, person.language, person.timezone,
        quiet.hours() if quiet else None, member.id, member.through,
    )  # fmt: skip

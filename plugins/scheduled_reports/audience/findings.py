"""What is wrong with whom a spec names as recipients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.audience.entries import FromTable, entries_of, is_address
from scheduled_reports.audience.load import directory_of
from scheduled_reports.audience.tenant import Tenant
from scheduled_reports.errors import ReportError
from scheduled_reports.language import language_of
from scheduled_reports.masks.keep import Keep
from scheduled_reports.spec.marks import Finding

if TYPE_CHECKING:
    from scheduled_reports.audience.directory import Member
    from scheduled_reports.spec.report import ReportSpec


def recipient_findings(text: str, include: Path, tenant: Tenant | None) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, hint) of an address, or of the name of a person or a group.

    Args:
        text: What the spec says.
        include: The folder with recipients/.
        tenant: Whom the report may be mailed to; None where that cannot be told.
    """
    if is_address(text):
        yield from _outside(text, "", tenant)
        return
    directory = directory_of(include)
    if not directory.knows(text):
        yield f"there is no person or group {text!r}", directory.near(text)
        told = directory.unread
    else:
        told = tuple(directory.faults_of(text))
    for found in told:
        yield f"{found.path.name}:{found.line}:{found.column}: {found.message}", found.hint
    for member in directory.members(text):
        who = f"{' → '.join((*member.through, member.id))}: "
        yield from _outside(member.person.address, who, tenant)
        yield from _unwritten(member, who, include)


def masked_addresses(spec: ReportSpec) -> Iterator[Finding]:
    """Yield the columns of sources that recipients' addresses are to come from, and that a mask hides."""
    for index, channel in enumerate(spec.deliver):
        for loc, entry in entries_of(channel):
            if isinstance(entry, FromTable) and entry.table in spec.sources:
                for what, name in entry.columns().items():
                    column = spec.sources[entry.table].columns.get(name)
                    mask = column.mask_for(None) if column is not None else None
                    if mask is not None and not isinstance(mask, Keep):
                        message = f"the column {name!r} of {entry.table!r} is masked: nobody can be reached by it"
                        yield ("deliver", index, *loc, what), message, "take it from a source that does not mask it"


def _outside(address: str, who: str, tenant: Tenant | None) -> Iterator[tuple[str, str]]:
    try:
        if tenant is not None:
            tenant.require(address)
    except ValueError as error:
        yield f"{who}{error}", "take them out, or allow their domain there"


def _unwritten(member: Member, who: str, include: Path) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a language in which a person's files are to be made."""
    if member.person.language is not None:
        try:
            language_of(member.person.language, None, include)
        except ReportError as error:
            yield f"{who}{error.what}{f': {error.why}' if error.why else ''}", error.fix

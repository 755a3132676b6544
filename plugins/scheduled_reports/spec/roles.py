"""Roles of destinations and approvers that no mask knows: a slip of the pen must neither show nor hide too much."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from scheduled_reports.channels.file_server import FileServerChannel
from scheduled_reports.channels.storage import Storage
from scheduled_reports.columns import DEFAULT
from scheduled_reports.editions import edition_of
from scheduled_reports.spec.marks import Finding, Loc
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from scheduled_reports.spec.report import ReportSpec


def unknown_roles(spec: ReportSpec) -> Iterator[Finding]:
    """Yield the roles of destinations and approvers that no mask names, where masks name any.

    The other way round is no fault: a source in include/ serves many reports, each with some of its roles.
    """
    columns = [column for source in spec.sources.values() for column in source.columns.values()]
    known = {role for column in columns for role in column.mask} - {DEFAULT}
    given: list[tuple[Loc, str | None]] = [(("deliver", index), entry.role) for index, entry in enumerate(spec.deliver)]
    if spec.approval is not None:
        given += [(("approval", *place), approver.role) for place, approver in spec.approval.everybody()]
    for loc, role in given:
        if known and role is not None and role not in known:
            yield (*loc, "role"), f"no mask names the role {role!r}", did_you_mean(role, known)


def shared_places(spec: ReportSpec) -> Iterator[Finding]:
    """Yield destinations that put one role's file where another puts the others', under the same name."""
    places = [
        (index, channel)
        for index, channel in enumerate(spec.deliver)
        if isinstance(channel, FileServerChannel | Storage)
    ]
    for (_, one), (index, other) in combinations(places, 2):
        same = (one.connection_ids(), one.path.rstrip("/")) == (other.connection_ids(), other.path.rstrip("/"))
        if same and edition_of(spec, one) != edition_of(spec, other) and _names(spec, one) & _names(spec, other):
            message = f"{other.key!r} replaces the files of {one.key!r}, which are another role's, by its own"
            yield ("deliver", index, "path"), message, "give each role a folder of its own"


def _names(spec: ReportSpec, channel: FileServerChannel | Storage) -> set[tuple[str, str]]:
    return {(entry.file_name, entry.file_extension) for entry in spec.formats if entry.key in channel.formats()}

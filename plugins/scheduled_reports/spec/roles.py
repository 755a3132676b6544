"""Roles that destinations have, and that no mask knows: a slip of the pen must neither show nor hide too much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduled_reports.columns import DEFAULT
from scheduled_reports.spec.marks import Finding
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from scheduled_reports.spec.report import ReportSpec


def unknown_roles(spec: ReportSpec) -> Iterator[Finding]:
    """Yield the roles of destinations that no mask names, where masks name any.

    The other way round is no fault: a source in include/ serves many reports, each with some of its roles.
    """
    columns = [column for source in spec.sources.values() for column in source.columns.values()]
    known = {role for column in columns for role in column.mask} - {DEFAULT}
    for index, channel in enumerate(spec.deliver):
        role = channel.role
        if known and role is not None and role not in known:
            yield ("deliver", index, "role"), f"no mask names the role {role!r}", did_you_mean(role, known)

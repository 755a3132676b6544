"""Destinations that stand by for others: each must be named, and none may lead back to itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduled_reports.spec.marks import Finding
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from scheduled_reports.spec.report import ReportSpec


def failover_findings(spec: ReportSpec) -> Iterator[Finding]:
    """Yield what is wrong with the `failover` and `standby` of destinations."""
    by_key = {entry.key: entry for entry in spec.deliver}
    standing_by = {key for key, entry in by_key.items() if entry.standby}
    named = {name for entry in spec.deliver for name in entry.failover if name != entry.key}
    for index, entry in enumerate(spec.deliver):
        for position, name in enumerate(entry.failover):
            loc = ("deliver", index, "failover", position)
            if name == entry.key:
                yield loc, f"{name!r} cannot stand in for itself", "name another destination"
            elif name not in by_key:
                yield loc, f"there is no destination {name!r}", did_you_mean(name, standing_by or by_key)
            elif name not in standing_by:
                what = f"{name!r} gets its delivery anyway, and cannot stand in for {entry.key!r}"
                yield loc, what, f"set `standby: true` in {name!r}"
            elif _leads_to(spec, name, entry.key):
                yield loc, f"{name!r} stands in for {entry.key!r}, and the other way round", "leave one of them out"
        if entry.standby and entry.key not in named:
            what = f"{entry.key!r} stands by, but no destination names it in `failover`: it would never be used"
            yield ("deliver", index, "standby"), what, f"name it there, `failover: {entry.key}`, or leave `standby` out"
        if entry.standby and entry.deliver_at is not None:
            what = f"{entry.key!r} stands by, and is delivered to when it is needed"
            yield ("deliver", index, "deliver_at"), what, "leave `deliver_at` out"


def _leads_to(spec: ReportSpec, start: str, wanted: str) -> bool:
    """Return whether the stand-ins of one destination, and theirs, hold another."""
    follows, seen = {entry.key: entry.failover for entry in spec.deliver}, set[str]()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name == wanted:
            return True
        if name not in seen:
            seen.add(name)
            ahead += follows.get(name, ())
    return False

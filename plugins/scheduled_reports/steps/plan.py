"""Which deliveries a run owes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from scheduled_reports.audience import Recipient
from scheduled_reports.channels import Channel
from scheduled_reports.editions import Edition, edition_of, edition_of_role, roles_of
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger, Planned
from scheduled_reports.run import Run

if TYPE_CHECKING:
    from scheduled_reports.spec.report import ReportSpec


PAGE = 500
"""How many deliveries are looked at together."""


def planned(run: Run, destination: str | None = None) -> list[Planned]:
    """Return one delivery for each recipient of each destination in the spec, or of the one named.

    A run that is for the archive only has none; a destination that stands by has none unless it is named.
    """
    if not run.send:
        return []
    wanted = (channel for channel in run.report.spec.deliver
              if destination == channel.key or (destination is None and not channel.standby))  # fmt: skip
    return [found for channel in wanted for found in _planned(channel, recipients_of(run, channel))]


def _planned(channel: Channel, recipients: Mapping[str, Recipient]) -> Iterator[Planned]:
    for identity, recipient in recipients.items():
        yield Planned(channel.key, channel.kind, recipient.address, identity)


def pages(
    run: Run, ledger: Ledger, channel: Channel, recipients: Mapping[str, Recipient] | None = None
) -> Iterator[list[DeliveryEntry]]:
    """Yield the ledger's entries of a destination's deliveries, as many at a time as fit into any memory."""
    items = _planned(channel, recipients_of(run, channel) if recipients is None else recipients)
    while page := list(islice(items, PAGE)):
        yield ledger.owed(run, page)


def stand_ins(spec: ReportSpec, channel: Channel) -> list[Channel]:
    """Return the destinations that stand in for one, in order; those of a stand-in come right after it."""
    by_key, found = {entry.key: entry for entry in spec.deliver}, dict[str, Channel]()

    def add(names: tuple[str, ...]) -> None:
        for name in names:
            if name in by_key and name not in found and name != channel.key:
                found[name] = by_key[name]
                add(by_key[name].failover)

    add(channel.failover)
    return list(found.values())


def of_period(run: Run, ledger: Ledger) -> list[DeliveryEntry]:
    """Return the deliveries of the run's period, also of what the spec does not ask for; a forced run's are its own."""
    found = ledger.of_period(run.report.id, run.schedule.id, run.period.start, run.period.end)
    return [entry for entry in found if not run.force or entry.run_id == run.run_id]


def replaced(run: Run, ledger: Ledger) -> dict[str, str]:
    """Return, by each destination that has stand-ins, the first of these whose deliveries have all arrived."""
    spec = run.report.spec
    if not any(channel.failover for channel in spec.deliver):
        return {}
    states: dict[str, set[DeliveryState]] = {}
    asked = {channel.key: recipients_of(run, channel) for channel in spec.deliver if channel.standby}
    for entry in of_period(run, ledger):
        if entry.identity in asked.get(entry.destination, ()):  # others were asked for by an earlier spec, or data
            states.setdefault(entry.destination, set()).add(entry.state)
    well = {DeliveryState.DELIVERED, DeliveryState.NOT_NEEDED}
    arrived = {name for name, found in states.items() if DeliveryState.DELIVERED in found and found <= well}
    firsts = {channel.key: next((one.key for one in stand_ins(spec, channel) if one.key in arrived), None)
              for channel in spec.deliver if not channel.standby}  # fmt: skip
    return {name: first for name, first in firsts.items() if first is not None}


def recipients_of(run: Run, channel: Channel) -> dict[str, Recipient]:
    """Return who or what gets a destination's deliveries in this run, by identity."""
    return {channel.identity(recipient.address): recipient for recipient in channel.recipients(run.audience)}


def owed(run: Run, ledger: Ledger, destination: str | None = None) -> list[DeliveryEntry]:
    """Return the ledger's entry of each delivery that the spec asks for now, of one destination or of all."""
    return ledger.owed(run, planned(run, destination))


def not_needed(run: Run, channel: Channel, edition: Edition | None = None) -> str:
    """Return why readers of an edition get nothing from a destination; empty where they are to get their deliveries.

    Without an edition, those are meant who have no role of their own.

    Raises:
        DeliveryError: The run has not made the table that this depends on.
        ArchiveError: The run's manifest cannot be read.
    """
    edition, manifest = edition or edition_of(run.report.spec, channel), run.folder.manifest()
    if reason := put_off_as_blank(manifest).get(edition.key, ""):
        return reason
    if channel.only_if is None:
        return ""
    role = edition.role
    made = manifest.get("roles", {}).get(role, {}) if role else manifest.get("tables", {})
    if channel.only_if not in made:
        why, fix = "the spec named it after the extraction", "clear the task `extract`"
        raise DeliveryError(f"{channel.key}: the run has no table {channel.only_if!r}", why=why, fix=fix)
    return "" if made[channel.only_if]["rows"] else f"{channel.only_if} has no row, so nothing is to be sent"


def put_off_as_blank(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return why editions of a run are not sent, as a reader of theirs would see nothing, by the editions' keys."""
    return dict(manifest.get("blank", {}))


def is_settled(
    run: Run, entry: DeliveryEntry, replaced: Mapping[str, str] | None = None,
    manifest: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """Return whether nothing is left to do for a delivery: it arrived, or its destination needed none.

    Of one that was given up it is enough that a stand-in arrived: `replaced` says where. Who asks for many gives the
    run's manifest, which is read each time else.
    """
    if entry.state is DeliveryState.DEAD and replaced:
        return entry.destination in replaced
    if entry.state is DeliveryState.NOT_NEEDED:
        blank = put_off_as_blank(run.folder.manifest() if manifest is None else manifest)
        return any(
            channel.only_if
            or any(edition_of_role(run.report.spec, role).key in blank for role in roles_of(run.report, channel))
            for channel in run.report.spec.deliver
            if channel.key == entry.destination
        )
    return entry.state is DeliveryState.DELIVERED

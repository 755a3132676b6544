"""Which deliveries a run owes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scheduled_reports.audience import Recipient
from scheduled_reports.channels import Channel
from scheduled_reports.editions import edition_of
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger, Planned
from scheduled_reports.run import Run


def planned(run: Run, destination: str | None = None) -> list[Planned]:
    """Return one delivery for each recipient of each destination in the spec, or of the one named.

    A run that is for the archive only has none.
    """
    if not run.send:
        return []
    return [
        Planned(channel.key, channel.kind, recipient.address, identity)
        for channel in run.report.spec.deliver
        if destination in {None, channel.key}
        for identity, recipient in recipients_of(run, channel).items()
    ]


def recipients_of(run: Run, channel: Channel) -> dict[str, Recipient]:
    """Return who or what gets a destination's deliveries in this run, by identity."""
    return {channel.identity(recipient.address): recipient for recipient in channel.recipients(run.audience)}


def owed(run: Run, ledger: Ledger, destination: str | None = None) -> list[DeliveryEntry]:
    """Return the ledger's entry of each delivery that the spec asks for now, of one destination or of all."""
    return ledger.owed(run, planned(run, destination))


def not_needed(run: Run, channel: Channel) -> str:
    """Return why a destination is to get nothing of this run; empty where it is to get its deliveries.

    Raises:
        DeliveryError: The run has not made the table that this depends on.
        ArchiveError: The run's manifest cannot be read.
    """
    edition, manifest = edition_of(run.report.spec, channel), run.folder.manifest()
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


def is_settled(run: Run, entry: DeliveryEntry) -> bool:
    """Return whether nothing is left to do for a delivery: it arrived, or its destination needed none."""
    if entry.state is DeliveryState.NOT_NEEDED:
        blank = put_off_as_blank(run.folder.manifest())
        return any(
            channel.only_if or edition_of(run.report.spec, channel).key in blank
            for channel in run.report.spec.deliver
            if channel.key == entry.destination
        )
    return entry.state is DeliveryState.DELIVERED

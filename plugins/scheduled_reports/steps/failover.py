"""Deliver another way what a destination could not be delivered: to the destinations that stand by for it."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, field

from scheduled_reports.channels import Channel
from scheduled_reports.errors import DeliveryError, LedgerError, ReportError
from scheduled_reports.ledger import DeliveryState, Ledger, RunState
from scheduled_reports.ledger.claims import LEASE
from scheduled_reports.ledger.entries import BURIABLE
from scheduled_reports.run import Run
from scheduled_reports.steps import StepSkipped, StepWaits
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.plan import pages, stand_ins

log = logging.getLogger(__name__)

GIVEN_UP = "given up after the last try"
"""Why a delivery is a dead letter, in the audit trail."""

_SENDS_NOTHING = frozenset({RunState.SKIPPED, RunState.DROPPED, RunState.STOPPED, RunState.WAITING, RunState.HELD})


@dataclass
class _Found:
    """What came of it.

    Attributes:
        arrived: The stand-in that has delivered, by the destination that it stands for.
        failed: Why none of them did, by that destination.
        waits: Those whose recipients get theirs later.
    """

    arrived: dict[str, str] = field(default_factory=dict)
    failed: dict[str, list[ReportError]] = field(default_factory=dict)
    waits: list[StepWaits] = field(default_factory=list)

    def failure(self) -> DeliveryError | None:
        """Return the error that tells which destinations got it in no way; None where there is none."""
        if not self.failed:
            return None
        told = [f"{name}: {'; '.join(map(str, errors)) or 'no stand-in needed anything of this run'}"
                for name, errors in self.failed.items()]  # fmt: skip
        retryable = any(error.retryable for errors in self.failed.values() for error in errors)
        what = f"{len(self.failed)} destinations could not be delivered to in any way"
        return DeliveryError(what, why="\n".join(told), retryable=retryable)


def failover(run: Run, ledger: Ledger, *, last_try: bool = False, lease: dt.timedelta = LEASE) -> dict[str, str]:
    """Give up what failed; return, by each destination that has stand-ins and needs one, the first that delivered.

    What is uncertain is not delivered another way: its recipient may have it, and would get it twice.

    Args:
        run: The run.
        ledger: Where its deliveries are noted.
        last_try: Whether Airflow does not repeat it any more.
        lease: How long a claim holds without being renewed.

    Raises:
        StepSkipped: Every destination got its deliveries, or the run sends nothing.
        StepWaits: The recipients of a stand-in have their quiet hours.
        DeliveryError: No stand-in of a destination could be delivered to.
        LedgerError: The ledger cannot be reached.
    """
    _require_something_to_send(run, ledger)
    found = _Found()
    for channel in run.report.spec.deliver:
        if not channel.standby and _given_up(run, ledger, channel) and channel.failover:
            _deliver_otherwise(run, ledger, channel, found, lease)
    run.folder.note(failovers=found.arrived)
    failure = found.failure()
    if found.waits and (failure is None or last_try or not failure.retryable):
        raise min(found.waits, key=lambda waits: waits.until)
    if failure is not None:
        raise failure
    if not found.arrived:
        raise StepSkipped("no delivery was given up that another destination stands by for")
    return found.arrived


def _given_up(run: Run, ledger: Ledger, channel: Channel) -> bool:
    """Give up what a destination did not get; return whether there is such."""
    dead, lacking = False, list[str]()
    for page in pages(run, ledger, channel):
        lacking += (entry.id for entry in page if entry.state in BURIABLE)
        dead |= any(entry.state is DeliveryState.DEAD for entry in page)
    if lacking:  # at once: each time all of the period is read
        ledger.bury(run, GIVEN_UP, among=lacking)
    return dead or bool(lacking)


def _require_something_to_send(run: Run, ledger: Ledger) -> None:
    state, reason = ledger.outcome(run)
    if not run.send or state in _SENDS_NOTHING:
        raise StepSkipped(reason or "this run sends nothing")
    if not run.folder.manifest().get("artifacts"):
        raise StepSkipped("there is no file to deliver: an earlier step failed")


def _deliver_otherwise(run: Run, ledger: Ledger, channel: Channel, found: _Found, lease: dt.timedelta) -> None:
    """Try the stand-ins of one destination in order, until one has delivered."""
    errors: list[ReportError] = []
    for standby in stand_ins(run.report.spec, channel):
        try:
            deliver(run, ledger, standby.key, lease=lease, last_try=True)
        except LedgerError:
            raise
        except StepSkipped as skipped:
            log.info("%s: it needs nothing: %s", standby.key, skipped)
        except StepWaits as waits:
            found.waits.append(waits)
            return
        except ReportError as error:
            log.error("%s: no stand-in for %s: %s", standby.key, channel.key, error)  # noqa: TRY400 - it says all
            errors.append(error)
        else:
            log.info("%s has it in place of %s", standby.key, channel.key)
            found.arrived[channel.key] = standby.key
            return
    found.failed[channel.key] = errors

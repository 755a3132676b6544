"""Send again what somebody asks for: by hand, and by the same rules as the step `deliver`."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scheduled_reports.audience import Recipient
from scheduled_reports.channels import Channel
from scheduled_reports.editions import Edition, edition_for
from scheduled_reports.errors import DeliveryError, LedgerError, ReportError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger, Planned, RunState
from scheduled_reports.ledger.claims import LEASE
from scheduled_reports.ledger.entries import UNDER_WAY
from scheduled_reports.masking import require_masks
from scheduled_reports.run import Run
from scheduled_reports.steps.approve import require_approved
from scheduled_reports.steps.plan import not_needed, of_period, recipients_of, replaced
from scheduled_reports.steps.sender import Sender

log = logging.getLogger(__name__)

FAILED = frozenset({DeliveryState.FAILED, DeliveryState.RETRYING, DeliveryState.DEAD})

_SENDS_NOTHING = frozenset(
    {RunState.SKIPPED, RunState.DROPPED, RunState.STOPPED, RunState.WAITING, RunState.HELD, RunState.ARCHIVED}
)


@dataclass(frozen=True)
class Wanted:
    """Which deliveries of a run somebody wants to be sent again; all that have no receipt unless told otherwise.

    Attributes:
        only: Only those that failed, or only those of which nobody knows whether they arrived.
        to: Only those to this address or place; also where they have arrived.
        destination: Only those of this destination.
    """

    only: Literal["failed", "uncertain"] | None = None
    to: str | None = None
    destination: str | None = None


@dataclass(frozen=True)
class Choice:
    """A delivery that somebody asks for.

    Attributes:
        channel: Its destination.
        recipient: Who gets it.
        identity: The same for every spelling of them.
        entry: What the ledger knows of it; None where it has never been planned.
        kept_back: Why it is not sent; empty where it is.
    """

    channel: Channel
    recipient: Recipient
    identity: str
    entry: DeliveryEntry | None
    kept_back: str = ""

    @property
    def state(self) -> DeliveryState:
        """What became of it so far."""
        return self.entry.state if self.entry else DeliveryState.PLANNED

    @property
    def has_it(self) -> bool:
        """Whether it has arrived: then it is sent once more, as another issue."""
        return self.state is DeliveryState.DELIVERED

    @property
    def is_doubt(self) -> bool:
        """Whether nobody knows if it arrived, also as the worker that sent it has died."""
        return self.state in {DeliveryState.UNCERTAIN, DeliveryState.SENDING}

    @property
    def planned(self) -> Planned:
        """It, as the spec asks for it."""
        return Planned(self.channel.key, self.channel.kind, self.recipient.address, self.identity)


@dataclass(frozen=True)
class Outcome:
    """What became of one that was sent.

    Attributes:
        choice: Which.
        receipt: The other end's; empty where there is none.
        error: Why it did not arrive; None where it did, or had.
    """

    choice: Choice
    receipt: str
    error: ReportError | None


def choices(run: Run, ledger: Ledger, wanted: Wanted) -> list[Choice]:
    """Return what is asked for, in the spec's order; nothing is changed.

    Raises:
        DeliveryError: The run is not to be sent: it was skipped or stopped, it waits, an approval is missing.
        SourceError: The run's data is masked otherwise than the spec says now.
        ReportError: There is no such destination, or the run's folder cannot be read.
    """
    require_sendable(run, ledger)
    spec = run.report.spec
    if wanted.destination not in {None, *(channel.key for channel in spec.deliver)}:
        known = ", ".join(channel.key for channel in spec.deliver)
        raise ReportError(f"{run.report.id} has no destination {wanted.destination!r}", why=f"it has {known}")
    entries = {(entry.destination, entry.identity): entry for entry in of_period(run, ledger)}
    stand_ins, now = replaced(run, ledger), dt.datetime.now(dt.UTC)
    reasons: dict[tuple[str, Edition], str] = {}
    return [
        replace(found, kept_back=_kept_back(run, found, wanted, stand_ins, now, reasons))
        for channel in spec.deliver if wanted.destination in {None, channel.key}
        for found in _of(run, channel, entries) if _is_asked_for(found, wanted, now)
    ]  # fmt: skip


def require_sendable(run: Run, ledger: Ledger) -> None:
    """Refuse what may not be sent, whoever asks for it.

    Raises:
        DeliveryError: The run was skipped, stopped or dropped, it waits, or was to send nothing; or an approval is
            missing, or its files.
        SourceError: The run's data is masked otherwise than the spec says now.
    """
    state, reason = ledger.outcome(run)
    what = f"{run.report.spec.title}, {run.period.label}, run {run.run_id} is not sent"
    if state in _SENDS_NOTHING:
        raise DeliveryError(what, why=f"it is {state}{f': {reason}' if reason else ''}", fix="trigger a new run")
    if not run.folder.manifest().get("artifacts"):
        raise DeliveryError(what, why="it has no files: an earlier step failed", fix="clear the task that failed")
    require_approved(run, ledger)
    require_masks(run)


def resend(
    run: Run, ledger: Ledger, chosen: Sequence[Choice], who: str, *, lease: dt.timedelta = LEASE,
    told: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:  # fmt: skip
    """Send what was chosen, each exactly once; return what became of each.

    Args:
        run: The run.
        ledger: Where it is noted; its actor says who asks.
        chosen: What is sent; what is kept back is left out.
        who: The login name of who asks, for another issue of what has arrived.
        lease: How long a claim holds without being renewed.
        told: Is called with each outcome as it comes.

    Raises:
        LedgerError: The ledger cannot be reached; nothing more is sent.
    """
    sent: list[Outcome] = []
    for destination, doubts in dict.fromkeys((one.channel.key, one.is_doubt) for one in chosen):
        group = [one for one in chosen if (one.channel.key, one.is_doubt) == (destination, doubts)
                 and not one.kept_back]  # fmt: skip
        for outcome in _sent(run, ledger, group, who, lease) if group else ():
            told(outcome)
            sent.append(outcome)
    _give_up(run, ledger, [one for one in sent if one.error is not None])
    return sent


def _of(run: Run, channel: Channel, entries: dict[tuple[str, str], DeliveryEntry]) -> Iterator[Choice]:
    for identity, recipient in recipients_of(run, channel).items():
        yield Choice(channel, recipient, identity, entries.get((channel.key, identity)))


def _is_asked_for(found: Choice, wanted: Wanted, now: dt.datetime) -> bool:
    if wanted.to is not None and found.identity != found.channel.identity(wanted.to):
        return False
    if found.channel.standby and found.entry is None and wanted.destination is None:
        return False
    if wanted.only == "failed":
        return found.state in FAILED
    if wanted.only == "uncertain":
        return found.is_doubt and not _is_busy(found, now)
    return wanted.to is not None or not found.has_it


def _is_busy(found: Choice, now: dt.datetime) -> bool:
    until = found.entry.lease_until if found.entry else None
    return found.state is DeliveryState.SENDING and until is not None and until > now


def _kept_back(
    run: Run, found: Choice, wanted: Wanted, stand_ins: dict[str, str], now: dt.datetime,
    reasons: dict[tuple[str, Edition], str],
) -> str:  # fmt: skip
    """Return why a delivery is not sent all the same; empty where it is. `reasons` keeps why editions get nothing."""
    channel, is_named = found.channel, wanted.to is not None or wanted.destination is not None
    if _is_busy(found, now):
        return "another worker is sending it now"
    if found.is_doubt and not (wanted.only == "uncertain" or wanted.to or _resends(channel)):
        return "they may have it already; --only-uncertain sends it again"
    if channel.key in stand_ins and not is_named:
        return f"{stand_ins[channel.key]} has delivered in its place; --destination {channel.key} sends it too"
    key = channel.key, edition_for(run.report, channel, found.recipient).original
    if key not in reasons:
        reasons[key] = not_needed(run, channel, key[1])
    return reasons[key]


def _resends(channel: Channel) -> bool:
    return (channel.on_uncertain or ("resend" if channel.repeats_safely else "hold")) == "resend"


def _sent(run: Run, ledger: Ledger, group: Sequence[Choice], who: str, lease: dt.timedelta) -> Iterator[Outcome]:
    """Send deliveries of one destination; somebody has decided about those that are in doubt."""
    channel = group[0].channel
    if group[0].is_doubt:
        channel = channel.model_copy(update={"on_uncertain": "resend"})
    entries = _entries(run, ledger, group, who)
    with Sender(run, ledger, channel, recipients_of(run, channel), lease) as sender:
        for one, entry in zip(group, entries, strict=True):
            choice = replace(one, entry=entry)
            try:
                receipt = sender.send(entry)
            except LedgerError:
                raise
            except ReportError as error:
                yield Outcome(choice, "", error)
            else:
                yield Outcome(choice, receipt.text if receipt else "had it already", None)


def _entries(run: Run, ledger: Ledger, group: Sequence[Choice], who: str) -> list[DeliveryEntry]:
    """Return the ledger's entry of each: of what has arrived another issue, as somebody asks for it with force."""
    if again := [one.planned for one in group if one.has_it]:
        issue = f"resend__{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%S.%f}__{who}"[:250]
        ledger.owed(replace(run, force=True, run_id=issue), again)
    return ledger.owed(run, [one.planned for one in group])


def _give_up(run: Run, ledger: Ledger, failed: Sequence[Outcome]) -> None:
    """Give up what failed of a run that has ended: no task of Airflow's tries it again."""
    ids = [one.choice.entry.id for one in failed if one.choice.entry is not None]
    if ids and ledger.outcome(run)[0] not in UNDER_WAY:
        ledger.bury(run, "it was sent again by hand, and failed", among=ids)

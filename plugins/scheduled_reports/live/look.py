"""Look at things: places at once, the things of one place one after the other, none for longer than its time."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from scheduled_reports.errors import ReportError
from scheduled_reports.live.base import LIMIT, Seen, Sight, State, Thing

AT_ONCE = 8
"""How many places are asked at once."""

CONNECTION = "connection"
"""The kind of thing without which the others of its place need not be asked."""


def places(things: Iterable[Thing]) -> dict[str, list[Thing]]:
    """Return the things by their places, connections before what goes through them."""
    ordered = sorted(things, key=lambda thing: (thing.place, thing.kind != CONNECTION))
    return {place: list(group) for place, group in groupby(ordered, key=lambda thing: thing.place)}


def look_at_all(
    things: Sequence[Thing], told: Callable[[str, int, int], object], limit: dt.timedelta = LIMIT
) -> list[Seen]:
    """Look at everything, and return what was seen, by place.

    Args:
        things: What to look at.
        told: Is told of each place that is done, how many are, and of how many.
        limit: How long one thing may take.
    """
    by_place = places(things)
    done = 0
    lock = threading.Lock()

    def look(place: str) -> list[Seen]:
        nonlocal done
        found = look_at(by_place[place], limit)
        with lock:
            done += 1
            told(place, done, len(by_place))
        return found

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="probe") as pool:
        return [seen for group in pool.map(look, by_place) for seen in group]


def look_at(things: Iterable[Thing], limit: dt.timedelta = LIMIT) -> list[Seen]:
    """Look at the things of one place; what goes through a connection that cannot be used is not asked."""
    found: list[Seen] = []
    broken = ""
    for thing in things:
        if broken and thing.kind != CONNECTION:
            found.append(Seen(thing, State.BLOCKED, f"not asked, as the {broken} cannot be used"))
            continue
        found.append(_seen(thing, limit))
        if thing.kind == CONNECTION and found[-1].state is State.FAILED:
            broken = thing.title
    return found


def _seen(thing: Thing, limit: dt.timedelta) -> Seen:
    began = time.monotonic()
    outcome = _in_time(thing.look, limit)
    seconds = time.monotonic() - began
    if isinstance(outcome, Sight):
        state = State.OK if outcome.sure else State.UNKNOWN
        return Seen(thing, state, outcome.words, "", seconds, outcome.newest)
    if isinstance(outcome, ReportError):
        return Seen(thing, State.FAILED, _why(outcome), outcome.fix, seconds)
    words = f"{type(outcome).__name__}: {outcome}".removesuffix(": ")
    return Seen(thing, State.FAILED, words, "look for what is unusual about it", seconds)


def _why(error: ReportError) -> str:
    return error.what + (f": {error.why}" if error.why else "")


def _in_time(look: Callable[[], Sight], limit: dt.timedelta) -> Sight | Exception:
    """Return what a probe returns or raises; one that hangs is left to end with the process."""
    outcome: list[Sight | Exception] = []

    def run() -> None:
        try:
            outcome.append(look())
        except Exception as error:  # whatever it is, the thing cannot be used
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(limit.total_seconds())
    if outcome:
        return outcome[0]
    return ReportError(
        f"no answer within {limit.total_seconds():.0f} s",
        fix="look whether it is stuck, and whether host and port are its own",
    )

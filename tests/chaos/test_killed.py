"""Workers are killed at any instruction, again and again: who got what is known at the end, and nobody got it twice.

The seed is printed where this fails; `CHAOS_SEED=…` runs it again.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from chaos.campaigns import Campaign, campaign, folder, hook, mailing
from chaos.servers import FILE_POINTS, HOOK_POINTS, MAIL_POINTS
from chaos.traps import BEGINS, Point, plan
from chaos.workers import Worker, workers

LEASE = 1.0
RULES = ("hold", "resend")
MAILS, BOXES, HOOKS = 190, 25, 40
"""How many deliveries there are of each kind, for each rule."""

DESTINATIONS = [
    *(mailing(f"mail_{rule}", rule, MAILS) for rule in RULES),
    *(folder(f"box_{rule}_{number}", rule) for number in range(BOXES) for rule in RULES),
    *(hook(f"hook_{rule}_{number}", rule) for number in range(HOOKS) for rule in RULES),
]
WARM = ["warm_mail", "warm_box", "warm_hook"]
TIMED = ["timed_1", "timed_2", "timed_3"]


@dataclass
class Chaos:
    """Kills the workers of a campaign.

    Attributes:
        made: The campaign.
        port: Where workers are made.
        dice: Decide in which order a worker goes, and whether Airflow repeats a task or somebody clears it.
        killed: How many were killed at which point.
    """

    made: Campaign
    port: int
    dice: random.Random
    killed: Counter[str] = field(default_factory=Counter)

    def let(self, destinations: list[str], points: list[Point]) -> None:
        """Deliver, while a worker is killed at each of these points, until nothing is left to do."""
        pending, left = dict.fromkeys(destinations, 0.0), iter(points)
        while pending:
            self._one(pending, next(left, None))

    def _one(self, pending: dict[str, float], point: Point | None) -> None:
        """Let one worker do what is left, and perhaps be killed."""
        if point is None and (wait := min(pending.values())):
            time.sleep(wait)
        worker = Worker(self.port)
        if point is not None:
            self.made.trap.arm(point, worker)
        worker.begin(self.dice.sample(list(pending), len(pending)), lease=LEASE, again=self.dice.random() < 0.8)
        for facts in worker.told():
            if "begins" in facts:
                self.made.trap.see(BEGINS)
            elif "left" in facts and facts["again_after"] is None:
                del pending[facts["left"]]
            elif "left" in facts:
                pending[facts["left"]] = facts["again_after"]
        hit = self.made.trap.disarm() and point is not None
        assert hit or worker.ended, "a worker ended by itself"
        if point is not None and hit:
            self.killed[point.seen] += 1

    def span(self) -> float:
        """Return how many seconds a worker takes that begins and delivers a few."""
        Worker(self.port).kill()  # once a worker is there, all is imported
        spans = []
        for destination in TIMED:
            before = time.monotonic()
            self.let([destination], [])
            spans.append(time.monotonic() - before)
        return min(spans)


def waves(made: Campaign, dice: random.Random, span: float) -> list[tuple[list[str], list[Point]]]:
    """Return which destinations are delivered to together, and where workers are killed meanwhile."""
    keys = [channel.key for channel in made.run.report.spec.deliver]
    found = []
    for kind, points, kills, most in (
        ("mail_", MAIL_POINTS, 72, 4), ("box_", FILE_POINTS, 21, 2), ("hook_", HOOK_POINTS, 24, 2)
    ):  # fmt: skip
        named = [key for key in keys if key.startswith(kind)]
        found.append((named, plan(dice, points, kills, most, span)))
    return found


def test_whoever_is_killed_each_recipient_gets_it_once_or_somebody_knows_why_not(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    seed = int(os.environ.get("CHAOS_SEED", secrets.randbelow(2**32)))
    print(f"CHAOS_SEED={seed}")
    first = [mailing("warm_mail", "hold", 1), folder("warm_box", "hold"), hook("warm_hook", "hold"),
             *(mailing(key, "hold", 4) for key in TIMED)]  # fmt: skip
    with (
        campaign(tmp_path, connection, [*first, *DESTINATIONS]) as made,
        workers(tmp_path, WARM) as port,
    ):
        chaos = Chaos(made, port, random.Random(seed))
        span = chaos.span()
        for named, points in waves(made, random.Random(seed), span):
            chaos.let(named, points)
        doubts, again = made.require_honest()
        made.require_whole_files()
        entries = [*made.entries("hold"), *made.entries("resend")]

    print(f"{len(entries)} deliveries, {chaos.killed.total()} kills: {dict(chaos.killed)}; span {span:.3f} s")
    print(f"{doubts} are in doubt, {again} came again")
    assert len(entries) >= 500
    assert chaos.killed.total() >= 100
    assert min(chaos.killed[point] for point in (*MAIL_POINTS, *FILE_POINTS, *HOOK_POINTS, BEGINS)) > 0
    assert 0 < doubts + again <= chaos.killed.total()

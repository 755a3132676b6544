"""Workers who want the same deliveries, one of whom sleeps in the middle for longer than its lease."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread

from chaos.campaigns import Campaign
from chaos.traps import Point
from chaos.workers import Worker
from scheduled_reports.ledger import DeliveryState

LEASE = 2.0
REFUSED = "refused, as the claim was taken over meanwhile: delivered, "


@dataclass
class Race:
    """A race for one destination's deliveries.

    Attributes:
        made: The campaign.
        port: Where workers are made.
        destination: What they deliver to.
        is_free: Whether the ledger can be written, so that nobody sleeps while it holds the lock.
        troubles: What went wrong in a worker.
    """

    made: Campaign
    port: int
    destination: str
    is_free: Callable[[], bool]
    troubles: list[str] = field(default_factory=list)

    def run(self, racers: int, point: Point) -> None:
        """Let so many workers race; who comes first to a point is woken up when the others have nothing left to do."""
        trap, workers = self.made.trap, [Worker(self.port) for _ in range(racers)]
        trap.arm(point, *workers, by=signal.SIGSTOP)
        threads = {worker: Thread(target=self._go_on, args=(worker,), daemon=True) for worker in workers}
        for thread in threads.values():
            thread.start()
        assert trap.sprung.wait(120), "nobody was seen there"
        sleeper = trap.caught
        assert sleeper is not None
        slow = threads.pop(sleeper)
        while not self.is_free():
            sleeper.signal(signal.SIGCONT)
            time.sleep(0.01)
            sleeper.signal(signal.SIGSTOP)
        trap.released.set()
        for thread in threads.values():
            thread.join(120)
        assert [slow.is_alive(), *(thread.is_alive() for thread in threads.values())] == [True] + [False] * len(threads)
        sleeper.signal(signal.SIGCONT)
        slow.join(120)
        assert not slow.is_alive()
        assert self.troubles == []

    def _go_on(self, worker: Worker) -> None:
        """Repeat a task as Airflow does."""
        again, wait = False, 0.0
        while True:
            worker.begin([self.destination], lease=LEASE, again=again)
            [came] = [facts for facts in worker.told() if "left" in facts] or [{"again_after": None, "error": "died"}]
            if not worker.ended:
                self.troubles.append(came["error"])
            if came["again_after"] is None:
                return
            again, wait = True, came["again_after"]
            time.sleep(wait)
            worker = Worker(self.port)

    def require_on_record(self, rule: str) -> None:
        """What was sent by who slept is a doubt or was sent again, by the rule, and their late receipt was refused."""
        self.made.require_honest()
        [slept] = [entry for entry in self.made.entries(rule) if entry.recipient == self.made.account.slept_at]
        whys = self.made.whys()[slept.id]
        assert [why for why in whys if why.startswith(REFUSED)], whys
        assert [why for why in whys if "taken over from a worker whose lease ended" in why], whys
        received = len(self.made.account.keys[slept.recipient])
        if rule == "hold":
            assert (slept.state, received) == (DeliveryState.UNCERTAIN, 1), whys
        else:
            assert slept.state is DeliveryState.DELIVERED, whys
            assert received >= 2, whys

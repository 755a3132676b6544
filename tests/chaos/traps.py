"""Traps: what happens to a worker when a server sees it do something."""

from __future__ import annotations

import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event, Lock, Timer

from chaos.workers import Worker

BEGINS = "it begins"
"""The point that the worker tells itself: random delays are counted from there."""


@dataclass(frozen=True)
class Point:
    """Where a worker is hit.

    Attributes:
        seen: What is seen of it.
        times: For how many times.
        delay: How many seconds later.
    """

    seen: str
    times: int = 1
    delay: float = 0.0


class Trap:
    """Hits one worker at one point, at once: of several the first who comes so far.

    Attributes:
        caught: Who was hit; None for nobody.
        sprung: Whether somebody was.
        released: Whether the server may answer a worker that it saw put to sleep.
    """

    def __init__(self) -> None:
        self._lock, self._timer = Lock(), Timer(0, lambda: None)
        self._left: dict[Worker, int] = {}
        self._point, self._signal = Point(""), signal.SIGKILL
        self.caught: Worker | None = None
        self.sprung, self.released = Event(), Event()

    def arm(self, point: Point, *workers: Worker, by: signal.Signals = signal.SIGKILL) -> None:
        """Lie in wait."""
        with self._lock:
            self._left, self._point, self._signal = dict.fromkeys(workers, point.times), point, by
            self.caught = None
            self.sprung.clear()
            self.released.clear()

    def see(self, what: str, peer: int | None = None) -> bool:
        """Note that somebody has been seen doing something; what servers call.

        Args:
            what: What.
            peer: From which port, where the server tells one client from another.

        Returns:
            Whether they were put to sleep by that, so that the answer is to wait for `released`.
        """
        with self._lock:
            who = self._who(peer) if what == self._point.seen else None
            if who is None:
                return False
            self._left[who] -= 1
            if self._left[who] > 0:
                return False
            if self._point.delay:
                self._timer = Timer(self._point.delay, self._hit, [who])
                self._timer.start()
                return False
        self._hit(who)
        return self._signal == signal.SIGSTOP

    def _who(self, peer: int | None) -> Worker | None:
        return next((one for one in self._left if peer is None or one.speaks_from(peer)), None)

    def _hit(self, worker: Worker) -> None:
        with self._lock:
            if worker in self._left:
                worker.signal(self._signal)
                self.caught, self._left = worker, {}
                self.sprung.set()

    def disarm(self) -> bool:
        """Wait for nobody any more; return whether somebody was hit."""
        self._timer.cancel()
        with self._lock:
            self._left = {}
        return self.sprung.is_set()


def plan(dice: random.Random, named: Sequence[str], kills: int, most: int, span: float) -> list[Point]:
    """Return where workers are killed, in any order: two of three at named points, the rest after a random time.

    Args:
        dice: Decides.
        named: The points that a server sees.
        kills: How many there are.
        most: At most so many times a worker may pass its point.
        span: Seconds in which a worker begins and delivers a few.
    """
    points = [Point(named[number % len(named)], dice.randint(1, most)) for number in range(kills * 2 // 3)]
    points += [Point(BEGINS, 1, dice.uniform(0, span)) for _ in range(kills - len(points))]
    dice.shuffle(points)
    return points

"""How many messages a provider takes in which time."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_PATTERN = r"^[1-9][0-9]{0,6}/(second|minute|hour)$"
_LONG = 20.0
"""Seconds of waiting for which a connection is not kept open."""


class Pacing(NamedTuple):
    """So many messages in so many seconds."""

    messages: int
    seconds: float

    def __str__(self) -> str:
        unit = next(name for name, seconds in _SECONDS.items() if seconds == self.seconds)
        return f"{self.messages}/{unit}"


def _read(given: Any) -> Pacing:
    if isinstance(given, Pacing):
        return given
    if not isinstance(given, str) or not re.fullmatch(_PATTERN, given):
        raise ValueError(f"{given!r} is no rate; write a number and second, minute or hour, for example 30/minute")
    number, _, unit = given.partition("/")
    return Pacing(int(number), _SECONDS[unit])


Rate = Annotated[
    Pacing,
    BeforeValidator(_read),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["30/minute"]}),
]
"""A rate in a spec: `30/minute`."""


class Pace:
    """Lets no more messages go in any span of time than a rate allows, and those at once.

    A message counts from when the server answered it, so that it is not one too many by whatever moment the server
    counts it.
    """

    def __init__(
        self, rate: Pacing | None, clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._rate, self._clock, self._sleep = rate, clock, sleep
        self._answered: deque[float] = deque(maxlen=rate.messages if rate else 1)

    def wait(self, rest: Callable[[], None]) -> None:
        """Wait until the next message may go; `rest` is called where that takes long."""
        if self._rate is None or len(self._answered) < self._rate.messages:
            return
        until = self._answered[0] + self._rate.seconds
        if until - self._clock() > _LONG:
            rest()
        while (left := until - self._clock()) > 0:
            self._sleep(left)

    def count(self) -> None:
        """Note that the server has answered a message."""
        self._answered.append(self._clock())

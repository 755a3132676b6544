"""How fast mails go: never more than a provider allows, and no slower."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.mail.pace import Pace, Pacing, Rate

RATE: TypeAdapter[Pacing] = TypeAdapter(Rate)


class Clock:
    """A clock that moves when somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.rests = 0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def rest(self) -> None:
        self.rests += 1

    def send(self, pace: Pace, seconds: float) -> tuple[float, float]:
        """Send a message that takes so long; return when it began and when it was answered."""
        pace.wait(self.rest)
        began = self.now
        self.now += seconds
        pace.count()
        return began, self.now


def test_so_many_go_at_once_and_the_next_when_the_first_is_a_minute_old() -> None:
    clock = Clock()
    pace = Pace(RATE.validate_python("3/minute"), lambda: clock.now, clock.sleep)

    began = [clock.send(pace, 1.0)[0] - 1_000 for _ in range(7)]

    assert began == [0, 1, 2, 61, 62, 63, 122]
    assert clock.rests == 2


@given(st.integers(1, 5), st.lists(st.floats(0, 3), min_size=1, max_size=40))
def test_in_no_minute_are_there_more_than_allowed(messages: int, seconds: list[float]) -> None:
    clock = Clock()
    pace = Pace(Pacing(messages, 60.0), lambda: clock.now, clock.sleep)

    sent = [clock.send(pace, one) for one in seconds]

    for before, after in zip(sent, sent[messages:], strict=False):
        assert after[0] - before[1] >= 60 - 1e-6


def test_without_a_rate_nobody_waits() -> None:
    clock = Clock()
    pace = Pace(None, lambda: clock.now, clock.sleep)

    assert [clock.send(pace, 0.0)[0] for _ in range(100)] == [1_000.0] * 100


@pytest.mark.parametrize("text", ["30", "30/day", "0/minute", "-1/second", "x/minute", "1.5/second", 30, None])
def test_what_is_no_rate_is_refused(text: object) -> None:
    with pytest.raises(ValidationError, match="write a number and second, minute or hour"):
        RATE.validate_python(text)


def test_a_rate_is_written_as_it_was() -> None:
    assert RATE.dump_python(RATE.validate_python("10000/hour")) == "10000/hour"

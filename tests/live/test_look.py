"""Things are looked at place by place, none for longer than its time, and nothing hides another."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest

from scheduled_reports.errors import SourceError
from scheduled_reports.live.base import Sight, State, Thing
from scheduled_reports.live.look import look_at, look_at_all, places

SOON = dt.timedelta(seconds=0.2)


def thing(kind: str = "source", name: str = "a", place: str = "shop", look: Callable[[], Sight] | None = None) -> Thing:
    return Thing(kind, name, "sales", ("sales",), place, look or (lambda: Sight("seen")))


def broken() -> Sight:
    raise SourceError("it failed", why="no such table", fix="mend it")


@pytest.fixture
def stuck() -> Iterator[Callable[[], Sight]]:
    """Return a probe that hangs until the test is over."""
    ended = threading.Event()

    def look() -> Sight:
        ended.wait()
        return Sight("too late")

    yield look
    ended.set()


def test_what_is_seen_is_kept_with_its_time() -> None:
    newest = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)

    [seen] = look_at([thing(look=lambda: Sight("2 columns", newest))])

    assert (seen.state, seen.words, seen.fix, seen.newest) == (State.OK, "2 columns", "", newest)
    assert seen.seconds is not None
    assert seen.seconds >= 0


def test_what_nobody_can_tell_is_neither_usable_nor_not() -> None:
    assert look_at([thing(look=lambda: Sight("its kind cannot be asked", sure=False))])[0].state is State.UNKNOWN


def test_an_error_of_ours_keeps_its_words_and_its_fix() -> None:
    [seen] = look_at([thing(look=broken)])

    assert (seen.state, seen.words, seen.fix) == (State.FAILED, "it failed: no such table", "mend it")


def test_a_probe_that_crashes_counts_as_failed_and_the_others_go_on() -> None:
    crashed, after = look_at([thing(look=lambda: Sight(str(1 / 0))), thing(name="b")])

    assert (crashed.state, crashed.words) == (State.FAILED, "ZeroDivisionError: division by zero")
    assert crashed.fix
    assert after.state is State.OK


def test_a_probe_that_hangs_is_left_behind(stuck: Callable[[], Sight]) -> None:
    hangs, after = look_at([thing(look=stuck), thing(name="b")], SOON)

    assert (hangs.state, hangs.words) == (State.FAILED, "no answer within 0 s")
    assert "stuck" in hangs.fix
    assert after.state is State.OK


def test_what_goes_through_a_broken_connection_is_not_asked() -> None:
    asked: list[str] = []

    def look() -> Sight:
        asked.append("orders")
        return Sight("seen")

    connection, source = look_at([thing("connection", "shop", look=broken), thing(name="orders", look=look)])

    assert connection.state is State.FAILED
    assert (source.state, source.seconds) == (State.BLOCKED, None)
    assert source.words == "not asked, as the connection sales.shop cannot be used"
    assert asked == []


def test_a_broken_source_keeps_no_other_from_being_asked() -> None:
    assert [seen.state for seen in look_at([thing(look=broken), thing(name="b")])] == [State.FAILED, State.OK]


def test_connections_come_before_what_goes_through_them() -> None:
    found = places([thing("destination"), thing("connection"), thing("source"), thing(place="mail")])

    assert list(found) == ["mail", "shop"]
    assert found["shop"][0].kind == "connection"


def test_places_are_looked_at_at_once() -> None:
    both = threading.Barrier(2)

    def meet() -> Sight:
        both.wait(5)
        return Sight("met")

    told: list[tuple[str, int, int]] = []
    found = look_at_all([thing(look=meet), thing(place="mail", look=meet)], lambda *what: told.append(what))

    assert [seen.state for seen in found] == [State.OK, State.OK]
    assert sorted(done for _, done, _ in told) == [1, 2]
    assert {of for *_, of in told} == {2}


def test_nothing_to_look_at_is_no_error() -> None:
    assert look_at_all([], lambda *_: None) == []

"""The file of the demo warehouse: whole or absent, and built only when there is a reason."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from demo import warehouse

DEMO_DAY = date(2026, 10, 1)


def test_a_build_reports_the_file_its_rows_and_its_seconds(tmp_path: Path) -> None:
    made = warehouse.build(tmp_path / "w.sqlite", date(2026, 9, 1), date(2026, 9, 30))

    assert made.path == tmp_path / "w.sqlite"
    assert set(made.rows) == set(warehouse.TABLES)
    assert 20_000 < made.rows["calls"] < 28_000
    assert 0 < made.seconds < 20


def test_a_build_that_dies_leaves_the_old_file_and_no_half_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.sqlite"
    warehouse.build(path, DEMO_DAY, DEMO_DAY)
    before = path.read_bytes()
    real = warehouse.calls_on

    def dies_on_the_second_day(day: date) -> object:
        if day == DEMO_DAY + timedelta(days=1):
            raise KeyboardInterrupt
        return real(day)

    monkeypatch.setattr(warehouse, "calls_on", dies_on_the_second_day)
    with pytest.raises(KeyboardInterrupt):
        warehouse.build(path, DEMO_DAY, DEMO_DAY + timedelta(days=2))
    with pytest.raises(KeyboardInterrupt):
        warehouse.build(tmp_path / "new.sqlite", DEMO_DAY, DEMO_DAY + timedelta(days=2))

    assert path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["w.sqlite"]


def test_what_a_killed_build_left_behind_does_not_disturb_the_next(tmp_path: Path) -> None:
    (tmp_path / "w.sqlite.part").write_bytes(b"half a warehouse")

    warehouse.build(tmp_path / "w.sqlite", DEMO_DAY, DEMO_DAY)

    assert [path.name for path in tmp_path.iterdir()] == ["w.sqlite"]


def test_ensure_builds_only_when_there_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "folder" / "w.sqlite"
    monkeypatch.setattr(warehouse, "FIRST", date(2026, 9, 28))

    assert warehouse.ensure(path, date(2026, 9, 29)) is not None, "missing"
    assert warehouse.ensure(path, date(2026, 9, 29)) is None
    assert warehouse.ensure(path, date(2026, 9, 28)) is None, "reaches further than asked"
    assert warehouse.ensure(path, date(2026, 9, 30)) is not None, "ends too early"

    monkeypatch.setattr(warehouse, "VERSION", warehouse.VERSION + 1)
    assert warehouse.ensure(path, date(2026, 9, 30)) is not None, "made by an older generator"
    assert warehouse.ensure(path, date(2026, 9, 30)) is None

    path.write_bytes(b"not a database at all, but long enough to be looked at")
    assert warehouse.ensure(path, date(2026, 9, 30)) is not None, "not a database"


def test_impossible_windows_are_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="last day 2026-09-30 is before its first day 2026-10-01"):
        warehouse.build(tmp_path / "w.sqlite", DEMO_DAY, DEMO_DAY - timedelta(days=1))
    with pytest.raises(ValueError, match="no campaign ran before 2023-04-03"):
        warehouse.build(tmp_path / "w.sqlite", date(2020, 1, 1), DEMO_DAY)

    assert list(tmp_path.iterdir()) == []


def test_the_command_says_in_one_line_what_it_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warehouse.main([str(tmp_path / "w.sqlite"), "--last", "2025-11-03"])

    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "45 agents" in printed
    assert "2025-11-01 to 2025-11-03" in printed

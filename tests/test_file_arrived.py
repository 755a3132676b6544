"""The triggerer sees files arrive: each once, when it is whole, whatever happens to the triggerer or the folder."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from scheduled_reports import file_arrived
from scheduled_reports.file_arrived import FileArrived

ASSET = "report-file:sales:daily"
LOOKS = 4
"""Enough for a file to be seen twice."""


class State:
    """What Airflow's database keeps with an asset, for as long as the test runs."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.is_down = False

    def __getitem__(self, asset: Any) -> State:
        assert asset.name == ASSET
        return self

    async def aget(self, key: str) -> Any:
        if self.is_down:
            raise ConnectionError("the API server is away")
        return self.values.get(key)

    async def aset(self, key: str, value: Any) -> None:
        if self.is_down:
            raise ConnectionError("the API server is away")
        self.values[key] = value


class Watch:
    """A trigger that runs, one look after the other."""

    def __init__(self, path: str, state: State | None) -> None:
        self.trigger = FileArrived(asset=ASSET, path=path, every=0.001)
        self.trigger.asset_state_store = state  # type: ignore[assignment]

    async def __aenter__(self) -> Watch:
        self.events: list[dict[str, Any]] = []
        self.looks = 0
        self.task = asyncio.create_task(self._collect(self.trigger.run()))
        self.first = await self.look()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _collect(self, events: AsyncIterator[Any]) -> None:
        async for event in events:
            self.events.append(event.payload)

    async def look(self) -> list[str]:
        """Let it look a few times, and return the names of the files that have arrived since the last call."""
        before = self.looks + LOOKS
        original = self.trigger._look

        async def counted() -> Any:
            found = await original()
            self.looks += 1
            return found

        self.trigger._look = counted  # type: ignore[method-assign]
        while self.looks < before and not self.task.done():
            await asyncio.sleep(0.001)
        self.trigger._look = original  # type: ignore[method-assign]
        arrived, self.events = [Path(event["file"]).name for event in self.events], []
        return sorted(arrived)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_arrived, "_SENT_WITHIN", 0)


@pytest.fixture
def state() -> State:
    return State()


def csv(folder: Path, name: str, text: str = "1,2") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_new_file_is_told_once_and_one_that_was_there_never(tmp_path: Path, state: State) -> None:
    csv(tmp_path, "old.csv")

    async def scenario() -> None:
        async with Watch(f"{tmp_path}/*.csv", state) as watch:
            csv(tmp_path, "new.csv")
            csv(tmp_path, "new.txt")
            assert await watch.look() == ["new.csv"]
            assert await watch.look() == []

    asyncio.run(scenario())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.csv", "new.txt", "old.csv"]


def test_a_file_that_is_changed_or_comes_with_other_content_is_told_again(tmp_path: Path, state: State) -> None:
    path = csv(tmp_path, "daily.csv")

    async def scenario() -> None:
        async with Watch(str(path), state) as watch:
            csv(tmp_path, "daily.csv", "3,4")
            assert await watch.look() == ["daily.csv"]
            path.unlink()
            assert await watch.look() == []
            csv(tmp_path, "daily.csv", "5,6,7")
            assert await watch.look() == ["daily.csv"]

    asyncio.run(scenario())


def test_a_file_that_is_still_written_to_is_not_told(tmp_path: Path, state: State) -> None:
    async def scenario() -> None:
        async with Watch(f"{tmp_path}/*.csv", state) as watch:
            path, size = tmp_path / "big.csv", 0
            original = watch.trigger._look

            async def growing() -> Any:
                nonlocal size
                size += 1
                path.write_text("x" * size)
                return await original()

            watch.trigger._look = growing  # type: ignore[method-assign]
            assert await watch.look() == []
            watch.trigger._look = original  # type: ignore[method-assign]
            assert await watch.look() == ["big.csv"]

    asyncio.run(scenario())


def test_a_triggerer_that_restarts_neither_repeats_nor_loses_a_file(tmp_path: Path, state: State) -> None:
    async def scenario() -> None:
        async with Watch(f"{tmp_path}/*.csv", state) as watch:
            csv(tmp_path, "before.csv")
            assert await watch.look() == ["before.csv"]
        csv(tmp_path, "meanwhile.csv")
        async with Watch(f"{tmp_path}/*.csv", state) as watch:
            assert watch.first == ["meanwhile.csv"]
            assert await watch.look() == []

    asyncio.run(scenario())


def test_a_triggerer_that_dies_before_the_event_is_stored_tells_it_again(
    tmp_path: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_arrived, "_SENT_WITHIN", 60)

    async def scenario() -> None:
        async with Watch(f"{tmp_path}/*.csv", state):
            pass
        csv(tmp_path, "new.csv")
        for _ in range(2):
            events = Watch(f"{tmp_path}/*.csv", state).trigger.run()
            assert Path((await anext(events)).payload["file"]).name == "new.csv"
            await events.aclose()  # type: ignore[attr-defined]

    asyncio.run(scenario())


def test_a_folder_that_is_away_for_a_while_is_said_once_and_starts_nothing_when_it_is_back(
    tmp_path: Path, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    csv(folder, "old.csv")

    async def scenario() -> None:
        async with Watch(f"{folder}/*.csv", state) as watch:
            csv(folder, "new.csv")
            assert await watch.look() == ["new.csv"]
            folder.rename(tmp_path / "unmounted")
            assert await watch.look() == []
            (tmp_path / "unmounted").rename(folder)
            assert await watch.look() == []

    asyncio.run(scenario())
    said = re.findall(r"(File trigger .*?) +\[scheduled_reports", capsys.readouterr().out)
    watched = f"{folder}/*.csv"
    assert said == [
        f"File trigger {ASSET} cannot look for {watched}: there is no folder {folder}; looking again every 0.001 s",
        f"File trigger {ASSET} can look for {watched} again",
    ]


def test_a_share_that_looks_empty_for_a_while_starts_nothing_when_it_is_back(tmp_path: Path, state: State) -> None:
    path = csv(tmp_path, "new.csv", "old")

    async def scenario() -> None:
        async with Watch(f"{tmp_path}/*.csv", state) as watch:
            csv(tmp_path, "new.csv", "content")
            csv(tmp_path, "other.csv")
            assert await watch.look() == ["new.csv", "other.csv"]
            path.rename(tmp_path / "hidden")
            assert await watch.look() == []
            (tmp_path / "hidden").rename(path)
            assert await watch.look() == []

    asyncio.run(scenario())


def test_while_airflow_does_not_say_what_was_seen_nothing_is_told(
    tmp_path: Path, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    state.is_down = True
    csv(tmp_path, "old.csv")

    async def scenario() -> None:
        async with Watch(f"{tmp_path}/*.csv", state) as watch:
            assert await watch.look() == []
            state.is_down = False
            assert await watch.look() == []
            csv(tmp_path, "new.csv")
            assert await watch.look() == ["new.csv"]

    asyncio.run(scenario())
    assert "cannot read what was seen" in capsys.readouterr().out


def test_without_a_state_of_airflow_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def scenario() -> None:
        async with Watch(f"{tmp_path}/*.csv", None) as watch:
            assert await watch.look() == []

    asyncio.run(scenario())
    assert f"Airflow gives no state for the asset {ASSET}" in capsys.readouterr().out


def test_what_is_kept_of_files_that_are_gone_is_bounded(
    tmp_path: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_arrived, "_MOST_GONE", 2)

    async def scenario() -> None:
        async with Watch(f"{tmp_path}/*.csv", state) as watch:
            for number in range(6):
                path = csv(tmp_path, f"{number}.csv")
                assert await watch.look() == [f"{number}.csv"]
                path.unlink()

    asyncio.run(scenario())
    [seen] = state.values.values()
    assert len(seen) == 3


def test_files_that_are_there_when_a_spec_names_another_path_start_nothing(tmp_path: Path, state: State) -> None:
    csv(tmp_path, "old.csv")
    csv(tmp_path, "old.txt")

    async def scenario() -> None:
        for pattern in ("*.csv", "*.txt"):
            async with Watch(f"{tmp_path}/{pattern}", state) as watch:
                assert watch.first == []

    asyncio.run(scenario())

"""What Airflow's triggerer runs to see files arrive. Its class path is stored in Airflow's database: it never moves."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any, cast

from airflow.sdk import Asset, ObjectStoragePath
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from scheduled_reports.connections import airflow_connection
from scheduled_reports.storage import WILDCARD, Found, found, reach

_MOST_GONE = 2000
"""How many files that are gone are remembered, so that they start nothing where they come back as they were."""
_SENT_WITHIN = 3.0
"""Seconds within which the triggerer has passed an event on; what it has not passed on must not count as seen."""


def storage(path: str) -> ObjectStoragePath:
    """Return where a path or URL with wildcards leads.

    Raises:
        ValueError: There is no storage of the URL's kind.
    """
    return ObjectStoragePath(path if "://" in path else f"file://{path}")


def look(path: str) -> dict[str, Found]:
    """Return the files that are there, by path.

    Raises:
        OSError: The folder is not there, or cannot be read.
    """
    with reach(path, airflow_connection) as place:
        place.files.invalidate_cache()
        entries = place.files.glob(place.pattern, detail=True)
        if not entries:
            _require_folder(place.files, _folder(place.pattern))
    return {name: found(name, entry) for name, entry in entries.items() if entry["type"] == "file"}


def _require_folder(files: Any, folder: str) -> None:
    """Raise the error that glob passes over; in object storage a folder without files is none, and that is fine."""
    try:
        files.ls(folder)
    except FileNotFoundError:
        if "file" in (files.protocol if isinstance(files.protocol, tuple | list) else (files.protocol,)):
            raise


def _folder(pattern: str) -> str:
    """Return the folder above the first wildcard."""
    wildcard = WILDCARD.search(pattern)
    return (pattern[: wildcard.start()] if wildcard else pattern).rpartition("/")[0] or "/"


class FileArrived(BaseEventTrigger):
    """Fires once for each file that is new or changed, when it has looked the same twice.

    What it has seen is kept with the asset in Airflow's database: a triggerer that restarts neither loses nor repeats a
    file. The files that are there when it can look at a path for the first time do not count.

    Args:
        asset: The name of the asset that it updates.
        path: A path or URL with wildcards.
        every: Seconds between two looks.
    """

    def __init__(self, asset: str, path: str, every: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.asset, self.path, self.every = asset, path, every
        self._key = f"seen {hashlib.sha256(path.encode()).hexdigest()[:16]}"  # another path is looked at anew
        self._trouble = ""

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class path and what the class is made of."""
        name = f"{type(self).__module__}.{type(self).__qualname__}"
        return name, {"asset": self.asset, "path": self.path, "every": self.every}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look, for ever, and yield an event for each file that has arrived."""
        seen: list[str] | None = None
        before: dict[str, Found] = {}
        while True:
            found = await self._look()
            if found is not None and seen is None:
                seen = await self._seen_so_far(found)
            elif found is not None and seen is not None:
                self._note("")
                arrived = [file for file in found.values() if file.mark not in seen and before.get(file.path) == file]
                for file in arrived:
                    yield TriggerEvent({"file": file.path, "size": file.size})  # type: ignore[no-untyped-call]
                if arrived:
                    seen = _with(seen, found, {file.mark for file in arrived})
                    await asyncio.sleep(_SENT_WITHIN)
                    await self._remember(seen)
            before = before if found is None else found
            await asyncio.sleep(self.every)

    async def _look(self) -> dict[str, Found] | None:
        """Return the files that are there; None where that cannot be seen, which the log says once."""
        try:
            return await asyncio.to_thread(look, self.path)
        except Exception as error:  # storage raises what it likes, and may be mended meanwhile
            self._note(f"cannot look for {self.path}: {_reason(error)}; looking again every {self.every:g} s")
            return None

    async def _seen_so_far(self, found: dict[str, Found]) -> list[str] | None:
        """Return the marks of the files that count as seen; None where that cannot be known now."""
        try:
            kept = await self._state.aget(self._key)
            if kept is None:
                kept = [file.mark for file in found.values()]
                await self._state.aset(self._key, kept)
        except Exception as error:  # whatever Airflow's API server answers
            self._note(f"cannot read what was seen of {self.path}: {_reason(error)}")
            return None
        return cast("list[str]", kept)

    async def _remember(self, seen: list[str]) -> None:
        try:
            await self._state.aset(self._key, seen)
        except Exception as error:  # the next file that arrives has it written
            self.log.warning("Cannot note what was seen of %s: %s", self.path, _reason(error))

    @property
    def _state(self) -> Any:
        if self.asset_state_store is None:
            raise LookupError(f"Airflow gives no state for the asset {self.asset}")
        return self.asset_state_store[Asset.ref(name=self.asset)]

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            self.log.warning("File trigger %s %s", self.asset, trouble)
        elif self._trouble and not trouble:
            self.log.info("File trigger %s can look for %s again", self.asset, self.path)
        self._trouble = trouble


def _with(seen: list[str], found: dict[str, Found], arrived: set[str]) -> list[str]:
    """Return what counts as seen now: what is there, and the newest of what is gone."""
    there = {file.mark for file in found.values()}
    gone = [mark for mark in seen if mark not in there]
    return [*gone[-_MOST_GONE:], *sorted(mark for mark in there if mark in seen or mark in arrived)]


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no folder {error.filename or error}"
    if isinstance(error, PermissionError):
        return f"no permission to read {error.filename or error}"
    return str(error) or type(error).__name__

"""JSON: a list of objects, read as it streams by (RFC 8259)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from scheduled_reports.file_formats.base import Bad, FileFormat, InFile, Rows
from scheduled_reports.file_formats.text import utf8
from scheduled_reports.file_formats.values import Gathering
from scheduled_reports.spec.problems import did_you_mean


class JsonFormat(FileFormat):
    """A list of objects, at the top of the file or under a path; objects and lists in them become JSON text."""

    endings: ClassVar[tuple[str, ...]] = (".json",)
    open_ended: ClassVar[bool] = True

    type: Literal["json"]
    records: str = Field(
        "", max_length=500, description="Where the list of objects stands: `data.items`; the whole file unless given."
    )

    def read(self, file: InFile, declared: Mapping[str, str | None]) -> Iterator[Rows]:
        """Yield the objects; a row's number is the object's place in the list, from 1."""
        self._require_list(file)
        as_json = {name for name, kind in declared.items() if kind == "json"}
        yield from Gathering(as_json=as_json).rows(self._objects(file))

    def _objects(self, file: InFile) -> Iterator[tuple[int, Mapping[str, Any]] | Bad]:
        import ijson

        path = f"{self.records}.item" if self.records else "item"
        number = 0
        try:
            for number, found in enumerate(ijson.items(_Reader(utf8(file, None)), path), start=1):
                if isinstance(found, dict):
                    yield number, found
                else:
                    yield Bad(number, not_an_object(found), json.dumps(found, ensure_ascii=False, default=float))
        except ijson.JSONError as error:
            raise self._broken(file, number, error) from error

    def _require_list(self, file: InFile) -> None:
        """Raise where there is no list at the path; ijson itself would give no objects, in silence."""
        import ijson

        keys: dict[str, None] = {}
        above = self.records.rpartition(".")[0]
        try:
            for prefix, event, value in ijson.parse(_Reader(utf8(file, None))):
                if prefix == self.records and event != "map_key":
                    if event == "start_array":
                        return
                    if not self.records and event in {"start_map", "end_map"}:  # what follows may be JSON Lines
                        continue
                    break
                if event == "map_key" and prefix == above:
                    keys[value] = None
        except ijson.JSONError as error:
            raise self._broken(file, 0, error) from error
        where = f"there is no list at {self.records!r}" if self.records else "it is not a list of objects"
        fix = did_you_mean(self.records.rpartition(".")[2], keys)
        raise file.error(where, f"name the list in the source's `format`, `records: …`: {fix}")

    def _broken(self, file: InFile, number: int, error: Exception) -> Exception:
        reason = str(error).partition("\n")[0].removeprefix("b'")
        after = f" after object {number:,}" if number else ""
        if "trailing garbage" in reason:
            return file.error("more than one value stands in it", "where each line is an object, it is `type: jsonl`")
        if "premature EOF" in reason or "incomplete" in reason.lower():
            return file.error(f"the file is cut{after}", "have it sent again, whole", retryable=True)
        return file.error(f"it is no JSON{after}: {reason}", "have it mended")


def not_an_object(value: Any) -> str:
    """Return what is wrong with a row of JSON that is no object."""
    kinds = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return f"it is {kinds.get(type(value), 'a number')}, not an object"


class _Reader:
    """Chunks of bytes as ijson wants them: a file that is read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._kept = chunks, b""

    def read(self, size: int) -> bytes:
        if not self._kept:
            self._kept = next(self._chunks, b"")
        part, self._kept = self._kept[:size], self._kept[size:]
        return part

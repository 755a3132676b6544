"""Hide the columns of a source before anything is made of it."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scheduled_reports import settings
from scheduled_reports.column_casts import kind_of
from scheduled_reports.editions import EVERYBODY, applied
from scheduled_reports.errors import SettingError, SourceError
from scheduled_reports.masks import Mask, Secrets
from scheduled_reports.masks.keep import Keep
from scheduled_reports.run import Run

if TYPE_CHECKING:
    import pyarrow as pa

SHORTEST_KEY = 16
"""Characters; FIPS 198-1 and NIST SP 800-131A ask for 112 bits of a key at least."""

FIX = (
    'airflow connections add masking --conn-type generic --conn-password "$(openssl rand -hex 32)", '
    "and set [scheduled_reports] masking_conn_id = masking"
)


def secrets_of(run: Run) -> Secrets:
    """Return what the masks of a run need: the deployment's key only where one of them is keyed.

    Raises:
        SettingError: There is no such key, or it is too short.
        UnknownConnectionError: The connection that holds it does not exist.
    """
    columns = {
        f"{source}.{name}": column
        for source, entry in run.report.spec.sources.items()
        for name, column in entry.columns.items()
    }
    keyed = [name for name, column in columns.items() if any(mask.keyed for mask in column.mask.values())]
    if not keyed:
        return Secrets(b"", b"", run.schedule.timezone)
    key = _key(run, keyed[0])
    text = "\0".join(("", "scheduled_reports", run.report.id, run.schedule.id, run.period.slug, run.run_id))
    return Secrets(key, hmac.digest(key, text.encode(), "sha256"), run.schedule.timezone)


def _key(run: Run, column: str) -> bytes:
    """Return the deployment's key: the password of the connection that the setting `masking_conn_id` names."""
    conn_id = settings.masking_conn_id()
    what = f"the mask of column {column!r} needs this deployment's key"
    if conn_id is None:
        raise SettingError(what, why="the setting [scheduled_reports] masking_conn_id is empty", fix=FIX)
    key = run.connect(conn_id).password or ""
    if len(key) < SHORTEST_KEY:
        why = f"the password of the Airflow connection {conn_id!r} has {len(key)} characters, fewer than {SHORTEST_KEY}"
        raise SettingError(what, why=why, fix="give it a random one: openssl rand -hex 32")
    return key.encode()


def require_masks(run: Run) -> None:
    """Raise SourceError where the spec's masks are no longer those of the run's data.

    Raises:
        SourceError: The spec changed since its extraction.
        ArchiveError: The run's manifest cannot be read.
    """
    if run.folder.manifest().get("masks", {EVERYBODY.key: {}}) != applied(run.report):
        raise SourceError("the run's data is not masked as the spec says", why="the spec changed since the extraction",
                          fix="clear the task `extract`")  # fmt: skip


@dataclass(frozen=True)
class Masking:
    """Masks on some of a table's columns.

    Attributes:
        given: The table's columns.
        masks: The masks, by column; each of these is there.
        secrets: What the masks need.
        what: Names the source and the place of a column in the spec, for messages.
    """

    given: pa.Schema
    masks: Mapping[str, Mask]
    secrets: Secrets
    what: Callable[[str], str]

    def require(self) -> None:
        """Raise SourceError where a mask does not fit its column."""
        for name, mask in self.hiding.items():
            kind = kind_of(self.given.field(name).type)
            if kind != "empty" and (why := mask.fault(kind)):
                what = f"{self.what(name)}: the mask {mask.kind!r} does not fit column {name!r}, which is {kind}"
                raise SourceError(what, why=why, fix="give it another `mask`, or another `type`")

    @property
    def idle(self) -> bool:
        """Whether every column stays as it is."""
        return not self.hiding

    @cached_property
    def schema(self) -> pa.Schema:
        """The masked table's columns."""
        import pyarrow as pa

        types = [(field.name, self._result(field)) for field in self.given]
        return pa.schema([pa.field(name, kind) for name, kind in types if kind is not None])

    def batches(self, given: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the table's rows, masked.

        Raises:
            SourceError: A masked value has no place in its column's type.
        """
        import pyarrow as pa

        kept = {field.name: field.type for field in self.schema}
        for batch in given:
            columns = [
                self._masked(name, column, kept[name])
                for name, column in zip(self.given.names, batch.columns, strict=True)
                if name in kept
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=self.schema)

    @cached_property
    def hiding(self) -> dict[str, Mask]:
        """The masks that hide something."""
        return {name: mask for name, mask in self.masks.items() if not isinstance(mask, Keep)}

    def _result(self, field: pa.Field) -> pa.DataType | None:
        mask = self.hiding.get(field.name)
        return field.type if mask is None else mask.result(_plain(field.type))

    def _masked(self, name: str, column: pa.Array, kind: pa.DataType) -> pa.Array:
        import pyarrow as pa

        mask = self.hiding.get(name)
        if mask is None:
            return column
        if column.null_count == len(column):
            return pa.nulls(len(column), kind)
        values, indices = _distinct(column)
        try:
            masked = mask.apply(values, self.secrets).cast(kind)
        except (ValueError, OverflowError):  # not chained: it holds the value
            masked = None
        if masked is None:
            what = f"{self.what(name)}: the mask {mask.kind!r} makes of column {name!r} what is no {kind}"
            raise SourceError(what, why="a value is too large for it", fix="give the column a wider `type`")
        return masked.take(indices)


def _plain(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _distinct(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return a column's values, each once but for lists and structs, and where each row's is among them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type) and kind_of(column.type) == "nested":
        there = column.is_valid()
        places = pc.subtract(pc.cumulative_sum(there.cast(pa.int64())), 1)
        return column.drop_null(), pc.if_else(there, places, None)
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return encoded.dictionary.cast(_plain(encoded.type)), encoded.indices

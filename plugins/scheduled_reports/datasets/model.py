"""A dataset that unites channels into one table of a model, and keeps apart what does not fit."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.datasets.base import Dataset, Fault
from scheduled_reports.errors import SourceError
from scheduled_reports.model import Name
from scheduled_reports.models.checks import mapping_findings, unit_findings
from scheduled_reports.models.file import CHANNEL, CanonicalModel
from scheduled_reports.models.literals import name_sql
from scheduled_reports.models.load import ModelError, load_model
from scheduled_reports.models.mapping import ChannelOrigin, Limit, Rates
from scheduled_reports.models.money import require_rates
from scheduled_reports.models.quarantine import (
    Counted,
    counted,
    most_frequent,
    rejected_table,
    rejects_sql,
    rejects_table,
    split,
)
from scheduled_reports.models.reading import MappingError, readings
from scheduled_reports.models.statement import Part, Statement
from scheduled_reports.models.tolerance import too_many
from scheduled_reports.parquet import write_batches
from scheduled_reports.spec.marks import Finding, ModelName

if TYPE_CHECKING:
    from scheduled_reports.run import Run
    from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)


class ModelDataset(Dataset):
    """A table in the shape of a model of `include/models/`, made of one or more channels.

    Rows that do not fit are in the table `<name>_rejected`, with the reason; `<name>_rejects` counts them by channel,
    account and problem.
    """

    type: Literal["model"] = "model"
    model: ModelName = Field(description="The model's name: its file in `include/models/`, without `.yaml`.")
    channels: dict[Name, ChannelOrigin] = Field(
        min_length=1, description="Where rows come from: each channel's table, and its columns."
    )
    rates: Rates | None = Field(
        None, description="Rates of exchange, where a channel's money is another than the model's."
    )
    max_rejects: Limit = Field(
        0, description="How many rows may fail to fit before the report stops: `2%` of each channel's rows, or a "
        "number of all channels' rows together. That no row at all fits stops it always."
    )  # fmt: skip

    def tables(self, name: str) -> tuple[str, ...]:
        """Return the names of its tables: the rows that fit, those that do not, and their counts."""
        return (name, rejected_table(name), rejects_table(name))

    def reads(self, known: Collection[str], include: Path) -> set[str]:
        """Return the tables of its channels and its rates."""
        named = {channel.table for channel in self.channels.values()}
        return (named | ({self.rates.table} if self.rates else set())) & set(known)

    def findings(self, include: Path) -> Iterator[Finding]:
        """Yield what its mapping says that its model does not have."""
        try:
            model = load_model(self.model, include)
        except ModelError:  # told where the model is named
            return
        yield from mapping_findings(self.model, model, self.channels, self.rates)

    def faults(self, known: Collection[str], binds: Collection[str], include: Path) -> Iterator[Fault]:
        """Yield units that cannot become the model's."""
        for loc, message, hint in unit_findings(load_model(self.model, include), self.channels):
            yield Fault(loc, message, hint)

    def shown(self, include: Path) -> str:
        """Return the SQL of its rows, as it is where every column of a channel is text.

        Raises:
            SourceError: Its model or its mapping cannot be used.
        """
        with _usable(f"a dataset of the model {self.model!r}"):
            model = load_model(self.model, include)
            parts = [
                Part(name, number, channel.table, readings(model, channel, None, {}))
                for number, (name, channel) in enumerate(self.channels.items(), start=1)
            ]
            return Statement(model, parts, self.rates).judged()

    def make(self, run: Run, name: str, tables: Tables, target: Path) -> None:
        """Convert and judge every row, write those that fit and the others, and count both."""
        what = f"dataset {name!r} ({run.report.query_place('datasets', name)})"
        with _usable(what):
            _Making(self, load_model(self.model, run.include), run, name, tables, what).make(target)


@contextmanager
def _usable(what: str) -> Iterator[None]:
    """Turn what is wrong with a model or a unit into a SourceError; `reports check` says it with its place."""
    try:
        yield
    except (ModelError, ValueError) as error:
        fix = "`reports check` says where"
        raise SourceError(f"{what}: its model or its mapping cannot be used", why=str(error), fix=fix) from error


@dataclass(frozen=True)
class _Making:
    """One dataset being made."""

    dataset: ModelDataset
    model: CanonicalModel
    run: Run
    name: str
    tables: Tables
    what: str

    @property
    def _kept(self) -> str:
        """Where the run keeps the rejected rows that stopped it."""
        return f"rejected/{rejected_table(self.name)}.parquet"

    def make(self, target: Path) -> None:
        (self.run.folder.root / self._kept).unlink(missing_ok=True)  # an earlier try's
        statement = Statement(self.model, [*self._parts()], self.dataset.rates)
        if self.dataset.rates is not None:
            foreign = [reading for part in statement.parts for reading in part.foreign]
            needed = {reading.column.currency for reading in foreign}
            needed |= {reading.money.code for reading in foreign if reading.money is not None}
            require_rates(self.dataset.rates, self.tables, needed - {None}, self.what)
        shared = self._shared_keys(statement)
        rejected = target.with_name(f"{rejected_table(self.name)}.parquet")
        try:
            with self.tables.query(statement.judged(shared), self.run.binds(), self.what) as judged:
                split(judged, [CHANNEL, *self.model.columns], target, rejected, self.what)
        finally:
            if shared is not None:
                self.tables.path(shared).unlink()
        with self.tables.query(rejects_sql(self.name), {}, self.what) as reader:
            write_batches(reader.schema, reader, target.with_name(f"{rejects_table(self.name)}.parquet"), self.what)
        self._account(statement.parts)

    def _parts(self) -> Iterator[Part]:
        for number, (name, channel) in enumerate(self.dataset.channels.items(), start=1):
            what = f"{self.what}, channel {name!r}"
            present = {column.lower(): column for column in self.tables.columns(channel.table)}
            try:
                raw = readings(self.model, channel, present, {})
                listed = ", ".join(f"{reading.raw} AS {name_sql(reading.name)}" for reading in raw)
                sql = f"DESCRIBE SELECT {listed} FROM {name_sql(channel.table)}"
                with self.tables.query(sql, self.run.binds(), what) as reader:
                    types = {row["column_name"]: row["column_type"] for row in reader.read_all().to_pylist()}
                part = Part(name, number, channel.table, readings(self.model, channel, present, types))
                for reading in part.readings:
                    reading.converted()
            except MappingError as error:
                raise SourceError(f"{what}: {error}", why=error.hint, fix=f"correct {self._fix(name)}") from error
            yield part

    def _shared_keys(self, statement: Statement) -> str | None:
        """Return the table of the keys that several rows share; None where there are none."""
        if not self.model.key:
            return None
        name = f"{self.name}__keys"  # no table of a spec has two underscores
        path = self.tables.folder / f"{name}.parquet"
        with self.tables.query(statement.shared_keys(), self.run.binds(), self.what) as reader:
            write_batches(reader.schema, reader, path, f"{self.what}, its keys")
        if self.tables.rows(name):
            return name
        path.unlink()
        return None

    def _account(self, parts: list[Part]) -> None:
        """Log what became of each channel's rows.

        Raises:
            SourceError: Rows got lost, or too many do not fit.
        """
        found = counted(self.tables, self.name, {part.name: part.table for part in parts})
        for channel, count in found.items():
            log.info("%s: %s %s rows, %s rejected", self.name, channel, f"{count.rows:,}", f"{count.rejected:,}")
            if count.rows != count.fitting + count.rejected:
                why = f"{count.rows:,} came, {count.fitting:,} fit, and {count.rejected:,} do not"
                fix = "make a dataset of its own of an expression that adds up or unnests rows"
                raise SourceError(f"{self.what}, channel {channel!r}: rows got lost or doubled", why=why, fix=fix)
        rows = {channel: count.rows for channel, count in found.items()}
        rejected = {channel: count.rejected for channel, count in found.items()}
        if stopping := too_many(self.dataset.max_rejects, rows, rejected):
            self._stop(found, [part for name in stopping for part in parts if part.name == name])

    def _stop(self, found: Mapping[str, Counted], stopping: list[Part]) -> None:
        table = rejected_table(self.name)
        told = [line for part in stopping for line in self._told(part, found[part.name])]
        self.run.folder.put(self.tables.path(table), self._kept)
        total, rejected = (sum(getattr(count, key) for count in found.values()) for key in ("rows", "rejected"))
        raise SourceError(
            f"{self.what}: {rejected:,} of {total:,} rows do not fit the model {self.dataset.model!r}, more than "
            f"max_rejects ({self.dataset.max_rejects}) allows",
            why="\n".join(told),
            fix=f"mend the source, or correct {self._fix(stopping[0].name)}; the rejected rows are in "
            f"{self.run.folder.root / self._kept}",
        )

    def _told(self, part: Part, count: Counted) -> Iterator[str]:
        """Yield a channel's most frequent problems, and from what the columns that have them come today."""
        origins = {reading.name: f" ({reading.name} comes from {reading.source})" for reading in part.readings}
        yield f"\n  channel {part.name!r} (from {part.table!r}): {count.rejected:,} of {count.rows:,} rows"
        for problem, rows, example in most_frequent(self.tables, self.name, part.name):
            yield f"    {problem} ({rows:,}): for example {example}{origins.get(problem.partition(':')[0], '')}"

    def _fix(self, channel: str) -> str:
        return f"its mapping, datasets.{self.name}.channels.{channel} in {self.run.report.path.name}"

"""Let a source's tables into a run: with the declared types, and masked for each edition."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.declared_columns import DeclaredColumns
from scheduled_reports.editions import Edition
from scheduled_reports.masking import Masking
from scheduled_reports.masks import Mask, Secrets
from scheduled_reports.parquet import write_batches
from scheduled_reports.run import Run
from scheduled_reports.spec.compose import read_spec
from scheduled_reports.tables import BATCH_ROWS

if TYPE_CHECKING:
    import pyarrow as pa


def admit(run: Run, name: str, raw: Path, folders: Mapping[Edition, Path], secrets: Secrets) -> None:
    """Put the tables of the source `name`, which lie in `raw`, into each edition's folder.

    Where the types are right and nothing is masked, a file is linked, not written again.

    Raises:
        SourceError: A declared column is missing, a value does not fit its type, or a mask does not fit its column.
    """
    import pyarrow.parquet as pq

    source, file = run.report.spec.sources[name], raw / f"{name}.parquet"
    what = partial(_what, run, name)
    declared = DeclaredColumns(pq.read_schema(file).remove_metadata(), source.columns, what)
    declared.require()
    written: dict[frozenset[tuple[str, Mask]], Path] = {}
    for edition, folder in folders.items():
        masks = {column: mask for column, told in source.columns.items() if (mask := told.mask_for(edition.role))}
        masking, target = Masking(declared.schema, masks, secrets, what), folder / file.name
        masking.require()
        key = frozenset(masking.hiding.items())
        if key in written:
            link(written[key], target)
        elif declared.fit and masking.idle:
            link(file, target)
        else:
            _write(file, declared, masking, target, f"source {name!r} for {edition}")
        written.setdefault(key, target)
    for table in source.tables(name)[1:]:
        for folder in folders.values():
            link(raw / f"{table}.parquet", folder / f"{table}.parquet")


def _write(file: Path, declared: DeclaredColumns, masking: Masking, target: Path, what: str) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as given:
        rows: pa.RecordBatch = given.iter_batches(BATCH_ROWS)
        write_batches(masking.schema, masking.batches(declared.batches(rows)), target, what)


def link(file: Path, target: Path) -> None:
    """Give a file another name as well; a copy where the file system has no such thing."""
    try:
        target.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, target)


def _what(run: Run, name: str, column: str) -> str:
    """Name a source, and where the spec speaks of one of its columns, for messages."""
    spec, _ = read_spec(run.report.path, run.report.include)
    place = spec.place(("sources", name, "columns", column), key=True)
    return f"source {name!r} ({place.file if place.used_by else place.path.name}:{place.line})"

"""Copy a table out of the archive, whole or not at all."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.archive import FIX
from scheduled_reports.errors import ArchiveError, SourceError

if TYPE_CHECKING:
    from scheduled_reports.archived_runs import ArchivedRun

_NO_ROOM = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


def copy_table(run: ArchivedRun, table: str, target: Path, what: str) -> None:
    """Copy a table of an archived run to `target`, in pieces, and compare it with what the run's manifest says.

    Args:
        run: The run; its manifest lists the table.
        table: The table.
        target: The file to write.
        what: Who wants it, for messages.

    Raises:
        SourceError: The file is not there, or is not whole.
        ArchiveError: The archive cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    origin = run.folder.root / "data" / f"{table}.parquet"
    fix = "restore it from the archive's backup, or run that period again with 'force'"
    try:
        with origin.open("rb") as remote, target.open("wb") as local:  # type: ignore[no-untyped-call]
            shutil.copyfileobj(remote, local)
    except FileNotFoundError as error:
        why = "somebody removed it: the run's manifest lists it"
        raise SourceError(f"{what}: {origin} is not there", why=why, fix=fix) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise
        raise ArchiveError(f"{what}: cannot read {origin}", why=str(error), fix=FIX) from error
    told = run.tables[table]
    size, rows = target.stat().st_size, None
    try:
        rows = pq.read_metadata(target).num_rows
    except (pa.ArrowException, OSError):
        why = f"it is no whole Parquet file; it has {size:,} bytes, and had {told['bytes']:,}"
        raise SourceError(f"{what}: {origin} is damaged", why=why, fix=fix) from None
    if (size, rows) != (told["bytes"], told["rows"]):
        why = f"it has {rows:,} rows in {size:,} bytes, and had {told['rows']:,} in {told['bytes']:,}"
        raise SourceError(f"{what}: {origin} is not what the run made", why=why, fix=fix)

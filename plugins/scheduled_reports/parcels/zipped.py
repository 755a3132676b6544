"""Put a file into a zip of its own."""

from __future__ import annotations

import shutil
import uuid
import zipfile
from pathlib import Path

from scheduled_reports.parcels.item import Item, fact_of

MEDIA_TYPE = "application/zip"

_LONG = 2**31 - 1
"""From here on a zip notes sizes otherwise (APPNOTE 4.5.3); a stream has to say so before."""


def zipped(item: Item, folder: Path) -> Item | None:
    """Return a file in a zip in `folder`, the same bytes for the same file; None where it does not become smaller.

    It is deflated as zip itself does it (zlib's level 6): 9 is three times slower and hardly smaller.
    """
    target = folder / f"{uuid.uuid4().hex}.zip"
    entry = zipfile.ZipInfo(item.artifact.name)  # with its usual time, of 1980
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    with (
        item.path.open("rb") as source,
        zipfile.ZipFile(target, "w") as archive,
        archive.open(entry, "w", force_zip64=item.artifact.size > _LONG) as sink,
    ):
        shutil.copyfileobj(source, sink, 1 << 20)
    if target.stat().st_size >= item.artifact.size:
        target.unlink()
        return None
    return fact_of(item, target, f"{item.artifact.name}.zip", MEDIA_TYPE)

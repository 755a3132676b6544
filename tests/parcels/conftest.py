"""What the tests of deliveries that are too large share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scheduled_reports.audience import Recipient
from scheduled_reports.channels import Channel, Delivery
from scheduled_reports.channels.email import Email
from scheduled_reports.formats.base import Artifact, Records
from scheduled_reports.parcels import Packing

WORDS = {
    "report": {"id": "sales", "title": "Sales", "owner": "owner@northwind.example"},
    "schedule": {"id": "daily", "timezone": "Europe/Berlin"},
    "period": {"label": "1 October 2026", "slug": "2026-10-01"},
    "parameters": {},
    "brand": {"name": "", "sender_name": "", "footer": "", "website": ""},
    "run": {"id": "manual__1"},
}
CSV = Records(is_headed=True, may_quote=True)
Make = Callable[..., list[Delivery]]


def delivery_of(folder: Path, **files: tuple[str, bytes]) -> Delivery:
    """Return a delivery of files: format id = (file name, bytes)."""
    folder.mkdir(exist_ok=True)
    paths, artifacts = {}, {}
    for key, (name, content) in files.items():
        paths[key] = folder / name
        paths[key].write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        kind = {"html": "text/html", "csv": "text/csv"}.get(name.rpartition(".")[2], "application/octet-stream")
        artifacts[key] = Artifact(key, name, kind, f"files/{name}", len(content), digest)
    return Delivery("d" * 32, Recipient("ann@northwind.example"), paths, artifacts, WORDS)


def email(rules: list[str], max_size: int | None = None, **fields: Any) -> Email:
    """Return an e-mail destination that follows rules."""
    size = {} if max_size is None else {"max_size": f"{max_size} B"}
    fields = {"attach": ["csv"], **fields, **size, "if_too_large": rules}
    return Email.model_validate({"type": "email", "to": ["ann@northwind.example"], **fields})


def packing_of(channel: Channel, folder: Path, limit: int | None = None, url: str = "", **records: Records) -> Packing:
    """Return what packs for a destination; links are to `url`, and a file's name behind it."""
    folder.mkdir(exist_ok=True)
    return Packing(channel, limit, lambda: folder, records, lambda artifact: f"{url}/{artifact.name}" if url else "")


@pytest.fixture
def packed(tmp_path: Path) -> Make:
    """Return a function that packs files for a destination, and looks whether each message is light enough."""

    def make(
        channel: Channel, files: dict[str, tuple[str, bytes]], *, limit: int | None = None, url: str = "",
        **records: Records,
    ) -> list[Delivery]:  # fmt: skip
        delivery = delivery_of(tmp_path / "files", **files)
        made = packing_of(channel, tmp_path / "packed", limit, url, **records).fitted(delivery)
        most = min(size for size in (limit, channel.max_size) if size is not None)
        assert all(channel.weight(part) <= most for part in made)
        return made

    return make

"""What the tests of all channels share."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scheduled_reports.channels import Delivery
from scheduled_reports.formats.base import Artifact

WORDS = {
    "report": {"id": "sales", "title": "Umsätze 📈", "owner": "owner@example.org"},
    "schedule": {"id": "daily", "timezone": "Europe/Berlin"},
    "period": {"label": "3. März 2026", "slug": "2026-03-03"},
    "parameters": {"region": "Süd"},
}


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Define an Airflow connection; returns its id."""

    def define(conn_id: str, **fields: Any) -> str:
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))
        return conn_id

    return define


@pytest.fixture
def delivery(tmp_path: Path) -> Callable[..., Delivery]:
    """Make a delivery of files: format id = (file name, media type, bytes)."""

    def make(
        recipient: str,
        *,
        key: str = "d" * 32,
        words: Mapping[str, Any] = WORDS,
        **files: tuple[str, str, bytes],
    ) -> Delivery:
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        paths, artifacts = {}, {}
        for format_id, (name, media_type, content) in files.items():
            paths[format_id] = folder / name
            paths[format_id].write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            artifacts[format_id] = Artifact(format_id, name, media_type, f"files/{name}", len(content), digest)
        return Delivery(key, recipient, paths, artifacts, words)

    return make

"""Proof that a storage has a file as it was made."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import DeliveryError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_CHUNK = 1 << 20

_MD5 = re.compile(r"[0-9a-f]{32}")

_VERSIONS = ("VersionId", "version_id", "generation")
"""What the file systems of fsspec call a file's version."""

_ETAGS = ("ETag", "etag")


def require_whole(files: AbstractFileSystem, path: str, local: Path, *, whole_put: bool) -> None:
    """Compare a stored file with the one it was made of: its size, and its checksum where the storage tells one.

    The MD5 that an object store tells is of other bytes where it encrypts them with a key of its own: then the file is
    read back.

    Raises:
        DeliveryError: It is not the same.
    """
    files.invalidate_cache()
    found, size = files.info(path), local.stat().st_size
    arrived = found.get("size")
    if arrived is not None and arrived != size:
        raise _not_whole(path, f"{size:,} bytes were sent, and {arrived:,} arrived")
    told = _md5_in(found) if whole_put else None
    if told is not None and told != _digest_of(local, "md5") and not is_same(files, path, local):
        raise _not_whole(path, "its bytes are not those that were sent")


def is_same(files: AbstractFileSystem, path: str, local: Path) -> bool:
    """Return whether a stored file has the bytes of a local one; it is read back where its size does not tell."""
    if files.info(path).get("size") not in {None, local.stat().st_size}:
        return False
    found = hashlib.sha256()
    with files.open(path, "rb") as stored:
        while chunk := stored.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest() == _digest_of(local, "sha256")


def version_in(info: dict[str, Any]) -> str:
    """Return what a storage calls this version of a file, in brackets; nothing where it has no name for it."""
    version = next((str(info[name]) for name in _VERSIONS if info.get(name) not in {None, "null"}), "")
    etag = next((str(info[name]).strip('"') for name in _ETAGS if info.get(name)), "")
    told = [f"version {version}"] if version else []
    told += [f"etag {etag}"] if etag else []
    return f" ({', '.join(told)})" if told else ""


def _md5_in(info: dict[str, Any]) -> str | None:
    """Return the MD5 that S3 (of a file put at once), Google or Azure tell, in hex."""
    etag = str(info.get("ETag") or "").strip('"')
    if _MD5.fullmatch(etag):
        return etag
    settings = info.get("content_settings")
    given = info.get("md5Hash") or (settings.get("content_md5") if isinstance(settings, dict) else None)
    if isinstance(given, str):
        return base64.b64decode(given).hex()
    return bytes(given).hex() if isinstance(given, bytes | bytearray) else None


def _digest_of(local: Path, name: str) -> str:
    with local.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(name, usedforsecurity=False)).hexdigest()


def _not_whole(path: str, why: str) -> DeliveryError:
    fix = "look whether the storage is full, or changes what is put there"
    return DeliveryError(f"{path} is not whole", why=why, fix=fix, retryable=True)

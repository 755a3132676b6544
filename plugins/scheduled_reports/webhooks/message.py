"""What a webhook says of a report, and how its files go along."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from scheduled_reports.channels.base import Delivery
from scheduled_reports.webhooks.body import Body, FilePiece

EVENT = "report.ready"

Form = Literal["json", "multipart"]
Content = Literal["inline", "none"]

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def message_id(delivery: Delivery) -> str:
    """Return what is the same on every attempt to send a delivery, or one of its parts; letters, digits, `-`, `_`."""
    number, of = delivery.part
    own = re.sub(r"[^A-Za-z0-9_-]", "_", delivery.id)
    return own if of == 1 else f"{own}-{number}"


def body_of(delivery: Delivery, form: Form, content: Content) -> Body:
    """Return the body that carries a delivery.

    Raises:
        DeliveryError: A file cannot be read.
    """
    if form == "json":
        return Body(_json_pieces(delivery, content), "application/json")
    boundary = f"report-{hashlib.sha256(message_id(delivery).encode()).hexdigest()[:40]}"
    return Body(_multipart_pieces(delivery, boundary, content), f'multipart/form-data; boundary="{boundary}"')


def metadata(delivery: Delivery) -> dict[str, Any]:
    """Return what is said of a report, but for its files."""
    words, (number, of) = delivery.words, delivery.part
    period = words["period"]
    return {
        "event": EVENT,
        "id": message_id(delivery),
        "report": words["report"]["id"],
        "title": words["report"]["title"],
        "owner": words["report"]["owner"],
        "schedule": words["schedule"]["id"],
        "period": {
            "start": period["start"].isoformat(), "end": period["end"].isoformat(), "label": period["label"],
            "slug": period["slug"],
        },
        "run": words["run"]["id"],
        "part": {"number": number, "of": of},
        "notices": [{"word": notice.word, "text": notice.text} for notice in delivery.notices],
        "links": [{"name": link.name, "url": link.url, "size": link.size} for link in delivery.links],
    }  # fmt: skip


def _files(delivery: Delivery) -> Iterator[tuple[dict[str, Any], Path]]:
    """Yield what is said of each file, and where it is."""
    for key, path in delivery.files.items():
        artifact = delivery.artifacts[key]
        yield {
            "format": key, "name": artifact.name, "media_type": artifact.media_type, "size": artifact.size,
            "sha256": artifact.sha256,
        }, path  # fmt: skip


def _json_pieces(delivery: Delivery, content: Content) -> Iterator[bytes | FilePiece]:
    yield _json(metadata(delivery))[:-1] + b',"artifacts":['
    for number, (facts, path) in enumerate(_files(delivery)):
        comma = b"," if number else b""
        if content == "none":
            yield comma + _json(facts)
            continue
        yield comma + _json(facts)[:-1] + b',"content_base64":"'
        yield FilePiece(path, as_base64=True)
        yield b'"}'
    yield b"]}"


def _multipart_pieces(delivery: Delivery, boundary: str, content: Content) -> Iterator[bytes | FilePiece]:
    """Yield a form (RFC 7578): `metadata`, then each file under its format's id."""
    files = list(_files(delivery))
    about = metadata(delivery) | {"artifacts": [facts for facts, _ in files]}
    yield _part(boundary, 'name="metadata"', "application/json") + _json(about)
    for facts, path in files if content == "inline" else ():
        names = f'name="{_quoted(facts["format"])}"; filename="{_quoted(facts["name"])}"'
        yield b"\r\n" + _part(boundary, names, facts["media_type"])
        yield FilePiece(path)
    yield f"\r\n--{boundary}--\r\n".encode()


def _part(boundary: str, names: str, media_type: str) -> bytes:
    kind = _CONTROLS.sub("", media_type)
    return f"--{boundary}\r\nContent-Disposition: form-data; {names}\r\nContent-Type: {kind}\r\n\r\n".encode()


def _quoted(name: str) -> str:
    """Return a name as browsers write it in a form: quotes and line breaks as `%22`, `%0D`, `%0A` (WHATWG HTML)."""
    return _CONTROLS.sub(lambda found: f"%{ord(found[0]):02X}", name.replace('"', "%22"))


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()

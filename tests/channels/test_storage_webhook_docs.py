"""What the pages about webhooks and storages show is valid, works, and lacks no field."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from channels.hooks import SECRET, channel, parcel, point_at, receiving, send
from scheduled_reports.channels.archive import Archive
from scheduled_reports.channels.base import Channel
from scheduled_reports.channels.storage import Storage
from scheduled_reports.channels.webhook import Webhook
from scheduled_reports.cli.check import checked
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT

PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("webhook", "storage")}
BLOCKS = [
    (page, *block) for page, text in PAGES.items() for block in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.S | re.M)
]
EXAMPLES = [(page, text) for page, kind, text in BLOCKS if kind == "yaml"]

WHOLE = """
title: Shown on a page
owner: owner@northwind.example
sources:
  shown: {type: sql, connection: shop, sql: SELECT 1 AS one}
content:
  - {type: table, dataset: shown}
formats:
  - {type: html_email}
  - {type: csv, dataset: shown}
schedules:
  - {id: daily, when: {type: daily, at: "06:15"}, timezone: Europe/Berlin, covers: previous_day}
"""


@pytest.mark.parametrize(("page", "text"), EXAMPLES, ids=[f"{page}-{at}" for at, (page, _) in enumerate(EXAMPLES)])
def test_every_example_is_valid(tmp_path: Path, page: str, text: str) -> None:
    spec = yaml.load(WHOLE, CoreSchemaLoader) | yaml.load(text, CoreSchemaLoader)
    named = {
        name
        for entry in spec["deliver"]
        for name in ([entry["files"]] if isinstance(entry["files"], str) else entry["files"])
    }
    spec["formats"] = [entry for entry in spec["formats"] if entry["type"] in named]
    (tmp_path / "shown.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")

    found = checked([tmp_path], tmp_path, dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC))
    assert [str(problem) for problem in found.problems] == []


@pytest.mark.parametrize(("page", "kind"), [("webhook", Webhook), ("storage", Storage), ("storage", Archive)])
def test_no_field_is_missing(page: str, kind: type[Channel]) -> None:
    fields = set(kind.model_fields) - set(Channel.model_fields) - {"type"}

    assert fields - set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", PAGES[page])))) == set()


@pytest.fixture
def verified() -> Any:
    """The receiver's function on the page."""
    (text,) = (text for page, kind, text in BLOCKS if (page, kind) == ("webhook", "python"))
    names: dict[str, Any] = {}
    exec(text, names)
    return names["verified"]


def test_the_receiver_on_the_page_knows_ours_from_any_other(connection: Any, delivery: Any, verified: Any) -> None:
    to = channel()
    with receiving() as receiver:
        point_at(connection, receiver, password=f"another-passphrase-of-24-letters {SECRET}")
        send(to, parcel(delivery, to))
    (taken,) = receiver.taken

    for secret in (SECRET, "another-passphrase-of-24-letters"):
        assert verified(taken.headers, taken.body, secret) == "d" * 32
    with pytest.raises(ValueError, match="not signed"):
        verified(taken.headers, taken.body + b" ", SECRET)
    with pytest.raises(ValueError, match="not signed"):
        verified(taken.headers, taken.body, "whsec_" + "A" * 32)
    with pytest.raises(ValueError, match="too old"):
        verified({**taken.headers, "webhook-timestamp": str(int(time.time()) - 301)}, taken.body, SECRET)


def test_the_message_on_the_page_has_what_is_sent(connection: Any, delivery: Any) -> None:
    to = channel()
    with receiving() as receiver:
        point_at(connection, receiver)
        send(to, parcel(delivery, to))
    shown = json.loads(next(text for page, kind, text in BLOCKS if kind == "json" and "event" in text))
    sent = json.loads(receiver.taken[0].body)

    assert set(shown) == set(sent)
    assert set(shown["artifacts"][0]) == set(sent["artifacts"][0])
    assert set(shown["period"]) == set(sent["period"])

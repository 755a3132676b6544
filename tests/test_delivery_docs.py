"""What docs/delivery.md shows is valid, and every field that it is about is spoken of."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from scheduled_reports.channels import Channel
from scheduled_reports.ledger import DeliveryState
from scheduled_reports.schedule.deliver_at import DeliverAtTime
from scheduled_reports.spec.escalation import Escalation
from scheduled_reports.spec.load import Report, load
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT
from specs import SALES, write

PAGE = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def merged(block: str) -> str:
    spec: dict[str, Any] = yaml.load(SALES, CoreSchemaLoader)
    return yaml.safe_dump({**spec, **yaml.load(block, CoreSchemaLoader)}, sort_keys=False)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_is_valid(tmp_path: Path, block: str) -> None:
    loaded = load(write(tmp_path, merged(block)), tmp_path / "include")

    assert isinstance(loaded, Report), loaded.problems


def test_every_time_that_is_shown_is_one() -> None:
    shown = re.findall(r'^\| `"?(\d\d:\d\d[^"`]*)"?` \|', PAGE, re.MULTILINE)

    read = TypeAdapter(DeliverAtTime).validate_python
    assert [str(read(text)) for text in shown] == ["08:00", "08:00 recipient", "08:00 Europe/Berlin"]


def test_every_state_and_field_is_spoken_of() -> None:
    fields = {"deliver_at", "on_uncertain", "failover", "standby"} & set(Channel.model_fields)

    assert len(fields) == 4
    assert {
        word for word in (*fields, *Escalation.model_fields, "escalate", "tell_late") if f"`{word}`" not in PAGE
    } == set()
    assert {state for state in DeliveryState if state not in PAGE} == set()

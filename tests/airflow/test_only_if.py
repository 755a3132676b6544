"""A destination that needs nothing of a run is skipped in Airflow's grid, and the run is green."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demo.mail_server import MailServer
from specs import SALES, write

STEWARD = "  - {type: email, id: steward, connection: mail, to: eva@northwind.example, attach: csv, only_if: large}\n"
LARGE = "datasets:\n  large: {sql: SELECT * FROM orders WHERE amount > 100}\n"
SPEC = SALES.replace("schedules:\n", f"{STEWARD}schedules:\n").replace("datasets:\n", LARGE)


def test_a_destination_that_needs_nothing_is_skipped_and_its_run_is_green(
    project: Path, inbox: MailServer, run_dag: Callable[..., tuple[str, dict[str, Any]]]
) -> None:
    write(project, SPEC)

    state, instances = run_dag("sales__daily")

    found = {instances[f"deliver[{n}]"].rendered_map_index: str(instances[f"deliver[{n}]"].state) for n in (0, 1)}
    assert (state, str(instances["close"].state)) == ("success", "success")
    assert found == {"email": "success", "steward": "skipped"}
    [manifest] = [json.loads(path.read_text()) for path in (project / "archive").rglob("manifest.json")]
    assert [(entry["destination"], entry["state"]) for entry in manifest["deliveries"]][-1] == ("steward", "not_needed")

    state, instances = run_dag("sales__daily")

    assert (state, {str(instance.state) for instance in instances.values()}) == ("success", {"skipped"})
    assert len(inbox.messages()) == 2


def test_a_destination_that_needs_its_delivery_gets_it(
    project: Path, inbox: MailServer, run_dag: Callable[..., tuple[str, dict[str, Any]]]
) -> None:
    write(project, SPEC.replace("amount > 100", "amount > 10"))

    state, instances = run_dag("sales__daily")

    assert (state, str(instances["deliver[1]"].state), len(inbox.messages())) == ("success", "success", 3)

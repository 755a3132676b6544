"""A run delivers through a webhook, a storage and the archive, each once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from channels.hooks import point_at, receiving
from runs import connect_shop, ledger_of, rendered, run_of
from scheduled_reports.ledger import DeliveryState
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.plan import owed
from specs import SALES


def test_each_destination_gets_the_report_once(tmp_path: Path, connection: Callable[..., str]) -> None:
    start, end = SALES.index("deliver:"), SALES.index("schedules:")
    destinations = (
        "deliver:\n"
        "  - {type: webhook, connection: hooks, path: 'in/{{ report.id }}', files: [csv, html_email]}\n"
        f"  - {{type: storage, path: 'file://{tmp_path}/out/{{{{ report.id }}}}', files: csv}}\n"
        "  - {type: archive, files: html_email}\n"
    )
    run, ledger = run_of(tmp_path, SALES[:start] + destinations + SALES[end:]), ledger_of(tmp_path)
    connect_shop(connection, tmp_path)
    with receiving() as receiver:
        point_at(connection, receiver)
        rendered(run, ledger)
        for _ in range(2):
            for name in ("webhook", "storage", "archive"):
                assert deliver(run, ledger, name)["delivered"] == 1

    (taken,) = receiver.taken
    said = json.loads(taken.body)
    assert (said["report"], said["run"], taken.path) == ("sales", "manual__1", "/in/sales")
    assert [path.name for path in (tmp_path / "out" / "sales").iterdir()] == ["sales_2026-10-01.csv"]
    entries = {entry.destination: entry for entry in owed(run, ledger)}
    assert {entry.state for entry in entries.values()} == {DeliveryState.DELIVERED}
    assert entries["webhook"].receipt == "200 OK"
    assert entries["archive"].receipt.startswith("kept: files/")
    assert close(run, ledger, "mail") == {"delivered": 3}

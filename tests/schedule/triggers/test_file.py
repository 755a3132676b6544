"""A schedule that waits for a file: what Airflow is told, and what the reader is."""

from typing import Any

import pytest
from airflow.sdk import Asset
from pydantic import ValidationError

from scheduled_reports.file_arrived import FileArrived
from scheduled_reports.schedule.triggers.file import FileArrives


def file(path: str = "/data/in/orders_*.csv", **fields: Any) -> FileArrives:
    return FileArrives.model_validate({"type": "file", "path": path, **fields})


def test_airflow_watches_for_it_by_an_asset_that_is_named_after_the_schedule() -> None:
    asset = file(every="90s").airflow_schedule(None, "sales:daily")

    assert isinstance(asset, Asset)
    assert (asset.name, asset.group) == ("report-file:sales:daily", "reports")
    assert asset.extra == {"path": "/data/in/orders_*.csv", "every": "90s"}
    [watcher] = asset.watchers
    assert isinstance(watcher.trigger, FileArrived)
    assert watcher.trigger.serialize() == (
        "scheduled_reports.file_arrived.FileArrived",
        {"asset": "report-file:sales:daily", "path": "/data/in/orders_*.csv", "every": 90.0},
    )


def test_it_is_looked_for_every_minute_unless_said() -> None:
    assert file().every.total_seconds() == 60


def test_it_says_in_words_when_it_runs() -> None:
    assert file().words() == "when the file /data/in/orders_*.csv is updated"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"path": "in/orders.csv"}, "'in/orders.csv' is not a whole path; write it from the root"),
        ({"path": "/data/in/"}, "'/data/in/' is a folder; write which files"),
        ({"path": ""}, "at least 1 character"),
        ({"every": 5}, "5 is not a length of time"),
        ({"every": "2d"}, "less than or equal to 1 day"),
        ({"otherwise": "skip"}, "there is none; write 'deadline' too"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        file(**fields)


def test_a_url_to_no_storage_there_is_is_refused_when_the_dag_is_made() -> None:
    with pytest.raises(ValueError, match="nope"):
        file("nope://bucket/in/*.csv").airflow_schedule(None, "sales:daily")

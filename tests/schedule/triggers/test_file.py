"""A schedule that waits for a file: what Airflow is told, and what the reader is."""

import subprocess
import sys
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
        ({"path": "s4://bucket/x.csv"}, r"no storage of kind 's4'; write a path, or a URL such as s3://conn_id@bucket"),
        ({"path": "://bucket/x.csv"}, "no storage of kind ''"),
        ({"path": ""}, "at least 1 character"),
        ({"every": 5}, "5 is not a length of time"),
        ({"every": "2d"}, "less than or equal to 1 day"),
        ({"otherwise": "skip"}, "there is none; write 'deadline' too"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        file(**fields)


@pytest.mark.parametrize("kind", ["file", "s3", "S3", "gs", "abfss", "sftp"])
def test_a_url_of_each_kind_that_airflow_takes_is_taken(kind: str) -> None:
    assert isinstance(file(f"{kind}://conn_id@bucket/in/*.csv").airflow_schedule(None, "sales:daily"), Asset)


def test_the_kinds_of_storage_are_known_without_airflow() -> None:
    script = (
        "import sys\n"
        "from scheduled_reports.schedule.triggers.file import FileArrives\n"
        "FileArrives(type='file', path='s3://bucket/x.csv')\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] == 'airflow'))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"

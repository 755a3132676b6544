"""Airflow's own runs and tasks, and our ledger's runs and deliveries: reports about the reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.column_types import ColumnType
from scheduled_reports.errors import LedgerError, SourceError
from scheduled_reports.model import ConnectionId, OneOrMany
from scheduled_reports.sources.base import Source
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

    from scheduled_reports.airflow_api import AirflowApi
    from scheduled_reports.ledger.history import History
    from scheduled_reports.run import Run

BATCH_ROWS = 10_000
_NEWER = "name the api-server of Airflow 3.3 or newer"

RUN_STATES = ("queued", "running", "success", "failed")
TASK_STATES = (
    "removed", "scheduled", "queued", "running", "success", "restarting", "failed", "up_for_retry",
    "up_for_reschedule", "upstream_failed", "skipped", "deferred", "awaiting_input",
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A list of Airflow's API as a table.

    Attributes:
        path: Where it is, below `/api/v2`.
        key: Under which an answer has the rows.
        columns: The type of each column, and the name that Airflow has for it.
        states: What a row's state may be.
        paged: Whether it can be long, and is read by cursor for a span of time.
    """

    path: str
    key: str
    columns: dict[str, tuple[ColumnType, str]]
    states: tuple[str, ...] = ()
    paged: bool = True


def _same(kind: ColumnType, *names: str) -> dict[str, tuple[ColumnType, str]]:
    """Return columns that Airflow calls as we do."""
    return {name: (kind, name) for name in names}


LISTS = {
    "dag_runs": Listed(
        "/dags/{dag_id}/dagRuns",
        "dag_runs",
        {
            "dag_id": ("text", "dag_id"), "run_id": ("text", "dag_run_id"),
            **_same("text", "run_type", "state", "triggered_by", "triggering_user_name"),
            **_same("timestamptz", "logical_date", "run_after", "queued_at", "start_date", "end_date"),
            "duration_seconds": ("number", "duration"),
        },
        RUN_STATES,
    ),
    "task_instances": Listed(
        "/dags/{dag_id}/dagRuns/~/taskInstances",
        "task_instances",
        {
            "dag_id": ("text", "dag_id"), "run_id": ("text", "dag_run_id"), "task_id": ("text", "task_id"),
            "map_index": ("integer", "map_index"), "map_label": ("text", "rendered_map_index"),
            **_same("text", "state"), **_same("integer", "try_number", "max_tries"),
            **_same("text", "operator", "pool", "queue", "hostname"),
            **_same("timestamptz", "run_after"),
            "scheduled_at": ("timestamptz", "scheduled_when"), "queued_at": ("timestamptz", "queued_when"),
            **_same("timestamptz", "start_date", "end_date"),
            "duration_seconds": ("number", "duration"),
        },
        TASK_STATES,
    ),
    "import_errors": Listed(
        "/importErrors",
        "import_errors",
        {
            **_same("timestamptz", "timestamp"), **_same("text", "filename", "bundle_name"),
            "error": ("text", "stack_trace"),
        },
        paged=False,
    ),
}  # fmt: skip


class AirflowSource(Source):
    """Airflow's runs and tasks through its REST API, or what our ledger knows of runs and deliveries.

    A row belongs to the period in which its run was due (`run_after`), the run began (`runs`) or the delivery was first
    planned (`deliveries`), or it was noted: that never changes, while states are as they are now. `import_errors` are
    those of now.
    """

    type: Literal["airflow"]
    table: Literal[
        "dag_runs", "task_instances", "import_errors",
        "runs", "deliveries", "checks", "measures", "decisions", "probes",
    ] = Field(
        description="Of Airflow: `dag_runs`, `task_instances` (the last try of each), `import_errors`. Of the ledger, "
        "of all reports: `runs`, `deliveries`, what `checks` found, `measures` (rows, key figures, seconds), "
        "`decisions` of people, and `probes` of connections and sources."
    )  # fmt: skip
    connection: ConnectionId | None = Field(
        None,
        description="Airflow connection id of the api-server, of type http: host, port, schema `https`, login and "
        "password, or a `token` in its extra. Needed for Airflow's tables; the ledger's have none.",
    )
    span: Literal["period", "with_previous"] = Field(
        "period", description="Rows of the period only, or also of the one before that it is compared with."
    )
    dag_ids: OneOrMany[str] = Field((), description="Only these DAGs: `sales__daily`.")
    tags: OneOrMany[str] = Field((), description="Only DAGs with one of these tags.")
    states: OneOrMany[str] = Field((), description="Only rows in one of these states: `[failed, upstream_failed]`.")

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        listed = LISTS.get(self.table)
        if listed is not None and self.connection is None:
            raise ValueError(f"{self.table!r} comes from Airflow's API; add the 'connection' of its api-server")
        useless = {"connection"} if listed is None else set()
        useless |= {"dag_ids", "tags", "states"} if listed is None or not listed.paged else set()
        useless |= {"span"} if self.table == "import_errors" else set()
        if given := sorted(useless & self.model_fields_set):
            raise ValueError(f"{given[0]!r} does nothing for {self.table!r}; leave it out")
        if self.dag_ids and self.tags:
            raise ValueError("both 'dag_ids' and 'tags' are given; write one of them")
        for state in self.states:
            if listed is not None and state not in listed.states:
                raise ValueError(f"no row of {self.table!r} has the state {state!r}; "
                                 f"{did_you_mean(state, listed.states)}")  # fmt: skip
        return self

    def extract(self, run: Run, name: str, target: Path) -> None:
        """Write the rows of the run's period, in the order of their moments."""
        from scheduled_reports.parquet import write_batches

        what = f"source {name!r} ({run.report.query_place('sources', name)}"
        what += f", connection {self.connection!r})" if self.connection else ")"
        schema, rows = self._from_airflow(run, what) if self.table in LISTS else self._from_ledger(run, what)
        write_batches(schema, _batches(rows, schema, what), target, what)

    def probe(self, run: Run, name: str) -> str:
        """Ask for one row of Airflow's list, or of the ledger."""
        what = f"source {name!r} ({run.report.query_place('sources', name)})"
        if self.table not in LISTS:
            next(self._from_ledger(run, what)[1], None)
            return "the ledger can be read"
        from scheduled_reports.airflow_api import airflow_api

        listed = LISTS[self.table]
        with airflow_api(run.connect(self.connection or ""), what) as api:
            answer = api.get(listed.path.format(dag_id="~"), {"limit": 1})
        if listed.key not in answer:
            raise SourceError(f"{what}: Airflow's answer has no {listed.key!r}", why="it is another server", fix=_NEWER)
        return f"Airflow gives {listed.key}"

    def _span(self, run: Run) -> tuple[dt.datetime, dt.datetime]:
        return run.period.previous_start if self.span == "with_previous" else run.period.start, run.period.end

    def _from_airflow(self, run: Run, what: str) -> tuple[pa.Schema, Iterator[dict[str, Any]]]:
        import pyarrow as pa

        from scheduled_reports.column_types import arrow_type

        listed = LISTS[self.table]
        schema = pa.schema([(name, arrow_type(kind)) for name, (kind, _) in listed.columns.items()])
        return schema, self._airflow_rows(run, listed, what)

    def _airflow_rows(self, run: Run, listed: Listed, what: str) -> Iterator[dict[str, Any]]:
        from scheduled_reports.airflow_api import airflow_api

        with airflow_api(run.connect(self.connection or ""), what) as api:
            found = self._pages(run, api, listed, what) if listed.paged else [api.listed(listed.path, listed.key, {})]
            for row in _once(row for page in found for row in page):
                yield {name: _value(row, key, kind, what) for name, (kind, key) in listed.columns.items()}

    def _pages(self, run: Run, api: AirflowApi, listed: Listed, what: str) -> Iterator[list[dict[str, Any]]]:
        start, end = self._span(run)
        params: dict[str, Any] = {
            "run_after_gte": start.isoformat(), "run_after_lt": end.isoformat(), "order_by": "run_after",
        }  # fmt: skip
        if self.states:
            params["state"] = list(self.states)
        for dag_id in self._dags(api, what):
            yield from api.pages(listed.path.format(dag_id=dag_id), listed.key, params)

    def _dags(self, api: AirflowApi, what: str) -> Iterable[str]:
        """Return the DAGs to ask for; `~` is all of them."""
        if not self.tags:
            return self.dag_ids or ("~",)
        params = {"tags": list(self.tags), "exclude_stale": False, "order_by": "dag_id"}
        found = [str(dag.get("dag_id")) for dag in api.listed("/dags", "dags", params)]
        if not found:
            raise SourceError(f"{what}: no DAG has the tag {' or '.join(map(repr, self.tags))}", fix="correct 'tags'")
        return found

    def _from_ledger(self, run: Run, what: str) -> tuple[pa.Schema, Iterator[dict[str, Any]]]:
        from scheduled_reports.ledger.history import HISTORIES

        history = HISTORIES[self.table]
        return history.schema(), self._ledger_rows(run, history, what)

    def _ledger_rows(self, run: Run, history: History, what: str) -> Iterator[dict[str, Any]]:
        from scheduled_reports import settings
        from scheduled_reports.ledger import Ledger

        conn_id, folder = settings.ledger_conn_id(), settings.airflow_home() / "scheduled_reports"
        if conn_id is None and not (folder / "ledger.db").is_file():
            raise LedgerError(f"{what}: there is no ledger {folder / 'ledger.db'}", why="no run has begun there",
                              fix="set AIRFLOW_HOME to that of the Airflow that runs the reports, or the setting "
                              "[scheduled_reports] ledger_conn_id", retryable=False)  # fmt: skip
        with closing(Ledger.open(conn_id, run.connect, folder)) as ledger:
            for page in history.rows(ledger, *self._span(run)):
                yield from page


def _once(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield rows without those that came before: a task that is tried again while it is listed gets a later place.

    Such a row is of the same run, and rows come in the order of `run_after`, so that little has to be remembered.
    """
    moment: Any = None
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        if row.get("run_after") != moment:
            moment, seen = row.get("run_after"), set()
        key = tuple(row.get(name) for name in ("dag_id", "dag_run_id", "task_id", "map_index", "import_error_id"))
        if key not in seen:
            seen.add(key)
            yield row


def _value(row: dict[str, Any], key: str, kind: ColumnType, what: str) -> Any:
    """Return a value of Airflow's as the type of its column."""
    if key not in row:
        raise SourceError(f"{what}: Airflow's answer has no {key!r}", why="this Airflow names it otherwise",
                          fix=_NEWER)  # fmt: skip
    value = row[key]
    try:
        return dt.datetime.fromisoformat(value) if kind == "timestamptz" and value is not None else value
    except (TypeError, ValueError) as error:
        raise SourceError(f"{what}: Airflow's {key!r} is no moment", why=str(error), fix=_NEWER) from error


def _batches(rows: Iterator[dict[str, Any]], schema: pa.Schema, what: str) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    while part := list(islice(rows, BATCH_ROWS)):
        try:
            yield pa.RecordBatch.from_pylist(part, schema)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise SourceError(f"{what}: a value does not fit its column", why=str(error), fix=_NEWER) from error

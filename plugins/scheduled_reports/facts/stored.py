"""What a command line may ask Airflow: its own environment, and Airflow's database where that can be read."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from scheduled_reports.errors import ReportError
from scheduled_reports.facts.base import asset_reference
from scheduled_reports.settings import database_url


class StoredFacts:
    """What Airflow keeps."""

    def variable(self, key: str) -> str | None:
        """Return an Airflow Variable: from the environment, a secrets backend or the database; None for none.

        Raises:
            ReportError: It is nowhere else, and the database cannot be read.
        """
        from airflow.models.variable import Variable as Stored
        from airflow.sdk import Variable
        from sqlalchemy import select

        try:
            found = Variable.get(key, default=None)
        except PermissionError as error:  # a secrets backend says no
            raise ReportError(f"the Airflow Variable {key!r} may not be read here", why=str(error),
                              fix="have it permitted") from error  # fmt: skip
        if found is not None:
            return str(found)
        what, fix = f"the Airflow Variable {key!r} cannot be read here", f"set AIRFLOW_VAR_{key.upper()}, or {_FIX}"
        rows = _stored(select(Stored).where(Stored.key == key), what, fix)
        return str(rows[0][0].val) if rows and rows[0][0].val is not None else None

    def updated(self, asset: str) -> dt.datetime | None:
        """Return when an asset, by its name or its URI, was last updated, aware; None for never.

        Raises:
            ReportError: Airflow's database cannot be read.
        """
        from airflow.models.asset import AssetEvent, AssetModel
        from sqlalchemy import select

        from scheduled_reports.task import EVENTS, LATEST

        known = asset_reference(asset)
        uri = getattr(known, "uri", None)
        named = AssetModel.uri == uri if uri is not None else AssetModel.name == asset
        query = (
            select(AssetEvent.timestamp, AssetEvent.extra)
            .join(AssetModel, AssetModel.id == AssetEvent.asset_id)
            .where(named)
            .order_by(AssetEvent.timestamp.desc())
            .limit(EVENTS)
        )
        rows = _stored(query, f"nobody can tell here when the asset {asset!r} was updated", _FIX)
        return next((row.timestamp for row in rows if (row.extra or {}).get(LATEST, True)), None)


_FIX = "run it where Airflow's database can be read: AIRFLOW__DATABASE__SQL_ALCHEMY_CONN says where that is"


def _stored(query: Any, what: str, fix: str) -> list[Any]:
    """Return the rows of a query on Airflow's own database.

    Raises:
        ReportError: It cannot be read.
    """
    from airflow.settings import get_session
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    url = make_url(database_url())
    if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):  # noqa: PTH110 - may be None
        raise ReportError(what, why=f"Airflow has no database at {url.database}", fix=fix)
    try:
        with get_session()() as session:  # type: ignore[no-untyped-call]
            return list(session.execute(query))
    except SQLAlchemyError as error:
        raise ReportError(what, why=str(getattr(error, "orig", error)).partition("\n")[0], fix=fix) from error

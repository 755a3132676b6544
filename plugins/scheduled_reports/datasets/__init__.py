"""What is made of the sources: one file for each kind of dataset."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from scheduled_reports.datasets.base import Dataset
from scheduled_reports.registry import union_of

KEYS = {"sql": "sql", "sql_file": "sql", "from": "query", "python": "python", "model": "model"}
"""The key by which an entry without a `type` tells its kind."""


def _typed(given: Any) -> Any:
    """Give an entry the type that its keys tell, so that authors need not write it."""
    if not isinstance(given, dict) or "type" in given:
        return given
    return {"type": next((kind for key, kind in KEYS.items() if key in given), "sql"), **given}


if TYPE_CHECKING:
    AnyDataset = Dataset
else:
    AnyDataset = Annotated[union_of(__name__, Dataset), BeforeValidator(_typed)]

__all__ = ["AnyDataset", "Dataset"]

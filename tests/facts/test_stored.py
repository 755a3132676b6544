"""What a command line may ask Airflow: over a real database of Airflow's, and without one."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk import Variable

from scheduled_reports.errors import ReportError
from scheduled_reports.facts.stored import StoredFacts


def test_a_variable_in_the_environment_needs_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_LOADED_UNTIL", "2026-10-01")

    assert StoredFacts().variable("loaded_until") == "2026-10-01"


@pytest.fixture
def no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let Airflow's database be where there is none; nothing must make one."""
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/nowhere.db")
    return tmp_path / "nowhere.db"


def test_without_a_database_nobody_can_tell_and_the_error_says_how_to_see_it(no_database: Path) -> None:
    with pytest.raises(ReportError, match="'loaded_until' cannot be read here: Airflow has no database at") as told:
        StoredFacts().variable("loaded_until")
    assert "AIRFLOW_VAR_LOADED_UNTIL" in told.value.fix

    with pytest.raises(ReportError, match="when the asset 'orders' was updated: Airflow has no database at") as told:
        StoredFacts().updated("orders")
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" in told.value.fix
    assert not no_database.exists()


def test_a_secrets_backend_that_says_no_is_not_taken_for_a_missing_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(key: str, default: object) -> None:
        raise PermissionError(f"Access denied for variable {key!r}")

    monkeypatch.setattr(Variable, "get", deny)

    with pytest.raises(ReportError, match="'secret' may not be read here: Access denied"):
        StoredFacts().variable("secret")

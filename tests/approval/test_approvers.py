"""Approvers whom Airflow does not know are found before anybody waits for them."""

from __future__ import annotations

from typing import Any

import pytest

from scheduled_reports.approval.approvers import doubt_about_approvers, require_known, unknown_approvers
from scheduled_reports.approval.rule import Approval
from scheduled_reports.errors import SettingError


def approval(*users: str, then: str = "") -> Approval:
    people: list[dict[str, Any]] = [{"user": user, "email": "x@example.com"} for user in users]
    more = {"then": "escalate", "escalate_to": [{"user": then, "email": "x@example.com"}]} if then else {}
    return Approval(approvers=people, **more)


@pytest.fixture(autouse=True)
def users(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Airflow know four users."""
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "demo:admin,ana:user,olga:op,vic:viewer")


def test_users_who_may_answer_are_fine() -> None:
    assert list(unknown_approvers(approval("ana", "olga", then="demo"))) == []
    assert doubt_about_approvers() == ""
    require_known(approval("ana"))


@pytest.mark.parametrize(
    ("named", "place", "what", "hint"),
    [
        (approval("demo", "anna"), ("approvers", 1, "user"), "Airflow knows no user 'anna'", "did you mean 'ana'?"),
        (approval("ana", then="bob"), ("escalate_to", 0, "user"), "Airflow knows no user 'bob'", "allowed: ana, demo"),
        (approval("vic"), ("approvers", 0, "user"), "'vic' may not answer", "one of these roles: user, op, admin"),
        (approval("Ana"), ("approvers", 0, "user"), "Airflow knows no user 'Ana'", "did you mean 'ana'?"),
    ],
    ids=["misspelt", "asked next", "viewer", "letter case"],
)
def test_who_could_never_answer_is_found(named: Approval, place: Any, what: str, hint: str) -> None:
    [(found, told, help_)] = unknown_approvers(named)

    assert found == place
    assert told.startswith(what)
    assert hint in help_


def test_asking_them_fails_for_good() -> None:
    with pytest.raises(SettingError, match="nobody is asked for approval: Airflow knows no user 'anna'") as failed:
        require_known(approval("anna"))

    assert not failed.value.retryable


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("AUTH_MANAGER", "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager", "FabAuthManager"),
        ("SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True", "anybody may approve"),
    ],
)
def test_what_cannot_be_looked_up_is_said(monkeypatch: pytest.MonkeyPatch, setting: str, value: str, told: str) -> None:
    monkeypatch.setenv(f"AIRFLOW__CORE__{setting}", value)

    assert told in doubt_about_approvers()
    assert list(unknown_approvers(approval("anna"))) == []

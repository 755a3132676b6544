"""Whether those who may approve are there, as far as Airflow's auth manager lets anybody look."""

from __future__ import annotations

from collections.abc import Iterator

from scheduled_reports.approval.rule import Approval
from scheduled_reports.errors import SettingError
from scheduled_reports.spec.marks import Finding
from scheduled_reports.spec.problems import did_you_mean

_SIMPLE = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
_MAY_ANSWER = ("user", "op", "admin")
"""Roles of the simple auth manager that may answer, by its `is_authorized_dag`: to answer is a PUT on a DAG."""


def unknown_approvers(approval: Approval) -> Iterator[Finding]:
    """Yield each approver whom Airflow does not know, or who may not answer, at its place below `approval`.

    Only the simple auth manager can be asked, by `[core] simple_auth_manager_users`; `doubt_about_approvers` says
    where nobody can tell.
    """
    if doubt_about_approvers():
        return
    users = _users()
    for place, approver in approval.everybody():
        role = users.get(approver.user)
        if role is None:
            yield (*place, "user"), f"Airflow knows no user {approver.user!r}", did_you_mean(approver.user, users)
        elif role not in _MAY_ANSWER:
            what = f"{approver.user!r} may not answer in Airflow, as their role is {role!r}"
            yield (*place, "user"), what, f"give them one of these roles: {', '.join(_MAY_ANSWER)}"


def doubt_about_approvers() -> str:
    """Return why it cannot be looked up who may approve; empty where it can."""
    from airflow.configuration import conf

    manager = conf.get("core", "auth_manager", fallback=_SIMPLE)
    if manager != _SIMPLE:
        return f"whether the approvers are known to Airflow cannot be looked up, as its auth manager is {manager}"
    if anybody_may_answer():
        return "anybody may approve, as [core] simple_auth_manager_all_admins lets everybody in"
    return ""


def anybody_may_answer() -> bool:
    """Return whether Airflow lets everybody in, and cannot tell who is who."""
    from airflow.configuration import conf

    simple = conf.get("core", "auth_manager", fallback=_SIMPLE) == _SIMPLE
    return simple and bool(conf.getboolean("core", "simple_auth_manager_all_admins", fallback=False))


def require_known(approval: Approval) -> None:
    """Refuse to ask people who could never answer.

    Raises:
        SettingError: Airflow does not know one of them, or their role may not answer.
    """
    found = list(unknown_approvers(approval))
    if found:
        raise SettingError(
            "nobody is asked for approval", why="; ".join(what for _, what, _ in found),
            fix=f"correct 'approval', or [core] simple_auth_manager_users; {found[0][2]}",
        )  # fmt: skip


def _users() -> dict[str, str]:
    """Return the simple auth manager's users and their roles."""
    from airflow.configuration import conf

    entries = (entry.split(":") for entry in conf.getlist("core", "simple_auth_manager_users"))
    return {entry[0]: entry[1].lower() if len(entry) > 1 else "" for entry in entries}

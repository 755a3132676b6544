"""A schedule that only somebody starts."""

from scheduled_reports.schedule.triggers.manual import Manual


def test_airflow_never_starts_it_by_itself() -> None:
    manual = Manual(type="manual")

    assert manual.airflow_schedule(None, "sales:adhoc") is None
    assert manual.latest is None
    assert manual.words() == "when somebody triggers it"

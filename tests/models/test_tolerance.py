"""How many rows may fail to fit: a share of each channel's, or a number of all together; never all."""

import pytest

from scheduled_reports.models.tolerance import is_limit, too_many


@pytest.mark.parametrize("given", [0, 20, "2%", "0.5 %", "100%"])
def test_a_limit_is_a_number_or_a_share(given: int | str) -> None:
    assert is_limit(given)


@pytest.mark.parametrize("given", [-1, True, "2", "101%", "-1%", "two", "%"])
def test_nothing_else_is_one(given: int | str) -> None:
    assert not is_limit(given)


@pytest.mark.parametrize(
    ("limit", "rejected", "stopping"),
    [
        (0, (0, 0), []), (0, (1, 0), ["web"]), (5, (2, 3), []), (5, (2, 4), ["csv", "web"]),
        ("2%", (2, 0), []), ("2%", (3, 0), ["web"]), ("2%", (0, 1), ["csv"]), ("0.5%", (1, 0), ["web"]),
        ("100%", (99, 10), []), ("100%", (100, 10), ["web", "csv"]), (110, (100, 10), ["web", "csv"]),
    ],
)  # fmt: skip
def test_too_many_rejects_stop(limit: int | str, rejected: tuple[int, int], stopping: list[str]) -> None:
    rows = {"web": 100, "csv": 10}

    assert too_many(limit, rows, dict(zip(rows, rejected, strict=True))) == stopping


def test_channels_without_rows_stop_nothing() -> None:
    assert too_many(0, {"web": 0}, {"web": 0}) == []

"""A secret in a spec is an error that says where it is and never what it is."""

from pathlib import Path

import pytest

from scheduled_reports.spec.load import BrokenReport, Report, load
from specs import SALES, write


@pytest.mark.parametrize(
    ("what", "text", "secret"),
    [
        ("a password in a URL", "see https://ana:hunter2@db.example/shop", "hunter2"),
        ("a private key", "-----BEGIN RSA PRIVATE KEY-----", "RSA"),
        ("an AWS access key", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("a GitHub token", "ghp_" + "a1" * 18, "ghp_a1a1"),
        ("a Slack token", "xoxb-1234567890-abc", "xoxb-1234567890"),
        ("a JSON web token", "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abc", "eyJhbGciOiJIUzI1"),
        ("a password", "host=db password='hunter2'", "hunter2"),
    ],
)
def test_a_secret_is_told_with_its_place_and_not_repeated(tmp_path: Path, what: str, text: str, secret: str) -> None:
    path = write(tmp_path, SALES.replace("title: Sales\n", f'title: Sales\ndescription: "{text}"\n'))

    loaded = load(path, tmp_path / "include")

    assert isinstance(loaded, BrokenReport)
    told = [str(problem) for problem in loaded.problems]
    assert any(line.startswith(f"{path}:2:") and f"looks like {what}" in line for line in told), told
    assert all(secret not in line for line in told)


def test_a_secret_in_an_sql_file_is_told_at_the_spec_that_names_it(tmp_path: Path) -> None:
    inline = "sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders"
    path = write(tmp_path, SALES.replace(inline, "sql_file: totals.sql"))
    (tmp_path / "include" / "sql" / "totals.sql").write_text("SELECT 1\n-- password='hunter2'\n")

    loaded = load(path, tmp_path / "include")

    assert isinstance(loaded, BrokenReport)
    assert [problem.line for problem in loaded.problems] == [12]
    assert "totals.sql:2: looks like a password" in loaded.problems[0].message


@pytest.mark.parametrize(
    "text", ["WHERE token = :token", "https://example.com/a:b@c", "password = :password", "ask for the secret = key"]
)
def test_what_only_speaks_of_secrets_is_fine(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, SALES.replace("title: Sales\n", f'title: Sales\ndescription: "{text}"\n'))

    assert isinstance(load(path, tmp_path / "include"), Report)

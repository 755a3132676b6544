"""Which sensitive columns a query's result carries: all that it does, and at check time nothing that it may not."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduled_reports.datasets.parser import parsed
from scheduled_reports.spec.lineage import result_of
from scheduled_reports.spec.relations import NOTHING, Carried, Origin, Relation

EMAIL: Carried = frozenset((Origin("people", "email"),))
PHONE: Carried = frozenset((Origin("calls", "phone"),))

PEOPLE = Relation((("id", NOTHING), ("email", EMAIL), ("city", NOTHING)))
CALLS = Relation((("id", NOTHING), ("phone", PHONE), ("minutes", NOTHING)))


def result(sql: str, *, wary: bool = True, partly: bool = False) -> Relation:
    """Return what a query's columns carry; `partly` where only `email` and `phone` are declared, as at check time."""
    tables = {"people": PEOPLE, "calls": CALLS}
    if partly:
        tables = {"people": Relation((("email", EMAIL),), NOTHING), "calls": Relation((("phone", PHONE),), NOTHING)}
    found = parsed(sql)
    assert not found.fault, found.fault
    return result_of(found.tree[0], tables, wary=wary)


def shown(sql: str) -> str:
    """Write each column's name, with the first letter of what it carries."""
    columns = [
        f"{name}:{''.join(sorted(origin.column[0] for origin in carried))}" for name, carried in result(sql).columns
    ]
    assert result(sql).rest is None
    return " ".join(columns)


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT * FROM people", "id: email:e city:"),
        ("SELECT p.* FROM people p, calls", "id: email:e city:"),
        ("SELECT p.*, phone FROM people p JOIN calls c USING (id)", "id: email:e city: phone:p"),
        ("SELECT * FROM people JOIN calls USING (id)", "id: email:e city: phone:p minutes:"),
        ("SELECT * FROM people NATURAL JOIN calls", "id: email:e city: phone:p minutes:"),
        ("SELECT * FROM people SEMI JOIN calls USING (id)", "id: email:e city:"),
        ("SELECT * EXCLUDE (email) FROM people", "id: city:"),
        ("SELECT * EXCLUDE (people.email) FROM people", "id: city:"),
        ("SELECT * REPLACE (1 AS email) FROM people", "id: email: city:"),
        ("SELECT * REPLACE (email AS city) FROM people", "id: email:e city:e"),
        ("SELECT * RENAME (email AS contact) FROM people", "id: contact:e city:"),
        ("FROM people", "id: email:e city:"),
        ('SELECT EMAIL AS x, main.people.email, "Email" FROM People', "x:e email:e Email:e"),
        (
            "SELECT upper(email) AS a, email || city AS b, email IS NULL AS c, if(email > 'x', 1, 2) AS d FROM people",
            "a:e b:e c:e d:e",
        ),
        ("SELECT email.upper() AS a, people.email.substr(1, 1) AS b FROM people", "a:e b:e"),
        ("SELECT email AS e, e AS f, length(f) AS g FROM people", "e:e f:e g:e"),
        (
            (
                "SELECT count(email) AS a, count(DISTINCT email) AS b, approx_count_distinct(email) AS c, "
                "count(*) AS d, count(*) FILTER (WHERE email IS NOT NULL) AS e, count_if(email > 'x') AS f FROM people"
            ),
            "a: b: c: d: e: f:",
        ),
        ("SELECT email.count() AS a FROM people", "a:"),
        (
            "SELECT min(email) AS a, string_agg(email) AS b, any_value(email) AS c, md5(email) AS d FROM people",
            "a:e b:e c:e d:e",
        ),
        (
            "SELECT city, count(*) AS n FROM people WHERE email LIKE '%x' GROUP BY 1 HAVING max(email) > 'a'",
            "city: n:",
        ),
        ("SELECT sum(minutes) FILTER (WHERE phone IS NOT NULL) AS a FROM calls", "a:"),
        (
            (
                "SELECT sum(minutes) OVER (PARTITION BY phone) AS a, count(*) OVER (PARTITION BY phone) AS b, "
                "first_value(phone) OVER (ORDER BY id) AS c FROM calls"
            ),
            "a: b: c:p",
        ),
        (
            "SELECT (SELECT max(phone) FROM calls c WHERE c.id = p.id) AS a, id IN (FROM calls) b FROM people p",
            "a:p b:p",
        ),
        ("SELECT (SELECT people.email) AS a, (SELECT email) AS b FROM people", "a:e b:e"),
        ("SELECT EXISTS (SELECT 1 FROM people) AS a", "a:"),
        ("WITH p AS (SELECT email AS x FROM people) SELECT x FROM p", "x:e"),
        ("WITH p(a, b) AS (SELECT id, email FROM people) SELECT b, a FROM p", "b:e a:"),
        ("WITH people AS (SELECT 1 AS email) SELECT email FROM people", "email:"),
        ("SELECT b FROM (SELECT id, email FROM people) AS s(a, b)", "b:e"),
        ("SELECT l.y FROM people, LATERAL (SELECT email AS y) l", "y:e"),
        ("SELECT id AS x FROM people UNION ALL SELECT phone FROM calls", "x:p"),
        ("SELECT email AS x, id AS y FROM people UNION BY NAME SELECT phone AS y, id AS x FROM calls", "x:e y:p"),
        ("SELECT city AS x FROM people EXCEPT SELECT email FROM people", "x:e"),
        ("SELECT p AS a, struct_pack(p) AS b, to_json(p) AS c FROM people p", "a:e b:e c:e"),
        ("SELECT {'x': email}.x AS a, [email][1] AS b, {'x': id}.x AS c FROM people", "a:e b:e c:"),
        ("SELECT list_transform([id], lambda x: x + 1) AS a, [x || email for x in ['a']] AS b FROM people", "a: b:e"),
        (
            (
                "WITH RECURSIVE t AS (SELECT id, email AS x, city AS y, city AS z FROM people "
                "UNION ALL SELECT id, x, x, y FROM t) SELECT z, id FROM t"
            ),
            "z:e id:",
        ),
        ("SELECT current_date AS a, now() AS b, row_number() OVER () AS c, $1 AS d FROM people", "a: b: c: d:"),
        ("SELECT rowid AS a, main.now() AS b FROM people", "a: b:"),
    ],
)
def test_what_a_column_carries(sql: str, columns: str) -> None:
    assert shown(sql) == columns


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COLUMNS('e.*') FROM people",
        "SELECT max(COLUMNS(*)) FROM people",
        "SELECT * LIKE 'e%' FROM people",
        "SELECT * FROM (PIVOT people ON city IN ('a') USING max(email))",
        "PIVOT people ON city USING max(email)",
        "UNPIVOT people ON email, city INTO NAME n VALUE v",
        "SUMMARIZE people",
        "SELECT * FROM query_table('people')",
        "SELECT unnest({'a': email}) FROM people",
        "SELECT u.* FROM people, unnest([email]) u",
        "SELECT * FROM (VALUES ((SELECT max(email) FROM people))) v",
        "SELECT no_such_column FROM people",
    ],
)
def test_what_is_not_known_carries_everything_in_a_run(sql: str) -> None:
    assert result(sql).everything >= EMAIL


@pytest.mark.parametrize(
    ("sql", "sure"),
    [
        ("SELECT email FROM people JOIN calls USING (id)", {"email"}),
        ("SELECT * FROM people", {"email"}),
        ("SELECT * EXCLUDE (email) FROM people", set()),
        ("SELECT x FROM (SELECT email AS x, * FROM people)", {"x"}),
        ("SELECT COLUMNS('e.*') FROM people", set()),
        ("SELECT no_such_column, whatever(city) FROM people", set()),
        ("SELECT * FROM (PIVOT people ON city IN ('a') USING max(email))", set()),
        ("SELECT a, b FROM (SELECT * FROM people) AS s(a, b)", set()),
        ("SELECT * FROM people UNION ALL SELECT * FROM calls", {"email"}),
        ("SELECT (SELECT email FROM calls) AS x FROM people", set()),
        ("SELECT upper(p.email) AS x FROM people p, calls c, no_such_table t", {"x"}),
        ("SELECT count(email) AS n FROM people", set()),
    ],
)
def test_a_check_says_only_what_is_sure(sql: str, sure: set[str]) -> None:
    found = result(sql, wary=False, partly=True)

    assert {name for name, carried in found.columns if carried} == sure
    assert not found.rest


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with secrets in it."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people AS SELECT 1 AS id, 'ann@secret.example' AS email, 'Berlin' AS city")
        connection.execute("CREATE TABLE calls AS SELECT 1 AS id, '+49 30 7777' AS phone, 5 AS minutes")
        yield connection


columns = st.sampled_from(["id", "email", "phone", "p.city", "p.email", "minutes", "p", "c.phone"])
expressions = st.recursive(
    columns,
    lambda inner: st.one_of(
        st.builds("upper({}::VARCHAR)".format, inner),
        st.builds("concat({}, '-', {})".format, inner, inner),
        st.builds("coalesce({}::VARCHAR, '')".format, inner),
        st.builds("list_value({})[1]".format, inner),
        st.builds("(SELECT {})".format, inner),
    ),
    max_leaves=4,
)
selects = st.lists(expressions | st.sampled_from(["*", "p.*", "* EXCLUDE (email)"]), min_size=1, max_size=3)
shells = st.sampled_from(["{}", "SELECT * FROM ({})", "WITH q AS ({}) FROM q", "SELECT DISTINCT * FROM ({})"])


@given(selects, shells)
@settings(deadline=None)
def test_a_column_that_holds_a_secret_is_known_to_carry_it(
    database: duckdb.DuckDBPyConnection, items: list[str], shell: str
) -> None:
    sql = shell.format(f"SELECT {', '.join(items)} FROM people p JOIN calls c USING (id)")
    found, row = result(sql), database.execute(sql).fetchone()
    assert row is not None

    burdens = [carried for _, carried in found.columns]
    if found.rest is not None or len(burdens) != len(row):
        burdens = [found.everything] * len(row)
    for value, carried in zip(row, burdens, strict=True):
        assert "SECRET" not in str(value).upper() or carried >= EMAIL
        assert "7777" not in str(value) or carried >= PHONE

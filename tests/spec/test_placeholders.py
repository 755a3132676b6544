"""`${name}` in a definition is filled with what a spec gives, of whatever type."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scheduled_reports.spec.compose import read_spec

TEMPLATE = "needs: {value: }\nvalue: ${value}\n"


@pytest.fixture
def filled(lay: Callable, tmp_path: Path) -> Callable[..., Any]:
    """Return a function that gives a template a value, and returns (what the spec says then, what is wrong)."""

    def of(template: str, given: str = "", kind: str = "extends: standard") -> tuple[Any, list[str]]:
        lay({"include/templates/standard.yaml": template, "report_specs/sales.yaml": f"{kind}\n{given}"})
        source, problems = read_spec(tmp_path / "report_specs" / "sales.yaml", tmp_path / "include")
        return source.data, [str(problem).removeprefix(f"{tmp_path}/") for problem in problems]

    return of


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("text", "text"),
        ("'12'", "12"),
        ("12", 12),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ("2026-10-01", "2026-10-01"),
        ("[a, 1, [b]]", ["a", 1, ["b"]]),
        ("{a: {b: 1}}", {"a": {"b": 1}}),
        ("|\n    two\n    lines\n", "two\nlines\n"),
        ("'${value}'", "${value}"),
        ("'{{ period.label }}'", "{{ period.label }}"),
    ],
)
@pytest.mark.parametrize("template", [TEMPLATE, TEMPLATE.replace("${value}", '"${value}"')])
def test_a_text_that_is_only_a_placeholder_becomes_the_value(
    filled: Callable, template: str, given: str, value: object
) -> None:
    data, problems = filled(template, f"with:\n  value: {given}\n")

    assert (data, problems) == ({"value": value}, [])
    assert type(data["value"]) is type(value)


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("Sales of ${value}", "Berlin", "Sales of Berlin"),
        ("${value}${value}", "ab", "abab"),
        ("${value} %", "1.50", "1.50 %"),
        ("'${value} '", "true", "true "),
        ("$${value}", "x", "${value}"),
        ("$${ and ${value}", "x", "${ and x"),
        ("$$${value}", "x", "$${value}"),
        ("'{{ ${value} }}'", "period.label", "{{ period.label }}"),
        ("5 $ {value}", "x", "5 $ {value}"),
    ],
)
def test_inside_a_longer_text_the_value_is_put_in_as_text(
    filled: Callable, text: str, given: str, expected: str
) -> None:
    assert filled(f"needs: {{value: }}\nvalue: {text}\n", f"with: {{value: {given}}}\n") == ({"value": expected}, [])


def test_placeholders_are_filled_in_lists_in_mappings_and_in_keys(filled: Callable) -> None:
    template = "needs: {value: }\na: [{'${value}_orders': ['${value}']}]\n"

    assert filled(template, "with: {value: berlin}\n") == ({"a": [{"berlin_orders": ["berlin"]}]}, [])


@pytest.mark.parametrize(("default", "value"), [("x", "x"), ("null", None), ("[1, 2]", [1, 2]), ("{a: 1}", {"a": 1})])
def test_a_default_stands_where_no_value_is_given(filled: Callable, default: str, value: object) -> None:
    template = TEMPLATE.replace("value: }", f"value: {{default: {default}, description: Some.}}}}")

    assert filled(template) == ({"value": value}, [])
    assert filled(template, "with: {value: given}\n") == ({"value": "given"}, [])


@pytest.mark.parametrize("given", ["orders", "shop.orders", "_x1", "A.B.c"])
def test_a_name_may_be_put_into_sql(filled: Callable, given: str) -> None:
    template = "needs: {value: }\nsources: {a: {sql: 'SELECT * FROM ${value}'}}\n"

    assert filled(template, f"with: {{value: {given}}}\n")[0]["sources"]["a"]["sql"] == f"SELECT * FROM {given}"


@pytest.mark.parametrize("given", ["New Berlin", "x; DROP TABLE orders", "1", "a-b", "a.", "x'", "''", "a OR b", "ä"])
@pytest.mark.parametrize(
    "place",
    [
        "sources: {a: {sql: \"SELECT '${value}'\"}}",
        "run_when: [{sql: \"SELECT '${value}'\"}]",
        "datasets: {a: {sql: \"SELECT '${value}'\"}}",
        "datasets: {a: {filter: [\"site = '${value}'\"]}}",
        'datasets: {a: {metrics: {x: {expression: "sum(${value})"}}}}',
    ],
)
def test_a_value_is_never_pasted_into_sql(filled: Callable, place: str, given: str) -> None:
    column = place.index('"') + 1

    _, problems = filled(f"needs: {{value: }}\n{place}\n", f'with: {{value: "{given}"}}\n')

    place, used = f"include/templates/standard.yaml:2:{column}", "(used by report_specs/sales.yaml)"
    what = f"the parameter 'value' is {given!r}; only a name can be put into SQL"
    declared = 'declare the report parameter value: {type: text, default: "${value}"}'
    hint = f"values are bound: {declared} and write :value in the SQL"
    assert problems == [f"{place}: {what} {used}; {hint}"]


def test_a_definition_of_a_dataset_is_sql_too(lay: Callable, filled: Callable) -> None:
    definition = "needs: {least: }\ndescription: Above ${least}.\nfrom: a\nfilter: x > ${least}\n"
    lay({"include/datasets/top.yaml": definition})

    data, problems = filled("", "datasets: {a: {use: top, with: {least: 3}}}\n", kind="")

    assert len(problems) == 1
    assert problems[0].startswith("include/datasets/top.yaml:4:9: the parameter 'least' is '3'; only a name can be put")
    assert data["datasets"]["a"]["description"] == "Above 3."


@pytest.mark.parametrize("given", ["SELECT 1 AS one", "|\n    SELECT 1\n    WHERE site = :site"])
def test_sql_may_be_given_as_a_whole(filled: Callable, given: str) -> None:
    template = "needs: {value: }\ndatasets: {a: {sql: '${value}'}}\n"

    data, problems = filled(template, f"with:\n  value: {given}\n")

    assert problems == []
    assert data["datasets"]["a"]["sql"].startswith("SELECT 1")


def test_a_report_parameter_takes_a_templates_value_into_its_sql(lay: Callable, loaded: Callable) -> None:
    lay({"include/templates/standard.yaml": """\
        needs: {site: {description: As the warehouse calls it}}
        title: Sales of ${site}
        owner: owner@northwind.example
        parameters: {site: {type: text, default: "${site}"}}
        sources: {orders: {type: sql, connection: shop, sql: "SELECT * FROM orders WHERE site = :site"}}
        content: [{type: table, dataset: orders}]
        formats: [{type: html_email}]
        deliver: [{type: email, connection: mail, to: ann@northwind.example, body: html_email}]
        schedules: [{id: daily, when: "30 6 * * *"}]
        """})  # fmt: skip
    lay({"report_specs/sales.yaml": "extends: standard\nwith: {site: O'Brien; DROP TABLE orders}\n"})

    assert loaded().spec.parameters["site"].default == "O'Brien; DROP TABLE orders"


def test_a_placeholder_in_a_spec_itself_is_plain_text(filled: Callable) -> None:
    data, problems = filled("needs: {value: {default: 1}}\na: ${value}\n", "title: ${value} $${x}\n")

    assert (data, problems) == ({"a": 1, "title": "${value} $${x}"}, [])

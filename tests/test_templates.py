"""Templates fill a spec's texts, and can do nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from scheduled_reports.errors import SpecError
from scheduled_reports.language import language_of
from scheduled_reports.templates import data_used, fill

WORDS: dict[str, Any] = {
    "period": {"start": dt.datetime(2026, 10, 1, 6, 30, tzinfo=dt.UTC), "last_day": dt.date(2026, 10, 1)},
    "report": {"title": "<Sales> & more"},
    "parameters": {"least": 5},
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain { text", "plain { text"),
        ("{{ report.title }}", "<Sales> & more"),
        ("{{ period.start | date('%d.%m.%Y %H:%M') }}", "01.10.2026 06:30"),
        ("{{ period.last_day | date }}", "2026-10-01"),
        ("{% if parameters.least > 3 %}many{% else %}few{% endif %}", "many"),
        ("{{ period.start:%Y%m%d }}", "20261001"),
        ("a_{{period.start:%d.%m.%Y %H:%M}}_{{- period.last_day : %y -}} b", "a_01.10.2026 06:30_26b"),
        ("{{ report.title[1:6] }}", "Sales"),
        ("{{ {'a': 5}['a'] }}", "5"),
        ("{# a remark #}x", "x"),
        ("{# {{ period.start:%Y }} #}x", "x"),
        ("{%- raw -%} {{ period.start:%Y }} {%- endraw -%}", "{{ period.start:%Y }}"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    ],
)
def test_expressions_are_replaced_by_their_values(text: str, filled: str) -> None:
    assert fill(text, WORDS) == filled


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ titel }}", "'titel' is undefined"),
        ("{{ titel.short }}", "'titel' is undefined"),
        ("{{ period.stat }}", "there is no 'stat' here; did you mean 'start'? (allowed: last_day, start)"),
        ("{{ titel | date }}", "'titel' is undefined"),
        ("{{ titel:%Y }}", "'titel' is undefined"),
    ],
)
def test_an_unknown_word_is_an_error_that_lists_the_known_ones(text: str, why: str) -> None:
    with pytest.raises(SpecError) as caught:
        fill(text, WORDS)

    assert f"the template {text!r} cannot be filled: " in str(caught.value)
    assert caught.value.why.endswith(why)
    assert caught.value.fix.startswith("words: parameters, period, report; for example {{ period.start | date(")


@pytest.mark.parametrize(
    "text",
    [
        "{{ report.title",
        "{% for x in %}",
        "{{ report.title | shout }}",
        "{{ 1 / 0 }}",
        "{{ report.title | date }}",
        "{{ report.title:%Y }}",
        "{{ period.start:Y }}",
        "{{ period.start:%Y') | upper }}",
        "{{ period.start + 1:%Y }}",
        "{{ parameters.least | date('%Y') }}",
        "{{ period.start | date(5) }}",
        "{{ '{0}'.format() }}",
        "{{ 5 + 'x' }}",
    ],
)
def test_an_expression_that_cannot_be_evaluated_is_an_error_of_the_spec(text: str) -> None:
    with pytest.raises(SpecError, match=r"cannot be filled: .+"):
        fill(text, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ report.title.__class__ }}",
        "{{ report['__class__'].__mro__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ '{0.__class__}'.format(report) }}",
        "{{ (1).bit_length.__self__ }}",
        "{{ self.__dict__ }}",
        "{{ parameters.update({'least': 1}) }}",
        "{{ parameters.pop('least') }}",
        "{% include '/etc/passwd' %}",
        "{% for x in range(1000000000) %}x{% endfor %}",
    ],
)
def test_nothing_gets_out_of_the_sandbox(text: str) -> None:
    with pytest.raises(SpecError):
        fill(text, WORDS)

    assert WORDS["parameters"] == {"least": 5}


def test_a_misspelt_part_of_a_word_is_told_with_those_that_there_are() -> None:
    with pytest.raises(SpecError, match=r"there is no 'strt' here; did you mean 'start'\? \(allowed: end, start\)"):
        fill("{{ period.strt }}", {"period": {"start": 1, "end": 2}})


def test_values_in_markdown_are_text_whatever_they_look_like() -> None:
    words = {"name": "*a* [b](http://c) <i> #1 | `x`\ny", "count": 5}

    assert fill("**{{ name }}** {{ count }}", words, markdown=True) == (
        r"**\*a\* \[b\]\(http://c\) \<i\> \#1 \| \`x\` y** 5"
    )
    assert fill("{{ name }}", words) == words["name"]


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("no template", []),
        ("{{ period.label }}", []),
        ("{{ data.totals.calls }}", [("totals", "calls")]),
        ("{{ data['totals']['calls'] | number('#,##0') }}", [("totals", "calls")]),
        ("{{ data.late | length }}", [("late", None)]),
        ("{% for row in data.late %}{{ row.agent }}{% endfor %}", [("late", None)]),
        ("{{ data.a.b + data.c.d }}", [("a", "b"), ("c", "d")]),
        ("{% set data = 5 %}{{ 1 }}", []),
    ],
)
def test_what_a_template_uses_of_the_data_is_known_before_it_is_filled(text: str, used: list[object]) -> None:
    assert sorted(data_used(text), key=str) == used


@pytest.mark.parametrize(
    "text", ["{{ data }}", "{{ data[name] }}", "{{ data | list }}", "{{ data.a.b", "{{ data.a.b | numbr }}"]
)
def test_data_that_cannot_be_known_before_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        list(data_used(text))


def test_numbers_are_written_in_the_language_of_the_report() -> None:
    words = {"n": 1234.5, "language": language_of("de")}

    assert fill("{{ n | number }} {{ n | number('#,##0') }}", words) == "1.234,50 1.234"
    assert fill("{{ n | number }}", {"n": 1234.5}) == "1,234.50"

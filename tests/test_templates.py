"""Templates fill a spec's texts, and can do nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from scheduled_reports.errors import SpecError
from scheduled_reports.templates import fill

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

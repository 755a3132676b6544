"""What a spec names in include/python/ has to be there; it is found without importing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.spec.load import Report
from specs import SALES

TOTALS = "    sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders\n"
PYTHON = SALES.replace(TOTALS, "    python: scoring:score\n    inputs: [orders]\n")


@pytest.mark.parametrize(
    "text",
    ["def score(orders): ...", "from helpers import score", "import helpers as score", "score = print",
     "raise RuntimeError\ndef score(orders): ..."],
)  # fmt: skip
def test_a_function_is_found_however_it_is_defined(lay: Callable, loaded: Callable[..., Report], text: str) -> None:
    lay({"report_specs/sales.yaml": PYTHON, "include/python/scoring.py": text})

    assert loaded().id == "sales"


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("scoring.py", "def scores(orders): ...", "scoring.py has no function 'score'; did you mean 'scores'?"),
        ("scoring.py", "def score(:", "scoring.py:1 cannot be read: invalid syntax"),
        ("scores.py", "def score(orders): ...", "there is no file {folder}/scoring.py; did you mean 'scores.py'?"),
    ],
)
def test_a_function_that_is_not_there_is_told(
    lay: Callable, problems: Callable[..., list[str]], tmp_path: Path, file: str, text: str, told: str
) -> None:
    lay({"report_specs/sales.yaml": PYTHON, f"include/python/{file}": text})

    (problem,) = problems()
    place = "report_specs/sales.yaml:12:13: datasets.totals.python: "
    assert problem.startswith(place + told.format(folder=tmp_path / "include" / "python"))


@pytest.mark.parametrize("named", ["scoring", "../scoring:score", "scoring.py:score", "a/b:c", ":score", "scoring:"])
def test_what_names_no_function_is_told(lay: Callable, problems: Callable[..., list[str]], named: str) -> None:
    lay({"report_specs/sales.yaml": PYTHON.replace("scoring:score", f"'{named}'")})

    (problem,) = problems()
    assert f"12:13: datasets.totals.python: {named!r} is no function; write module:function" in problem


def test_an_input_that_is_no_table_is_told(lay: Callable, problems: Callable[..., list[str]]) -> None:
    lay({"report_specs/sales.yaml": PYTHON.replace("[orders]", "[ordrs]"),
         "include/python/scoring.py": "def score(ordrs): ..."})  # fmt: skip

    (problem,) = problems()
    assert "13:14: datasets.totals.inputs[1]: there is no source or dataset 'ordrs'; did you mean 'orders'?" in problem


def test_a_changed_function_is_another_report(lay: Callable, loaded: Callable[..., Report]) -> None:
    lay({"report_specs/sales.yaml": PYTHON, "include/python/scoring.py": "def score(orders): ..."})
    before = loaded().digest

    lay({"include/python/scoring.py": "def score(orders): return orders"})

    assert loaded().digest != before


@pytest.mark.parametrize(
    ("entry", "key", "why"),
    [
        ("{type: html}", "html", "it is a page for browsers"),
        ("{type: pdf, id: page}", "page", "it is application/pdf"),
    ],
)
def test_what_cannot_be_the_text_of_a_mail_is_told_with_what_can(
    lay: Callable, problems: Callable[..., list[str]], entry: str, key: str, why: str
) -> None:
    text = SALES.replace("{type: html_email}", entry).replace("body: html_email", f"body: [{key}]")
    lay({"report_specs/sales.yaml": text})

    (problem,) = problems()
    hint = f"name a format of type html_email or text in `body`, and {key} in `attach`"
    assert problem.endswith(f"31:12: deliver[1].body[1]: {key!r} cannot be the text of a mail: {why}; {hint}")

"""The SQL that unites channels into one table of a model, each row with what is wrong with it.

Each channel goes through a few queries, named after it: `given` (its values as they come), `converted`, `exchanged`
(money, by the rate of its day), `checked` (what is wrong with a value) and `judged` (what is wrong with the row, in
words).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduled_reports.models.exact import amount
from scheduled_reports.models.file import CHANNEL, CanonicalModel
from scheduled_reports.models.literals import name_sql, text_sql
from scheduled_reports.models.mapping import Rates
from scheduled_reports.models.misfits import Misfit, misfits_of
from scheduled_reports.models.money import RATES, currency_sql, exchanged, rate_sql, rates_sql
from scheduled_reports.models.reading import Reading

ACCOUNT, NUMBER, PLACE = "account of the row", "number of the row", "place of the row"
PROBLEMS, REASON, ORIGINAL = "problems of the row", "reason of the row", "the row as it comes"
"""What a judged row has beside the model's columns, whose names have no spaces."""

ROWS = 2**40
"""More rows than any channel has: the place of a row is its channel's number times this, plus its own number."""

_THE_ROW, _FIRST, _DAY, _ROWS = "the row", "first place of the key", "day of the rate", "rows with their day"


@dataclass(frozen=True)
class Part:
    """One channel, ready to be read.

    Attributes:
        name: What the spec calls it.
        number: Its position among the channels, from 1.
        table: The table with its rows.
        readings: How each column of the model is read.
    """

    name: str
    number: int
    table: str
    readings: list[Reading]

    @property
    def foreign(self) -> list[Reading]:
        """The columns whose currency has to be exchanged."""
        return [reading for reading in self.readings if reading.money is not None]


@dataclass(frozen=True)
class Statement:
    """The SQL of one dataset.

    Attributes:
        model: Its model.
        parts: Its channels.
        rates: Its rates of exchange.
    """

    model: CanonicalModel
    parts: list[Part]
    rates: Rates | None

    def judged(self, shared: str | None = None) -> str:
        """Return a query of every row, in order, with its problems and its reason; both are NULL where it fits.

        Args:
            shared: The table with the rows of `shared_keys`; None where there are none.
        """
        columns = [CHANNEL, *self.model.columns, ACCOUNT, NUMBER, PROBLEMS, REASON, ORIGINAL]
        joined = shared is not None or any(part.foreign for part in self.parts)
        order = f"\nORDER BY {name_sql(PLACE)}" if joined else ""  # DuckDB keeps the order unless it joins
        return f"{self._queries(shared)}\nSELECT {_names(columns)}\nFROM ({self._united()}){order}"

    def shared_keys(self) -> str:
        """Return a query of the keys that several rows share which fit otherwise, each with its first row's place."""
        keys = _names(self.model.key)
        return (
            f"{self._queries(None)}\nSELECT {keys}, min({name_sql(PLACE)}) AS {name_sql(_FIRST)}\n"
            f"FROM ({self._united()})\nWHERE {name_sql(PROBLEMS)} IS NULL\nGROUP BY {keys}\nHAVING count(*) > 1"
        )

    def _queries(self, shared: str | None) -> str:
        queries = [f"{name_sql(RATES)} AS MATERIALIZED (\n{rates_sql(self.rates)})"] if self.rates else []
        for part in self.parts:
            queries += [f"{_step(part, step)} AS NOT MATERIALIZED (\n{sql})" for step, sql in self._steps(part, shared)]
        return "WITH " + ",\n".join(queries)

    def _united(self) -> str:
        return "\n  UNION ALL ".join(f"SELECT * FROM {_step(part, 'judged')}" for part in self.parts)

    def _steps(self, part: Part, shared: str | None) -> Iterator[tuple[str, str]]:
        """Yield each query of a channel, by its name; each reads the one before."""
        yield "given", _given(part)
        yield "converted", _converted(part)
        if part.foreign and self.rates is not None:
            yield "exchanged", self._exchanged(part, self.rates)
        yield "checked", _checked(part, "exchanged" if part.foreign and self.rates is not None else "converted")
        yield "judged", self._judged(part, shared)

    def _exchanged(self, part: Part, rates: Rates) -> str:
        on, date = name_sql(rates.on), self.model.columns[rates.on].type
        day = f"CAST({f'timezone(:timezone, {on})' if date == 'timestamptz' else on} AS DATE) AS {name_sql(_DAY)}"
        source = f"(SELECT *, {day} FROM {_step(part, 'converted')}) AS {name_sql(_ROWS)}"
        wanted = {str(reading.column.currency): rates.base for reading in part.foreign}
        joins = [_join(f"{reading.name} rates", name_sql(f"{reading.name} currency")) for reading in part.foreign]
        joins += [_join(f"{code} rates", text_sql(code)) for code in wanted if code != rates.base]
        columns = [column for reading in part.foreign for column in _in_the_models_currency(reading, rates)]
        return _select([f"{name_sql(_ROWS)}.*", *columns], " ".join((source, *joins)))

    def _judged(self, part: Part, shared: str | None) -> str:
        problems, words = name_sql(PROBLEMS), ", ".join(self.model.key)
        cases = [(f"{problems} IS NOT NULL", f"concat_ws('; ', {', '.join(_cases(part, reasons=True))})")]
        source, any_problem = _step(part, "checked"), problems
        if shared is not None:
            first = name_sql(_FIRST)
            source = f"{source} LEFT JOIN {self._shared(part, shared)}"
            any_problem = (
                f"coalesce({problems}, CASE WHEN {first} IS NOT NULL THEN {text_sql(f'{words}: duplicate')} END)"
            )
            channels = " ".join(f"WHEN {other.number} THEN {text_sql(other.name)}" for other in self.parts)
            where = f"({first} % {ROWS}) || ' of ' || CASE {first} // {ROWS} {channels} END"
            cases.append((f"{first} IS NOT NULL", f"{text_sql(f'{words}: the same as row ')} || {where}"))
        original = _case([(condition, f"CAST(to_json({name_sql(_THE_ROW)}) AS VARCHAR)") for condition, _ in cases])
        return _select(
            [f"{text_sql(part.name)} AS {CHANNEL}", *map(name_sql, self.model.columns),
             f"{self._account(part)} AS {name_sql(ACCOUNT)}", name_sql(NUMBER), name_sql(PLACE),
             f"{any_problem} AS {problems}", f"{_case(cases)} AS {name_sql(REASON)}",
             f"{original} AS {name_sql(ORIGINAL)}"],
            source,
        )  # fmt: skip

    def _shared(self, part: Part, shared: str) -> str:
        """Return the join of the keys that several rows share, for all of a channel's rows but the first."""
        keys = [name for name in self.model.key if name != CHANNEL]
        columns = [*(f"{name_sql(name)} AS {name_sql(f'{name} of the key')}" for name in keys), name_sql(_FIRST)]
        only = f" WHERE {CHANNEL} = {text_sql(part.name)}" if CHANNEL in self.model.key else ""
        same = " AND ".join(f"{name_sql(name)} = {name_sql(f'{name} of the key')}" for name in keys) or "true"
        later = f"{name_sql(PROBLEMS)} IS NULL AND {name_sql(PLACE)} > {name_sql(_FIRST)}"
        return f"(SELECT {', '.join(columns)} FROM {name_sql(shared)}{only}) ON {same} AND {later}"

    def _account(self, part: Part) -> str:
        """Return SQL for the account of a row: what it would be, or else what stands there."""
        for reading in part.readings:
            if reading.name == self.model.account:
                return f"coalesce(CAST({name_sql(reading.name)} AS VARCHAR), {reading.written})"
        return "CAST(NULL AS VARCHAR)"


def _given(part: Part) -> str:
    columns = [f"row_number() OVER () AS {name_sql(NUMBER)}", name_sql(_THE_ROW)]
    for reading in part.readings:
        columns.append(f"{reading.cleaned()} AS {reading.value}")
        if reading.money is not None:
            currency = currency_sql(reading.money.code, reading.money.column)
            columns.append(f"{currency} AS {name_sql(f'{reading.name} currency')}")
    return _select(columns, f"{name_sql(part.table)} AS {name_sql(_THE_ROW)}")


def _converted(part: Part) -> str:
    own = [f"{reading.converted()} AS {name_sql(reading.name)}" for reading in part.readings if reading.money is None]
    return _select(["*", *own], _step(part, "given"))


def _checked(part: Part, before: str) -> str:
    place = f"CAST({part.number * ROWS} AS BIGINT) + {name_sql(NUMBER)} AS {name_sql(PLACE)}"
    problems = f"nullif(concat_ws('; ', {', '.join(_cases(part))}), '') AS {name_sql(PROBLEMS)}"
    return _select(["*", place, problems], _step(part, before))


def _cases(part: Part, *, reasons: bool = False) -> list[str]:
    """Return SQL for what is wrong with each column: its reason in words, or what it is counted by."""

    def told(misfit: Misfit) -> str:
        return misfit.reason if reasons else text_sql(misfit.kind)

    return [_case((misfit.condition, told(misfit)) for misfit in misfits_of(reading)) for reading in part.readings]


def _in_the_models_currency(reading: Reading, rates: Rates) -> list[str]:
    """Return SQL for the rate and the value of an amount that may be in another currency."""
    wanted, currency = str(reading.column.currency), name_sql(f"{reading.name} currency")
    given, other = name_sql(f"{reading.name} rate"), rate_sql(wanted, rates)
    rate = _case([(f"{currency} = {text_sql(wanted)}", rate_sql(rates.base, rates)), (f"{other} IS NULL", "NULL"),
                  (f"{currency} = {text_sql(rates.base)}", rate_sql(rates.base, rates)),
                  ("true", f"{name_sql(f'{reading.name} rates')}.rate")])  # fmt: skip
    decimal, places = amount(reading.value, reading.given, reading.origin)
    foreign = exchanged(decimal, places, given, other, reading.column.type)
    value = _case([(f"{currency} = {text_sql(wanted)}", reading.converted()), ("true", foreign)])
    return [f"{rate} AS {given}", f"{value} AS {name_sql(reading.name)}"]


def _join(alias: str, currency: str) -> str:
    quoted = name_sql(alias)
    same = f"{quoted}.currency = {currency} AND {quoted}.day = {name_sql(_DAY)}"
    return f"\n  LEFT JOIN {name_sql(RATES)} AS {quoted} ON {same}"


def _step(part: Part, step: str) -> str:
    return name_sql(f"{part.name}: {step}")


def _case(branches: Iterable[tuple[str, str]]) -> str:
    return "CASE " + " ".join(f"WHEN {condition} THEN {result}" for condition, result in branches) + " END"


def _names(columns: Iterable[str]) -> str:
    return ", ".join(map(name_sql, columns))


def _select(columns: Iterable[str], source: str) -> str:
    return "  SELECT {}\n  FROM {}".format(",\n    ".join(columns), source)

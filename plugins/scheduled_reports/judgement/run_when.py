"""When a report runs at all, and how long it waits for that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from scheduled_reports.conditions import Condition
from scheduled_reports.judgement.logic import All, Any, Not, Test, conditions_in
from scheduled_reports.model import Model
from scheduled_reports.schedule.clock import Duration
from scheduled_reports.spec.marks import Loc

Then = Literal["skip", "send_stale", "alert"]
"""What happens where the conditions are not met in time."""


class RunWhen(Model):
    """Conditions, and what happens where they are not met."""

    all: tuple[Test, ...] = Field((), min_length=1, description="Conditions, or groups of them, that must all hold.")
    any: tuple[Test, ...] = Field(
        (), min_length=1, description="Conditions, or groups of them, of which one is enough."
    )
    not_: Test | None = Field(None, alias="not", description="A condition, or a group, that must not hold.")
    wait_for: Duration | None = Field(
        None,
        description="How long a run waits for its conditions, `45m`, without taking a worker's slot; it does not wait "
        "unless given. Only conditions that need no extracted data can be waited for.",
    )
    every: Duration = Field(
        dt.timedelta(minutes=1),
        ge=dt.timedelta(seconds=1),
        description="How often they are asked while it waits: `1m`.",
    )
    then: Then = Field(
        "skip",
        description="What happens where they are still not met then: the run is skipped (`skip`, unless given); it "
        "goes on with a STALE banner (`send_stale`); it is skipped and the owner is told by mail (`alert`).",
    )

    @property
    def test(self) -> Test | None:
        """The conditions as one expression; None where there are none."""
        if self.not_ is not None:
            return Not.model_construct(not_=self.not_)
        if self.any:
            return Any.model_construct(any=self.any)
        return All.model_construct(all=self.all) if self.all else None

    def conditions(self) -> Iterator[tuple[Loc, Condition]]:
        """Yield every condition with its place."""
        yield from conditions_in(self.test) if self.test else ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        given = [name.rstrip("_") for name in ("all", "any", "not_") if name in self.model_fields_set]
        if len(given) > 1:
            raise ValueError(
                f"both {given[0]!r} and {given[1]!r} are given; put one into the other: `all: [{{any: …}}]`"
            )
        if given == ["not"] and self.not_ is None:
            raise ValueError("'not' is empty; give it a condition, or leave it out")
        if self.model_fields_set and not given:
            raise ValueError("it says how to wait, and not for what; give it conditions: `all: [{type: …}]`")
        return self

    @model_validator(mode="after")
    def _says_what_it_waits_for(self) -> Self:
        if self.wait_for is None:
            if self.model_fields_set & {"every", "then"}:
                raise ValueError("'every' and 'then' say how it waits, and it does not; write 'wait_for' too")
        elif all(condition.needs_data for _, condition in self.conditions()):
            raise ValueError(
                "'wait_for' waits for conditions that can be asked before the extraction, and there is none; "
                "ask the database: {type: value, connection: …, sql: …}"
            )
        return self


class _ListForShort:
    """Lets a spec write a list of conditions where all must hold, and says so in the JSON Schema."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_as_mapping, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
        whole = handler(schema)
        entries = handler.resolve_ref_schema(whole)["properties"]["all"]
        return {"anyOf": [{"type": "array", "items": entries["items"], "minItems": 1}, whole]}


def _as_mapping(given: object) -> object:
    if isinstance(given, list | tuple):
        return {"all": given}
    if isinstance(given, dict) and "type" in given:
        raise ValueError("it is a condition where a list of them is meant; put a dash before it: `- {type: …}`")
    if given is None or given == {}:
        raise ValueError("it is empty; give it conditions, `- {type: …}`, or leave it out")
    if not isinstance(given, dict | RunWhen):
        hint = "write a list of them, `- {type: …}`, or `all`, `any` or `not`"
        raise ValueError(f"{given!r} is no condition; {hint}")  # noqa: TRY004 - pydantic places ValueErrors
    return given


ConditionsOrWait = Annotated[RunWhen, _ListForShort()]
"""What a spec may write as `run_when`: a list of conditions, or a mapping."""

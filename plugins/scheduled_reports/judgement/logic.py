"""Conditions combined by `all`, `any` and `not`, in Kleene's logic of three values.

A condition that needs the extracted data is neither true nor false before the extraction: the gate goes on unless the
whole is false whatever the data says (S. C. Kleene, Introduction to Metamathematics, 1952, § 64).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from scheduled_reports.conditions import AnyCondition
from scheduled_reports.conditions.base import Condition, Verdict
from scheduled_reports.judgement.limits import Span
from scheduled_reports.model import Model
from scheduled_reports.spec.marks import Loc


class Group(Model):
    """Several conditions as one, or the contrary of one."""

    @model_validator(mode="before")
    @classmethod
    def _is_one(cls, given: object) -> object:
        keys = [key for key in _GROUPS if key in given] if isinstance(given, dict) else []
        if len(keys) > 1:
            fix = f"make an entry of each, or put one into the other: `{keys[0]}: [{{{keys[1]}: …}}]`"
            raise ValueError(f"both {keys[0]!r} and {keys[1]!r} are in one group; {fix}")
        return given


class All(Group):
    """Holds where every entry does."""

    all: tuple[Test, ...] = Field(min_length=1, description="Conditions, or groups of them, that must all hold.")


class Any(Group):
    """Holds where one entry does."""

    any: tuple[Test, ...] = Field(min_length=1, description="Conditions, or groups of them, of which one is enough.")


class Not(Group):
    """Holds where its entry does not."""

    not_: Test = Field(alias="not", description="A condition, or a group, that must not hold.")


def _which(given: object) -> str:
    """Return the tag of a condition or a group; in brackets, as no key of a spec is."""
    for key, group in _GROUPS.items():
        if isinstance(given, group) or (isinstance(given, dict) and key in given and "type" not in given):
            return f"<{key}>"
    return "<condition>"


def _known(given: object) -> object:
    """Accept what may be a condition or a group."""
    if isinstance(given, dict) and "type" not in given and not given.keys() & _GROUPS.keys():
        raise ValueError(
            "the key 'type' is missing; it says what kind this is, where it is no group: `all`, `any`, `not`"
        )
    if not isinstance(given, dict | Model):
        hint = "write {type: …}, or a group: `all`, `any`, `not`"
        said = "it is empty" if given is None else f"{given!r} is no condition"
        raise ValueError(f"{said}; {hint}")  # noqa: TRY004 - pydantic places ValueErrors
    return given


_GROUPS: dict[str, type[Group]] = {"all": All, "any": Any, "not": Not}

if TYPE_CHECKING:
    Test = Condition | All | Any | Not
else:
    Test = Annotated[
        Annotated[AnyCondition, Tag("<condition>")]
        | Annotated[All, Tag("<all>")]
        | Annotated[Any, Tag("<any>")]
        | Annotated[Not, Tag("<not>")],
        Discriminator(_which),
        BeforeValidator(_known),
    ]

for _group in _GROUPS.values():
    _group.model_rebuild()


def parts(test: Test) -> tuple[tuple[Loc, Test], ...]:
    """Return what a group is made of, each with its place; nothing of a condition."""
    if isinstance(test, All):
        return tuple((("all", index), entry) for index, entry in enumerate(test.all))
    if isinstance(test, Any):
        return tuple((("any", index), entry) for index, entry in enumerate(test.any))
    return ((("not",), test.not_),) if isinstance(test, Not) else ()


def conditions_in(test: Test, loc: Loc = ()) -> Iterator[tuple[Loc, Condition]]:
    """Yield every condition with its place, from left to right."""
    if isinstance(test, Condition):
        yield loc, test
    for place, entry in parts(test):
        yield from conditions_in(entry, (*loc, *place))


def excluding(test: Test, loc: Loc = ()) -> list[tuple[Loc, Loc]]:
    """Return (place, earlier place) of conditions that must both hold, and whose limits no number keeps."""
    demands: list[tuple[Loc, str, Span]] = []
    found: list[tuple[Loc, Loc]] = []
    for place, condition in _required(test, loc):
        if (demand := condition.demand()) is not None:
            subject, span = demand
            found += [(place, other) for other, of, earlier in demands if of == subject and (span & earlier).is_empty]
            demands.append((place, subject, span))
    for place, entry in parts(test):
        found += excluding(entry, (*loc, *place))
    return list(dict.fromkeys(found))


def _required(test: Test, loc: Loc) -> Iterator[tuple[Loc, Condition]]:
    """Yield the conditions without which an expression cannot hold."""
    if isinstance(test, Condition):
        yield loc, test
    if isinstance(test, All):
        for place, entry in parts(test):
            yield from _required(entry, (*loc, *place))


def truth(test: Test, verdicts: Mapping[Loc, Verdict], loc: Loc = ()) -> bool | None:
    """Return whether an expression holds; None where that depends on conditions without a verdict."""
    if isinstance(test, Condition):
        return verdicts[loc].met if loc in verdicts else None
    found = [truth(entry, verdicts, (*loc, *place)) for place, entry in parts(test)]
    if isinstance(test, Not):
        return None if found[0] is None else not found[0]
    decisive = isinstance(test, Any)
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def why(test: Test, verdicts: Mapping[Loc, Verdict], loc: Loc = ()) -> str:
    """Return why an expression holds, or does not, in words: the reasons of the conditions that decide it.

    Where it does not hold because a condition does that is under a `not`, the words say that it should not.
    """
    return "; ".join(dict.fromkeys(_reasons(test, verdicts, loc, truth(test, verdicts, loc))))


def _reasons(test: Test, verdicts: Mapping[Loc, Verdict], loc: Loc, whole: bool | None) -> Iterator[str]:
    if isinstance(test, Condition):
        if loc in verdicts:
            found = verdicts[loc]
            yield f"{found.reason}, which is not wanted" if found.met and whole is False else found.reason
        return
    holds = truth(test, verdicts, loc)
    for place, entry in parts(test):
        if isinstance(test, Not) or truth(entry, verdicts, (*loc, *place)) is holds:
            yield from _reasons(entry, verdicts, (*loc, *place), whole)

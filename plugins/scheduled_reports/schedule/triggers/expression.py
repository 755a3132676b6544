"""Which assets a schedule waits for: `orders`, `{all_of: [orders, {any_of: [fx_ecb, fx_fed]}]}`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from scheduled_reports.model import Model
from scheduled_reports.spec.marks import Loc

_LONGEST = 1500
"""Characters that Airflow lets an asset's name or URI have (airflow.sdk.definitions.asset)."""

_RESERVED = {"self", "context"}
"""Names that Airflow refuses (same place)."""


def _asset(given: str) -> str:
    if not given or given != given.strip() or len(given) > _LONGEST or not given.isprintable():
        raise ValueError(f"{given[:40]!r} cannot be an asset's name; write it as the DAG does that updates it")
    if given in _RESERVED or given.lower().startswith("airflow://"):
        raise ValueError(f"{given!r} is a word of Airflow's own; write the name or the URI of an asset")
    return given


AssetName = Annotated[str, AfterValidator(_asset)]
"""An asset's name, or its URI where it has `://` in it."""


def _entry(given: Any) -> Any:
    if isinstance(given, str | dict | Group):
        return given
    raise ValueError(f"{given!r} is no asset; write its name, its URI, or a mapping with all_of or any_of")


def _one_kind(given: Any) -> str:
    return "asset" if isinstance(given, str) else "group"


class Group(Model):
    """Several assets: all of them, or any of them."""

    all_of: tuple[Expression, ...] = Field((), description="Assets that must all be updated, or groups of assets.")
    any_of: tuple[Expression, ...] = Field((), description="Assets of which one is enough, or groups of assets.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.all_of) == bool(self.any_of):
            what = "both all_of and any_of are given" if self.all_of else "no asset is named"
            raise ValueError(f"{what}; name at least one asset in all_of or in any_of")
        return self


Expression = Annotated[
    Annotated[AssetName, Tag("asset")] | Annotated[Group, Tag("group")],
    Discriminator(_one_kind),
    BeforeValidator(_entry),
]
"""An asset's name, or its URI where it has `://` in it; or a group of them."""

Group.model_rebuild()


def names_in(expression: Expression, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Yield (place, name) of every asset that an expression names."""
    if isinstance(expression, str):
        yield loc, expression
        return
    for key in ("all_of", "any_of"):
        for index, entry in enumerate(getattr(expression, key)):
            yield from names_in(entry, (*loc, key, index))


def unmet(expression: Expression, fresh: Callable[[str], bool]) -> Expression | None:
    """Return the part of an expression that still has to come; None where it is met."""
    if isinstance(expression, str):
        return None if fresh(expression) else expression
    parts = [unmet(entry, fresh) for entry in (*expression.all_of, *expression.any_of)]
    missing = tuple(part for part in parts if part is not None)
    if not missing or (expression.any_of and len(missing) < len(parts)):
        return None
    if len(missing) == 1:
        return missing[0]
    return Group(all_of=missing) if expression.all_of else Group(any_of=missing)


def in_words(expression: Expression, label: Callable[[str], str]) -> str:
    """Return it as a sentence says it: `orders and (fx_ecb or fx_fed)`."""
    if isinstance(expression, str):
        return label(expression)
    entries, joint = (expression.all_of, "and") if expression.all_of else (expression.any_of, "or")
    words = [in_words(entry, label) for entry in entries]
    if len(words) == 1:
        return words[0]
    words = [word if isinstance(entry, str) else f"({word})" for entry, word in zip(entries, words, strict=True)]
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def is_plural(expression: Expression) -> bool:
    """Return whether a sentence says `are` of it: several that must all come."""
    if isinstance(expression, str):
        return False
    return len(expression.all_of) > 1 or (len(expression.all_of) == 1 and is_plural(expression.all_of[0]))

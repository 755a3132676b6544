"""What a spec says of a source's columns."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from scheduled_reports.column_types import ALLOWED, ColumnType
from scheduled_reports.masks import AnyMask, Mask
from scheduled_reports.masks.keep import Keep
from scheduled_reports.model import Model, Name

DEFAULT = "default"
"""In a spec, everybody who has no role that a mask names."""


def _is_a_role(name: str) -> str:
    if name in {DEFAULT, "type"}:
        raise ValueError(f"{name!r} is no role: `mask` has another meaning for it; choose another word")
    return name


Role = Annotated[Name, AfterValidator(_is_a_role)]
"""Whose eyes read a report: a word that masks and destinations share."""


class _ByRole:
    """Lets a spec write a mask as a word, as a mapping with `type`, or as one of these for each role."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_by_role, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        ((pattern, mask),) = handler(schema)["patternProperties"].items()
        one = {"anyOf": [{"enum": [*mask["discriminator"]["mapping"], None]}, mask]}
        roles = {"type": "object", "patternProperties": {pattern: one}, "additionalProperties": False}
        return {"anyOf": [*one["anyOf"], roles]}


def _by_role(given: Any) -> Any:
    if given is None or isinstance(given, str) or (isinstance(given, dict) and "type" in given):
        return {DEFAULT: _typed(given)}
    return {role: _typed(mask) for role, mask in given.items()} if isinstance(given, dict) else given


def _typed(given: Any) -> Any:
    """Return a mask's word as its mapping; YAML reads the word `null` as nothing."""
    if given is None or isinstance(given, str):
        return {"type": given or "null"}
    return {**given, "type": "null"} if isinstance(given, dict) and given.get("type", "") is None else given


Masks = Annotated[dict[Name, AnyMask], _ByRole()]
"""A column's mask for each role, and for `default`."""


class Column(Model):
    """One column of a source."""

    type: ColumnType | None = Field(
        None,
        description=f"What its values are: {ALLOWED}. Found by looking unless given. Another type that the source has "
        "is converted where nothing is lost; extraction fails, naming the column and the first value that does not "
        "fit, where that cannot be done.",
    )
    description: str = Field("", description="What it means, for whoever reads the spec.")
    sensitive: bool = Field(
        False,
        description="Whether its values must not be seen. Unmasked, it may be joined and counted, but a report that "
        "shows it, or what is made of it, is an error, unless `mask` gives the role `keep` by name.",
    )
    mask: Masks = Field(
        {},
        description="What becomes of its values before anything is made of them: `drop`, `null`, `hash`, `pseudonym`, "
        "`partial`, `generalise` or `keep`; or one of these for each role that `deliver` names, and `default` for "
        "everybody else: `{default: hash, auditor: keep}`.",
    )

    @model_validator(mode="after")
    def _everybody_is_told(self) -> Self:
        if self.mask and DEFAULT not in self.mask and not self.sensitive:
            raise ValueError("'mask' has no 'default'; say what everybody else gets, for example 'default: hash'")
        if self.sensitive and isinstance(self.mask.get(DEFAULT), Keep):
            raise ValueError(
                "a sensitive column cannot be kept for everybody; "
                "name the roles that may see it, or leave 'sensitive' out"
            )
        return self

    @model_validator(mode="after")
    def _masks_fit(self) -> Self:
        kind = "" if self.type is None else kind_of_type(self.type)
        for mask in self.mask.values():
            if kind and (why := mask.fault(kind)):
                raise ValueError(f"the mask {mask.kind!r} does not fit a column of type {self.type}: {why}")
        return self

    @property
    def hidden(self) -> bool:
        """Whether its values are kept from somebody, so that messages and rejected rows must not show them."""
        return self.sensitive or any(not isinstance(mask, Keep) for mask in self.mask.values())

    def mask_for(self, role: str | None) -> Mask | None:
        """Return the mask that applies to a role, None being everybody else; None where there is none."""
        return self.mask.get(role or DEFAULT, self.mask.get(DEFAULT))

    def forbidden(self, role: str | None) -> bool:
        """Return whether it reaches the datasets of a role unmasked, and must not be shown there."""
        return self.sensitive and self.mask_for(role) is None


def kind_of_type(name: ColumnType) -> str:
    """Return the kind of values that masks know of a column type."""
    return {"json": "text"}.get(name, name.partition("(")[0])

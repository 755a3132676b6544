"""A model file says what is wrong with it, and where."""

from pathlib import Path

import pytest

from canonical import ORDER, write_model
from scheduled_reports.models.load import ModelError, load_model, model_problems


def problems(folder: Path, text: str) -> list[str]:
    """Return what `reports check` tells of the model, from its line on."""
    path = write_model(folder, text)
    return [str(problem).removeprefix(f"{path}:") for problem in model_problems(folder / "include")]


def test_a_model_is_read(tmp_path: Path) -> None:
    write_model(tmp_path)

    model = load_model("order", tmp_path / "include")

    assert [*model.columns] == ["order_id", "ordered_at", "customer", "country", "quantity", "weight", "total"]
    assert (model.key, model.account, model.columns["total"].currency) == (("channel", "order_id"), "customer", "EUR")
    assert model_problems(tmp_path / "include") == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("columns:", "colums:", "1:1: the key 'columns' is missing in the model; add it"),
        ("type: text, required", "typ: text, required", "did you mean 'type'?"),
        ("{type: integer", "{type: integre", "columns.quantity.type: there is no type 'integre'; allowed: text"),
        ("key: [channel, order_id]", "key: [channel, orderid]",
         "2:6: key: there is no column 'orderid'; did you mean 'order_id'?"),
        ("account: customer", "account: client", "account: there is no column 'client'"),
        ("  customer:", "  channel: {type: text}\n  customer:", "'channel' is a column that every model has"),
        ("[DE, AT, CH]", "[DE, 43]", "columns.country: 43 is not text; write text, in quotes"),
        ("at_least: 1", "at_least: one", "columns.quantity: 'one' is not integer; write a whole number"),
        ("{type: text}", "{type: text, at_most: z}", "a column of type text has no least or greatest value; use"),
        ("{type: text}", "{type: text, unit: kg}", "a column of type text has no unit"),
        ("currency: EUR", "currency: Euro", "'Euro' is not a currency; write its ISO 4217 code"),
        ("decimal(14,2)", "number", "money is a decimal without a unit; write type: decimal(18,2)"),
        ("unit: kg", "unit: kgg", "10:32: columns.weight.unit: there is no unit 'kgg'; write it as in kg"),
        ("  order_id:", "  OrderId: {type: text}\n  order_id:", "'OrderId' is not a name"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    found = problems(tmp_path, ORDER.replace(old, new, 1))

    assert any(told in problem for problem in found), found


@pytest.mark.parametrize(
    ("text", "told"), [("", "is not a model"), ("- 1", "is not a model"), ("a: [", "not valid YAML")]
)
def test_what_is_no_model_at_all_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in problems(tmp_path, text)[0]


def test_a_model_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    write_model(tmp_path)

    with pytest.raises(ModelError, match="there is no model 'oder'; did you mean 'order'"):
        load_model("oder", tmp_path / "include")


@pytest.mark.parametrize(
    ("name", "told"), [("order.yml", "models end in .yaml"), ("Order-Line.yaml", "cannot be a model's name")]
)
def test_a_file_that_no_spec_can_name_is_told(tmp_path: Path, name: str, told: str) -> None:
    write_model(tmp_path).rename(tmp_path / "include" / "models" / name)

    assert told in str(model_problems(tmp_path / "include")[0])

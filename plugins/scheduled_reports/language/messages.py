"""Every text of ours that readers see, found in the code and in the templates: what catalogues translate.

`python -m scheduled_reports.language.messages > reports.pot` writes a template for a new language, and with a
catalogue's name, `python -m scheduled_reports.language.messages de.po`, only what that lacks.

In code a text is the first argument of `….text("…")`, `….counted("one", "many", n)` or `translatable("…")`, also by
way of a name or a mapping of the same module; in a template also of `t("…")` and `counted("one", "many", n)`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2 import Environment, nodes

from scheduled_reports.language.texts import read_texts

PACKAGE = Path(__file__).parents[1]
"""The folder of this package."""

_TEMPLATES = (".html", ".txt", ".css", ".xml", ".jinja", ".j2", ".md")
_ONE, _COUNTED, _MARK = ("text", "t"), "counted", "translatable"
_CALLS = re.compile(r"\b(text|t|counted|translatable)\(")
_WITH_TEXT = ("sa", "sqlalchemy")
"""Modules, and what they are called here, that have a function `text` of their own: of SQL."""


@dataclass(frozen=True, order=True)
class Message:
    """A text of ours.

    Attributes:
        one: The English text; of one thing where there is another for many.
        many: The English text of many things, else empty.
        file: Where it stands, below the folder.
        line: The line there.
    """

    one: str
    many: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.one!r}" + (f" / {self.many!r}" if self.many else "")


def translatable(message: str) -> str:
    """Return `message` as it is: marks a text that another module gives to `Language.text`."""
    return message


def messages(folder: Path = PACKAGE) -> list[Message]:
    """Return every text of ours in the Python files and templates below a folder."""
    found: list[Message] = []
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.suffix == ".py":
            found += _of_code(file.read_text(encoding="utf-8"), name)
        elif file.suffix in _TEMPLATES and file.is_file():
            found += _of_template(file.read_text(encoding="utf-8"), name)
    return found


def catalogue(found: Iterable[Message]) -> Catalog:
    """Return a catalogue without translations."""
    made = Catalog(project="airflow-scheduled-reports", fuzzy=False)
    for message in found:
        made.add((message.one, message.many) if message.many else message.one,
                 locations=[(message.file, message.line)])  # fmt: skip
    return made


def missing(found: Iterable[Message], file: Path) -> list[Message]:
    """Return the texts that a catalogue lacks."""
    texts = read_texts(file)
    return [message for message in found
            if message.one not in (texts.counted if message.many else texts.single)]  # fmt: skip


def _of_code(source: str, name: str) -> Iterator[Message]:
    if not _CALLS.search(source):
        return
    tree = list(ast.walk(ast.parse(source)))
    others = {alias.asname or alias.name for node in tree
              if isinstance(node, ast.ImportFrom) and node.module in _WITH_TEXT for alias in node.names}  # fmt: skip
    for node in tree:
        if isinstance(node, ast.Call) and (called := _called(node.func)) and called not in others:
            singles = called != _COUNTED and node.args
            for text in _texts(node.args[0], tree) if singles else ():
                yield from _message(called, [text], name, node.lineno)
            if called == _COUNTED:
                yield from _message(called, [getattr(part, "value", None) for part in node.args], name, node.lineno)


def _texts(argument: ast.expr, tree: Sequence[ast.AST], *names: str) -> Iterator[str]:
    """Yield the texts that an argument may be: itself, the branches of a condition, the values of a mapping.

    A name stands for what its module assigns to it, unless it is among `names`, which led here.
    """
    parts: list[ast.expr] = []
    match argument:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            parts = [one, other]
        case ast.Dict(values=values):
            parts = values
        case ast.Subscript(value=mapping):
            parts = [mapping]
        case ast.Call(func=ast.Attribute(value=mapping, attr="get"), args=[_, *default]):
            parts = [mapping, *default]
        case ast.Name(id=name) if name not in names:
            parts, names = list(_assigned(name, tree)), (*names, name)
    for part in parts:
        yield from _texts(part, tree, *names)


def _assigned(name: str, tree: Sequence[ast.AST]) -> Iterator[ast.expr]:
    for node in tree:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                yield value
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                yield value


def _called(function: ast.expr) -> str:
    """Return the name of a function that is given texts."""
    if isinstance(function, ast.Attribute):
        of_module = isinstance(function.value, ast.Name) and function.value.id in _WITH_TEXT
        return "" if of_module or function.attr == "t" else function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _of_template(source: str, name: str) -> Iterator[Message]:
    if not _CALLS.search(source):
        return
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        called = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
        texts = [argument.value if isinstance(argument, nodes.Const) else None for argument in call.args]
        yield from _message(called, texts, name, call.lineno)


def _message(called: str, texts: Sequence[object], name: str, line: int) -> Iterator[Message]:
    if called in (*_ONE, _MARK) and texts and isinstance(texts[0], str):
        yield Message(texts[0], "", name, line)
    if called == _COUNTED and len(texts) > 1 and isinstance(texts[0], str) and isinstance(texts[1], str):
        yield Message(texts[0], texts[1], name, line)


def main(arguments: Sequence[str]) -> None:
    """Write the texts as a .po file, or those that a catalogue lacks."""
    found = messages()
    write_po(sys.stdout.buffer, catalogue(missing(found, Path(arguments[0])) if arguments else found))


if __name__ == "__main__":
    main(sys.argv[1:])

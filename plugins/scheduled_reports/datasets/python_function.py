"""The functions in include/python/: found without importing them, and imported only to be called."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduled_reports.errors import SourceError


@dataclass(frozen=True)
class Defined:
    """What a file says of its functions.

    Attributes:
        functions: Those that it defines itself.
        names: All that it defines or imports.
    """

    functions: dict[str, ast.FunctionDef]
    names: frozenset[str]


def file_of(include: Path, function: str) -> Path:
    """Return the file that `module:function` names: `scoring:score` is in include/python/scoring.py."""
    return include / "python" / (function.partition(":")[0].replace(".", "/") + ".py")


def defined_in(path: Path) -> Defined:
    """Return what a Python file defines, without running it.

    Raises:
        SyntaxError: It is not Python.
        OSError: It cannot be read.
        UnicodeDecodeError: It is not UTF-8 text.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return Defined(functions, frozenset(functions) | frozenset(name for node in tree.body for name in _names(node)))


@contextmanager
def imported(include: Path, function: str) -> Iterator[Callable[..., Any]]:
    """Import the module of `module:function` and give the function.

    The module gets a name of its own: none that is installed can be in its way, nor it in theirs. Meanwhile what lies
    beside it can be imported, behind what is installed; afterwards nothing of it is left: an edited file counts.

    Raises:
        SourceError: There is no such file or function.
    """
    path, folder = file_of(include, function).absolute(), (include / "python").absolute()
    name = "_include_python_" + function.partition(":")[0].replace(".", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SourceError(f"there is no file {path}", fix="write it, or correct the dataset's 'python'")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.append(str(folder))
    try:
        spec.loader.exec_module(module)
        found = getattr(module, function.partition(":")[2], None)
        if not callable(found):
            what = f"{path} has no function {function.partition(':')[2]!r}"
            raise SourceError(what, fix="define it, or correct the dataset's 'python'")
        yield found
    finally:
        sys.path.remove(str(folder))
        for name in [name for name, entry in sys.modules.items() if _lies_in(entry, folder)]:
            del sys.modules[name]


def _lies_in(module: Any, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and Path(file).is_relative_to(folder)


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (entry.asname or entry.name for entry in node.names)
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))

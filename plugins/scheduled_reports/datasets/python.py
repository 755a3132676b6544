"""A dataset that a function in Python makes, for what SQL says badly."""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from scheduled_reports.datasets.base import Dataset, Fault
from scheduled_reports.datasets.python_function import defined_in, file_of, imported
from scheduled_reports.errors import SourceError
from scheduled_reports.model import OneOrMany
from scheduled_reports.parquet import write_batches
from scheduled_reports.spec.marks import PythonFunction, TableName

if TYPE_CHECKING:
    import ast

    from scheduled_reports.run import Run
    from scheduled_reports.tables import Tables


_FUNCTION = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$"


def _function(text: str) -> str:
    if not re.fullmatch(_FUNCTION, text) or ".py:" in text:
        raise ValueError(f"{text!r} is no function; write module:function, for include/python/module.py")
    return text


class PythonDataset(Dataset):
    """A table made by a Python function of others. All of them are in memory while it runs."""

    type: Literal["python"] = "python"
    python: Annotated[PythonFunction, AfterValidator(_function)] = Field(
        json_schema_extra={"pattern": _FUNCTION},
        description="`module:function`: `scoring:score` is the function `score` in `include/python/scoring.py`. It is "
        "called with a pandas DataFrame for each of `inputs`, by its name, and with those of the run's bind values "
        "that it has arguments for (`period_start`, a parameter); it returns a DataFrame.",
    )
    inputs: OneOrMany[TableName] = Field(min_length=1, description="The sources and datasets that it is given.")

    def reads(self, known: Collection[str], include: Path) -> set[str]:
        """Return its inputs."""
        return set(self.inputs) & set(known)

    def shown(self, include: Path) -> str:
        """Return where its function stands."""
        path, name = file_of(include, self.python), self.python.partition(":")[2]
        function = defined_in(path).functions.get(name)
        place = f"include/python/{path.relative_to(include / 'python')}" + (f":{function.lineno}" if function else "")
        return f"-- {place}: {name}({', '.join(self.inputs)})"

    def faults(self, known: Collection[str], binds: Collection[str], include: Path) -> Iterator[Fault]:
        """Yield arguments of the function that get no value, and inputs that it has no argument for."""
        path = file_of(include, self.python)
        function = defined_in(path).functions.get(self.python.partition(":")[2])
        if function is not None:
            yield from _misfits(function, self.inputs, binds, path)

    def make(self, run: Run, name: str, tables: Tables, target: Path) -> None:
        """Call the function with the tables, and write what it returns."""
        from scheduled_reports.datasets.frames import frame_of, table_of

        what = f"dataset {name!r} ({run.report.query_place('datasets', name)}, {self.python})"
        frames = {table: frame_of(tables, table) for table in self.inputs}
        table = table_of(self._called(run, frames, what), what)
        del frames
        write_batches(table.schema, table.to_batches(max_chunksize=50_000), target, what)

    def _called(self, run: Run, frames: Mapping[str, Any], what: str) -> Any:
        """Return what the function returns; whatever it raises is told with its line."""
        folder = (run.include / "python").absolute()
        try:
            with imported(run.include, self.python) as function:
                arguments = {**_asked(function, run.binds()), **frames}
                _require_fitting(function, arguments, what)
                return function(**arguments)
        except SourceError:
            raise
        except (Exception, SystemExit) as error:
            raise SourceError(
                f"{what} failed in {_place(error, folder)}",
                why="".join(traceback.format_exception_only(error)).strip(),
                fix="mend the function; `reports preview` shows whether it works",
            ) from error


def _asked(function: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the run's values that a function has arguments for."""
    return {name: values[name] for name in inspect.signature(function).parameters if name in values}


def _require_fitting(function: Any, arguments: Mapping[str, Any], what: str) -> None:
    try:
        inspect.signature(function).bind(**arguments)
    except TypeError as error:
        fix = "give the function an argument for each of 'inputs', and a default for any other"
        raise SourceError(f"{what} does not fit its function", why=str(error), fix=fix) from error


def _place(error: BaseException, folder: Path) -> str:
    """Return the innermost line of the author's files that an error came through."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(folder):
        return f"include/python/{Path(error.filename).relative_to(folder)}:{error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if Path(frame.filename).is_relative_to(folder)]  # fmt: skip
    if not frames:
        return "its call"
    return f"include/python/{Path(frames[-1].filename).relative_to(folder)}:{frames[-1].lineno} ({frames[-1].name})"


def _misfits(function: ast.FunctionDef, inputs: Collection[str], binds: Collection[str], path: Path) -> Iterator[Fault]:
    arguments = function.args
    named = [entry.arg for entry in (*arguments.args, *arguments.kwonlyargs)]
    head = f"the function {function.name} in {path.name}:{function.lineno}"
    for name in inputs:
        if name not in named and arguments.kwarg is None:
            yield Fault(("inputs",), f"{head} has no argument {name!r}", f"it has: {', '.join(named) or 'none'}")
    needed = [entry.arg for entry in arguments.args[: len(arguments.args) - len(arguments.defaults)]]
    needed += [entry.arg for entry, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if not value]
    for entry in arguments.posonlyargs:
        yield Fault(("python",), f"{head} takes {entry.arg!r} only by place", "leave out the '/'")
    for name in needed:
        if name not in inputs and name not in binds:
            hint = f"add it to 'inputs', give it a default, or name a value of the run: {', '.join(sorted(binds))}"
            yield Fault(("python",), f"{head} needs {name!r}, which is neither an input nor a value of the run", hint)

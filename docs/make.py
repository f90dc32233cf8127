"""Write the generated pages of the documentation: ``python docs/make.py``. A test compares them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from duizhao import schema
from duizhao.cli import app

HERE = Path(__file__).parent
NOTE = "<!-- Made by docs/make.py: change {source} and run it again. -->\n"


def make_cli_reference() -> str:
    """Every command with its arguments and options, from the typer app."""
    root = typer.main.get_command(app)
    parts = [
        "# The command line\n",
        NOTE.format(source="src/duizhao/cli.py"),
        f"`duizhao COMMAND --help` says the same. {root.help}\n",
    ]
    parts += [
        "A mistake of the input ends in one line on standard error and exit code 1, wrong usage in 2, "
        "Ctrl-C in 130, "
        "SIGTERM in 143, a fault of Duizhao itself in 70. `--debug`, anywhere on the line, adds a "
        "traceback.\n"
    ]
    commands = root.commands.items()  # type: ignore[attr-defined]
    return "\n".join([*parts, *(_command(name, command) for name, command in commands)])


def make_field_tables() -> str:
    """Every config that has a schema: what one row is, and its fields."""
    parts = ["# Fields\n", NOTE.format(source="the files in schema/")]
    parts += ["Spans are half-open `[start, end)`, in Unicode code points. Languages are BCP 47 tags.\n"]
    parts += [
        f"## {name}\n\n{schema.load_schema(name)['description']}\n\n{schema.field_table(name)}\n"
        for name in schema.available()
    ]
    return "\n".join(parts)


PAGES: dict[str, Callable[[], str]] = {"cli.md": make_cli_reference, "fields.md": make_field_tables}


def _command(name: str, command: Any) -> str:
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [
        param for param in command.params if param.param_type_name == "option" and "--help" not in param.opts
    ]
    usage = " ".join([f"duizhao {name}", *(["[OPTIONS]"] if options else []), *map(_argument, arguments)])
    rows = [(f"`{_argument(param)}`", _meaning(param)) for param in arguments]
    rows += [(f"`{_forms(param)}{_value(param)}`", _meaning(param)) for param in options]
    table = ["| | |", "|---|---|", *(f"| {left} | {right} |" for left, right in rows)]
    return "\n".join(
        [f"## {name}\n", inspect.cleandoc(command.help or ""), f"\n```text\n{usage}\n```\n", *table, ""]
    )


def _argument(param: Any) -> str:
    if param.metavar:
        return str(param.metavar)
    return str(param.name).upper() if param.required else f"[{str(param.name).upper()}]"


def _forms(param: Any) -> str:
    """The names of an option, the long one first; of a switch with two forms both."""
    return ", ".join(param.opts) + "".join(f" / {name}" for name in param.secondary_opts)


def _value(param: Any) -> str:
    return "" if getattr(param, "is_flag", False) else " " + str(param.name).upper()


def _meaning(param: Any) -> str:
    text = (param.help or "").replace("|", "\\|")
    if param.param_type_name == "option" and param.secondary_opts:
        return f"{text} [default: {(param.opts if param.default else param.secondary_opts)[0]}]"
    shown = param.default is not None and not getattr(param, "is_flag", False) and not param.required
    return f"{text} [default: {param.default}]" if shown else text


if __name__ == "__main__":
    for page, write in PAGES.items():
        (HERE / page).write_text(write(), encoding="utf-8", newline="\n")

"""Run the notebook and store its outputs: ``python docs/notebook.py``. A test compares them.

The cells run one after the other in one namespace, in the folder of the notebook, as in Jupyter. What a cell
prints and the value of its last line are its outputs: a table as text and HTML, a figure as a picture.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).parent / "duizhao.ipynb"


def run(notebook: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the notebook with fresh outputs of its cells. An error of a cell is raised."""
    names: dict[str, Any] = {"__name__": "__main__"}
    cells = []
    before = Path.cwd()
    os.chdir(folder)
    try:
        for number, cell in enumerate(notebook["cells"], 1):
            if cell["cell_type"] == "code":
                outputs = run_cell("".join(cell["source"]), names, f"<cell {number}>")
                count = sum(one["cell_type"] == "code" for one in notebook["cells"][:number])
                for output in outputs:
                    if output["output_type"] == "execute_result":
                        output["execution_count"] = count
                cell = {**cell, "execution_count": count, "outputs": outputs}
            cells.append(cell)
    finally:
        os.chdir(before)
    return {**notebook, "cells": cells}


def run_cell(source: str, names: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Run one cell and return its outputs."""
    tree = ast.parse(source, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    value = None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), names)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(printed.getvalue())})
    if value is not None:
        outputs.append({"data": _show(value), "metadata": {}, "output_type": "execute_result"})
    return outputs


def _show(value: Any) -> dict[str, Any]:
    """What Jupyter shows of a value, by MIME type."""
    if type(value).__module__ == "matplotlib.figure":
        picture = io.BytesIO()
        value.savefig(picture, format="png", metadata={"Software": None})
        return {"image/png": base64.b64encode(picture.getvalue()).decode("ascii"), "text/plain": ["<Figure>"]}
    shown = {"text/plain": _lines(repr(value))}
    if hasattr(value, "_repr_html_"):
        shown["text/html"] = _lines(value._repr_html_())
    return dict(sorted(shown.items()))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    made = run(json.loads(NOTEBOOK.read_text(encoding="utf-8")), NOTEBOOK.parent)
    NOTEBOOK.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")

"""The notebook of the documentation: it runs from its first cell to its last, and its stored outputs are what
it gives.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
import notebook  # type: ignore[import-not-found]


def told(made: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the cells print and show. The bytes of a picture depend on fonts, so only its kind counts."""
    found = []
    for cell in made["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            found.append((cell["id"], output.get("text") or data.get("text/html") or sorted(data)))
    return found


@pytest.mark.slow
def test_the_stored_outputs_are_what_the_cells_give() -> None:
    """Fixed by: python docs/notebook.py"""
    pytest.importorskip("matplotlib")
    stored = json.loads(notebook.NOTEBOOK.read_text(encoding="utf-8"))
    made = notebook.run(stored, ROOT / "docs")
    assert told(made) == told(stored)
    shown = [
        kind for cell in made["cells"] for one in cell.get("outputs", ()) for kind in one.get("data", {})
    ]
    assert "text/html" in shown
    assert "image/png" in shown
    assert "F1 " in str(told(made)[-1])


def test_the_notebook_has_the_form_that_jupyter_reads() -> None:
    stored = json.loads(notebook.NOTEBOOK.read_text(encoding="utf-8"))
    assert (stored["nbformat"], stored["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in stored["cells"]]
    assert len(set(ids)) == len(ids)
    code = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))


def test_a_cell_that_fails_is_not_passed_over() -> None:
    with pytest.raises(ZeroDivisionError):
        notebook.run_cell("1 / 0", {}, "cell")


def test_a_cell_shows_what_it_prints_and_its_last_value() -> None:
    names: dict[str, Any] = {}
    printed, value = notebook.run_cell("a = 1\nprint('x')\na + 1", names, "cell")
    assert printed["text"] == ["x\n"]
    assert value["data"]["text/plain"] == ["2"]
    assert names["a"] == 1

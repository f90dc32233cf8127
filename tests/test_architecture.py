"""The street: a module imports only what stands before it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "duizhao"

STREET = (
    "errors", "findings", "schema", "loading", "vectors", "embedding_network", "embedding", "source", "spans", "markdown", "blocks", "duplicates",
    "cleaning_cues", "cleaning_form", "cleaning_place", "cleaning_cuts", "cleaning_topic", "cleaning_model", "cleaning_reasons", "cleaning",
    "script", "sentences", "alignment_sides", "alignment_features", "alignment_anchors", "alignment_paragraphs", "alignment_search",
    "alignment_trust", "alignment", "bitext", "annotation", "pipeline", "resolution", "sense", "validation", "card", "croissant", "release",
    "attachments", "engine", "hub", "stats", "plots", "report", "viewer", "cli", "__main__",
)  # fmt: skip


def imports(path: Path) -> list[str]:
    """Modules of the package that a module imports, at its head or inside a function."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "duizhao":
            rest = node.module.split(".")[1:]
            found += [rest[0]] if rest else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name.split(".")[1] for alias in node.names if alias.name.startswith("duizhao.")]
    return found


def modules() -> list[str]:
    return sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_stands_before_it_on_the_street(module: str) -> None:
    assert module in STREET, f"{module} has no place on the street"
    backwards = [name for name in imports(PACKAGE / f"{module}.py") if name in STREET and STREET.index(name) >= STREET.index(module)]
    assert not backwards, f"{module} imports {backwards}, which stand behind it"


def test_an_import_that_runs_backwards_is_found(tmp_path: Path) -> None:
    path = tmp_path / "blocks.py"
    path.write_text("def late():\n    from duizhao.pipeline import make_records\n", encoding="utf-8")
    assert imports(path) == ["pipeline"]

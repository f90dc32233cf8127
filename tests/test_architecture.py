"""The layers: a package imports only packages below it, and only what their front doors offer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import duizhao

PACKAGE = Path(__file__).parents[1] / "src" / "duizhao"

LAYERS = (
    ("dates", "errors", "imports"),
    ("files", "packed", "process"),
    ("schema", "languages"),
    ("text",),
    ("encoders",),
    ("sources",),
    ("cleaning",),
    ("alignment",),
    ("annotations",),
    ("records",),
    ("release", "cache"),
    ("corpus",),
    ("reuse",),
    ("builder", "inventory"),
    ("report", "tasks", "verification"),
    ("cli",),
    ("__main__",),
)
"""Packages and modules from the bottom layer up. Those of one layer do not import one another."""

LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}
CHANGING = {
    "Cache",
    "Element",
    "File",
    "Files",
    "Page",
    "PieceRecords",
    "Reader",
    "_Column",
    "_OpenShard",
    "_Scan",
    "_Seen",
    "_State",
    "_Worker",
}
"""Dataclasses that collect or count, so they change. All others are frozen."""

DEEPEST = 3  # parts of a path below src/duizhao: package, inner package, module


def source_files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> list[str]:
    """Names below ``duizhao`` that a file imports from, at its head or inside a function."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "duizhao":
            rest = node.module.partition(".")[2]
            found += [rest] if rest else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [
                alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("duizhao.")
            ]
    return [name for name in found if not name.startswith("_")]


def is_package(name: str) -> bool:
    return (PACKAGE / name.replace(".", "/") / "__init__.py").is_file()


def top(name: str) -> str:
    return name.split(".")[0]


def wrong_imports(name: str, imported: list[str]) -> list[str]:
    """Which of the imported names the module ``name`` may not import, and why."""
    wrong = []
    for other in imported:
        if top(other) == top(name):
            continue
        if LAYER[top(other)] >= LAYER[top(name)]:
            wrong.append(f"{other} is not below {name}")
        elif "." in other and not is_package(other):
            wrong.append(f"{other} is private: import from {other.rpartition('.')[0]}")
    return wrong


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_a_module_imports_only_front_doors_of_lower_layers(path: Path) -> None:
    name = name_of(path)
    assert top(name) in LAYER, f"{top(name)} has no layer"
    assert not wrong_imports(name, imports(path))


def test_every_layer_exists() -> None:
    for name in LAYER:
        assert is_package(name) or (PACKAGE / f"{name}.py").is_file(), name


def test_folders_stay_shallow() -> None:
    assert not [path for path in source_files() if len(path.relative_to(PACKAGE).parts) > DEEPEST]


def test_every_dataclass_has_slots_and_is_frozen_unless_it_collects() -> None:
    changing = set()
    imported = Path(duizhao.__file__).parent  # in a run of tests/mutation.py this is not PACKAGE
    for path in sorted(imported.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            for call in node.decorator_list:
                words = ast.unparse(call)
                if words.startswith("dataclass"):
                    assert "slots=True" in words, f"{path.name}: {node.name}"
                    if "frozen=True" not in words:
                        changing.add(node.name)
    assert changing == CHANGING


def test_an_import_that_runs_upwards_is_found(tmp_path: Path) -> None:
    path = tmp_path / "blocks.py"
    path.write_text("def late():\n    from duizhao.records import make_records\n", encoding="utf-8")
    assert wrong_imports("text.blocks", imports(path)) == ["records is not below text.blocks"]


def test_an_import_past_a_front_door_is_found(tmp_path: Path) -> None:
    path = tmp_path / "checks.py"
    path.write_text("from duizhao.text.spans import read\nfrom duizhao import schema\n", encoding="utf-8")
    assert wrong_imports("records.checks", imports(path)) == ["text.spans is private: import from text"]


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_an_error_has_the_class_that_tells_what_was_wrong(path: Path) -> None:
    """``DuizhaoError`` is what a caller catches; what is raised is one of its subclasses."""
    raised = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and getattr(node.exc.func, "id", None) == "DuizhaoError"
    ]
    assert not raised

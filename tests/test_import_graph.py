"""No circle of imports in the package: those of modules, those inside functions and those for type checking alike."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

TUI = Path(__file__).parents[1] / "tui"


class Import(NamedTuple):
    """A statement that imports a module of the same package."""

    target: str
    path: Path
    line: int


Graph = Mapping[str, list[Import]]


def import_graph(root: Path, package: str) -> Graph:
    """Every import of a package below `root`, by the module that has it."""
    modules = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return {name: list(_imports(name, path, modules)) for name, path in modules.items()}


def _imports(module: str, path: Path, modules: Mapping[str, Path]) -> Iterator[Import]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
            base = package[: len(package) + 1 - node.level] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            members = [f"{source}.{alias.name}" for alias in node.names]
            names = [member if member in modules else source for member in members]
        else:
            continue
        for name in dict.fromkeys(names):
            if name in modules and name != module:
                yield Import(name, path, node.lineno)


def circles(graph: Graph) -> list[list[str]]:
    """The strongly connected components of more than one module, by Tarjan's algorithm."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    components: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for target in (each.target for each in graph[module]):
            if target not in index:
                visit(target)
                low[module] = min(low[module], low[target])
            elif target in stack:
                low[module] = min(low[module], index[target])
        if low[module] == index[module]:
            at = stack.index(module)
            components.append(sorted(stack[at:]))
            del stack[at:]

    for module in graph:
        if module not in index:
            visit(module)
    return sorted(component for component in components if len(component) > 1)


def described(graph: Graph, root: Path) -> str:
    """Each circle with the imports that make it, one a line with its file and line number; empty without circles."""
    lines = []
    for component in circles(graph):
        lines.append(f"circle of {len(component)} modules: {', '.join(component)}")
        lines += [
            f"  {each.path.relative_to(root)}:{each.line} imports {each.target}"
            for module in component
            for each in graph[module]
            if each.target in component
        ]
    return "\n".join(lines)


def written(root: Path, **modules: str) -> Graph:
    """The graph of a package `house` made of these modules."""
    (root / "house").mkdir()
    for name, text in {"__init__": "", **modules}.items():
        (root / "house" / f"{name}.py").write_text(text)
    return import_graph(root, "house")


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = import_graph(TUI, "latticetop")
    assert len(graph) > 1
    assert described(graph, TUI.parent) == ""


def test_a_circle_for_type_checking_is_found(tmp_path: Path) -> None:
    graph = written(
        tmp_path,
        roof="from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from house.wall import Wall\n",
        wall="from house.roof import Roof\n",
        door="from house.wall import Wall\n",
    )
    assert circles(graph) == [["house.roof", "house.wall"]]
    assert described(graph, tmp_path).splitlines() == [
        "circle of 2 modules: house.roof, house.wall",
        "  house/roof.py:4 imports house.wall",
        "  house/wall.py:1 imports house.roof",
    ]


def test_a_circle_through_a_function_is_found(tmp_path: Path) -> None:
    graph = written(
        tmp_path,
        roof="from . import wall\n",
        wall="import house.door\n",
        door="def open():\n    from .roof import Roof\n\n    return Roof\n",
    )
    assert circles(graph) == [["house.door", "house.roof", "house.wall"]]
    assert "house/door.py:2 imports house.roof" in described(graph, tmp_path)


def test_imports_that_run_one_way_are_no_circle(tmp_path: Path) -> None:
    graph = written(tmp_path, roof="from house import wall, door\n", wall="from house.door import Door\n", door="")
    assert circles(graph) == []
    assert described(graph, tmp_path) == ""

"""What the README promises is there: the tests that its table names, the files and commands it speaks of."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from genre_core.commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = README.split("## What goes wrong in public projects")[1].split("\n## ")[0]
GUARDS = sorted(set(re.findall(r"`(tests/[^`]+::[^`]+)`", TABLE)))
FAILINGS = 11
"""Rows of the table: what was seen to go wrong in this field's public code."""


def test_every_failing_has_a_guard() -> None:
    rows = [line for line in TABLE.splitlines() if line.startswith("| ") and "::" in line]
    assert len(rows) == FAILINGS


@pytest.mark.parametrize("guard", GUARDS)
def test_the_guards_are_tests_of_the_suite(guard: str) -> None:
    file, name = guard.split("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert name in functions
    called = {node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)} & set(functions)
    checks = [node for function in {name, *called} for node in ast.walk(functions[function]) if _is_check(node)]
    assert checks, "it asserts nothing"


def _is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return called.startswith(("assert_", "raises", "expect", "survive"))
    return isinstance(node, ast.Assert)


def test_the_commands_of_the_readme_exist() -> None:
    named = set(re.findall(r"python -m genre_core ([a-z-]+)", README))
    assert named
    assert named <= set(COMMANDS)


def test_what_the_readme_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_project_is_whole() -> None:
    """Licence, lock, seeds and versions: what a stranger needs to have a number again."""
    assert "MIT" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lock if line and not line.startswith((" ", "#", "-"))]
    assert pins
    assert all("==" in line for line in pins)
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")

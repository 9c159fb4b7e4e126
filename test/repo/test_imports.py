"""Importing stays light, and the layers hold."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import datagateway_api

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "datagateway_api"
HEAVY = {
    "flask",
    "flask_cors",
    "flask_restful",
    "icat",
    "requests",
    "sqlalchemy",
    "werkzeug",
    "yaml",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def run_python(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize(
    "name", [module_name(path) for path in sorted((PACKAGE / "core").rglob("*.py"))]
)
def test_importing_a_module_of_the_core_loads_nothing_heavy(name):
    program = f"import json, sys, {name}; print(json.dumps(list(sys.modules)))"
    assert HEAVY.isdisjoint(json.loads(run_python(program)))


def test_the_package_itself_imports_nothing():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    assert [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)] == []


def test_the_version_of_the_package_is_the_one_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert datagateway_api.__version__ == project["version"]


def test_nobody_imports_against_the_layers():
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout

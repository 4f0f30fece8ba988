"""Checks that mypy reads the types of every CDK module that the project imports."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("examples", "lab", "scripts", "shift_sms", "shift_sms_cli", "tests")
CDK = "aws_cdk"


def imported_cdk_modules() -> Iterator[str]:
    for folder in FOLDERS:
        for text in (path.read_text() for path in (ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(text if CDK in text else "")):
                if isinstance(node, ast.ImportFrom) and node.module == CDK:
                    yield from (f"{CDK}.{name.name}" for name in node.names if name.name.startswith("aws_"))
                elif isinstance(node, ast.ImportFrom) and str(node.module).startswith(f"{CDK}."):
                    yield str(node.module)
                elif isinstance(node, ast.Import):
                    yield from (name.name for name in node.names if name.name.startswith(f"{CDK}."))


def test_given_an_imported_cdk_module_when_types_are_checked_then_mypy_reads_it() -> None:
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    read = next(table["module"] for table in overrides if table.get("follow_imports") == "normal")
    imported = set(imported_cdk_modules())
    assert f"{CDK}.aws_dynamodb" in imported
    missing = sorted(imported - set(read))
    assert not missing, f"add to the modules that mypy reads in pyproject.toml: {missing}"

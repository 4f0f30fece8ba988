"""The same sources are the same asset on every machine, and nothing else is shipped with them."""

import os
import shutil
from pathlib import Path

import pytest

from shift_sms import runtime_asset
from shift_sms.runtime_asset import PipBundling, asset_root, source_hash


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "lambda"
    (root / "shift_sms_runtime" / "handlers").mkdir(parents=True)
    (root / "requirements.txt").write_text("")
    (root / "shift_sms_runtime" / "__init__.py").write_text("")
    (root / "shift_sms_runtime" / "handlers" / "inbound_sms.py").write_text("handler = None\n")
    return root


def litter(root: Path) -> None:
    (root / "README.md").write_text("read me")
    (root / ".DS_Store").write_text("")
    for folder, name in (("__pycache__", "inbound_sms.cpython-313.pyc"), ("tests", "test_it.py")):
        (root / "shift_sms_runtime" / folder).mkdir()
        (root / "shift_sms_runtime" / folder / name).write_text("")


def test_given_compiled_files_and_other_machines_when_hashed_then_nothing_changes(root: Path) -> None:
    before = source_hash(root)
    litter(root)
    source = root / "shift_sms_runtime" / "handlers" / "inbound_sms.py"
    os.utime(source, (0, 0))
    source.chmod(0o600)
    elsewhere = shutil.copytree(root, root.parent / "elsewhere")
    assert source_hash(root) == source_hash(elsewhere) == before


@pytest.mark.parametrize("changed", ["requirements.txt", "shift_sms_runtime/handlers/inbound_sms.py"])
def test_given_a_changed_source_when_hashed_then_the_hash_changes(root: Path, changed: str) -> None:
    before = source_hash(root)
    (root / changed).write_text("# changed\n")
    assert source_hash(root) != before


def test_given_litter_when_bundled_then_only_sources_are_shipped(root: Path, tmp_path: Path) -> None:
    litter(root)
    target = tmp_path / "out"
    target.mkdir()

    assert PipBundling(root).try_bundle(str(target))

    assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == {
        "requirements.txt",
        "shift_sms_runtime/__init__.py",
        "shift_sms_runtime/handlers/inbound_sms.py",
    }


def test_given_a_checkout_when_looked_up_then_the_sources_are_beside_the_package() -> None:
    assert (asset_root() / "shift_sms_runtime").is_dir()
    assert asset_root().name == "lambda"


def test_given_an_installed_package_when_looked_up_then_the_sources_are_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "shift_sms" / "_lambda"
    installed.mkdir(parents=True)
    monkeypatch.setattr(runtime_asset, "__file__", str(tmp_path / "shift_sms" / "runtime_asset.py"))
    assert asset_root() == installed


def test_given_a_python_without_pip_when_bundling_then_uv_installs(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime_asset, "find_spec", lambda _: None)
    target = tmp_path / "out"
    target.mkdir()
    assert PipBundling(root).try_bundle(str(target))
    assert not list(target.glob(".lock"))

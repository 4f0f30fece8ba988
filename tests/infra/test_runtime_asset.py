"""Tests that the asset contains the sources and nothing else, and is the same on every machine."""

import errno
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CalledProcessError
from zipfile import ZipFile

import pytest

from shift_sms.building_blocks import runtime_asset
from shift_sms.building_blocks.runtime_asset import BundlingError, PipBundling, asset_root, source_hash
from shift_sms_runtime.language.locale_files import languages, vocabularies

# The wheels that `make setup` downloaded, so that tests need no network.
RUNTIME_WHEELS = Path(sys.prefix) / "runtime-wheels"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(RUNTIME_WHEELS))


@pytest.fixture(autouse=True)
def virtual_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gives each test an environment that has installed no requirements before."""
    prefix = tmp_path / "venv"
    monkeypatch.setattr(sys, "prefix", str(prefix))
    return prefix


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "lambda"
    (root / "shift_sms_runtime" / "handlers").mkdir(parents=True)
    (root / "requirements.txt").write_text("")
    (root / "shift_sms_runtime" / "__init__.py").write_text("")
    (root / "shift_sms_runtime" / "handlers" / "inbound_sms.py").write_text("handler = None\n")
    return root


def add_unshipped_files(root: Path) -> None:
    (root / "README.md").write_text("read me")
    (root / ".DS_Store").write_text("")
    for folder, name in (("__pycache__", "inbound_sms.cpython-313.pyc"), ("tests", "test_it.py")):
        (root / "shift_sms_runtime" / folder).mkdir()
        (root / "shift_sms_runtime" / folder / name).write_text("")


def test_given_compiled_files_and_other_machines_when_hashed_then_nothing_changes(root: Path) -> None:
    before = source_hash(root)
    add_unshipped_files(root)
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


def test_given_unshipped_files_when_bundled_then_the_asset_has_only_sources(root: Path) -> None:
    add_unshipped_files(root)
    assert bundled(root) == {
        "requirements.txt",
        "shift_sms_runtime/__init__.py",
        "shift_sms_runtime/handlers/inbound_sms.py",
    }


def test_given_locale_files_when_bundled_then_the_functions_read_the_same_as_json(tmp_path: Path) -> None:
    assert PipBundling(asset_root()).try_bundle(str(tmp_path))
    code = """
import sys
from hashlib import sha256
from shift_sms_runtime.language.locale_files import languages, locale, vocabularies
for one in [locale(vocabulary, language) for vocabulary in vocabularies() for language in languages()]:
    content = repr((one.templates, one.lexicon, one.weekdays, one.months, one.day_pattern))
    print(one.language, sha256(content.encode()).hexdigest())
print("tomllib" in sys.modules, file=sys.stderr)
"""
    read = {
        root: subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": str(root), "PYTHONHASHSEED": "0"},
            capture_output=True,
            check=True,
            text=True,
        )
        for root in (tmp_path, asset_root())
    }
    assert [run.stderr.strip() for run in read.values()] == ["False", "True"]
    in_asset, in_checkout = (run.stdout.splitlines() for run in read.values())
    assert in_asset == in_checkout
    assert len(in_asset) == len(vocabularies()) * len(languages())


def test_given_a_checkout_when_looked_up_then_the_sources_are_beside_the_package() -> None:
    assert (asset_root() / "shift_sms_runtime").is_dir()
    assert asset_root().name == "lambda"


def test_given_an_installed_package_when_looked_up_then_the_sources_are_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "shift_sms" / "_lambda"
    installed.mkdir(parents=True)
    monkeypatch.setattr(
        runtime_asset, "__file__", str(tmp_path / "shift_sms" / "building_blocks" / "runtime_asset.py")
    )
    assert asset_root() == installed


def bundled(root: Path, to: str = "out") -> set[str]:
    target = root.parent / to
    target.mkdir()
    assert PipBundling(root).try_bundle(str(target))
    return {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}


def require_tzdata(root: Path) -> None:
    (locked,) = [
        line
        for line in (asset_root() / "requirements.txt").read_text().splitlines()
        if line.startswith("tzdata==")
    ]
    (root / "requirements.txt").write_text(locked.removesuffix("\\"))


def test_given_a_requirement_when_bundled_then_it_is_beside_the_sources_alone(
    root: Path,
) -> None:
    require_tzdata(root)
    found = bundled(root)
    assert {"tzdata/__init__.py", "shift_sms_runtime/__init__.py"} <= found
    assert not [name for name in found if name.startswith("bin/") or name.endswith(".pyc")]
    assert not [name for name in found if Path(name).name in {"RECORD", "INSTALLER", "REQUESTED"}]
    assert any(name.endswith(".dist-info/METADATA") for name in found)


def forbid_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise AssertionError("pip was called")

    monkeypatch.setattr("shift_sms.building_blocks.runtime_asset.subprocess.run", run)


def test_given_installed_requirements_when_bundled_again_then_pip_is_not_called(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_tzdata(root)
    first = bundled(root)
    forbid_pip(monkeypatch)
    (root / "shift_sms_runtime" / "new.py").write_text("")
    assert bundled(root, to="again") == first | {"shift_sms_runtime/new.py"}


def test_given_another_file_system_when_bundled_then_requirements_are_copied(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_tzdata(root)
    linked = bundled(root)

    def cross_device(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", cross_device)
    assert bundled(root, to="again") == linked


def test_given_a_linked_asset_when_sources_collide_then_the_installation_is_kept(
    root: Path, virtual_environment: Path
) -> None:
    require_tzdata(root)
    bundled(root)
    (installed,) = virtual_environment.rglob("tzdata/__init__.py")
    before = installed.read_text()
    (root / "tzdata").mkdir()
    (root / "tzdata" / "__init__.py").write_text("raise ImportError\n")
    bundled(root, to="again")
    assert installed.read_text() == before


def test_given_other_requirements_when_bundled_again_then_pip_installs_them(root: Path) -> None:
    assert "tzdata/__init__.py" not in bundled(root)
    require_tzdata(root)
    assert "tzdata/__init__.py" in bundled(root, to="again")


def test_given_an_installation_that_failed_when_bundled_again_then_it_is_repeated(
    root: Path, monkeypatch: pytest.MonkeyPatch, virtual_environment: Path
) -> None:
    require_tzdata(root)
    with monkeypatch.context() as broken:
        broken.setenv("PIP_FIND_LINKS", str(root))
        with pytest.raises(CalledProcessError):
            bundled(root)
    assert not [path for path in virtual_environment.rglob("*") if path.is_file()]
    assert "tzdata/__init__.py" in bundled(root, to="again")


def test_given_two_syntheses_at_once_when_both_install_then_both_are_complete(root: Path) -> None:
    require_tzdata(root)
    with ThreadPoolExecutor() as executor:
        first, second = executor.map(lambda to: bundled(root, to), ["one", "two"])
    assert first == second
    assert "tzdata/__init__.py" in first


def test_given_no_virtual_environment_when_bundled_then_nothing_is_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch, virtual_environment: Path
) -> None:
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    require_tzdata(root)
    assert "tzdata/__init__.py" in bundled(root)
    assert not virtual_environment.exists()


def test_given_a_pip_that_installs_elsewhere_when_bundling_then_it_installs_here(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip_settings = tmp_path / "pip.conf"
    pip_settings.write_text("[global]\nrequire-virtualenv = true\n[install]\nuser = true\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(pip_settings))
    monkeypatch.setenv("PIP_USER", "1")
    require_tzdata(root)
    assert "tzdata/__init__.py" in bundled(root)


def test_given_a_pip_that_wants_a_virtualenv_when_bundling_then_any_python_works(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, str] = {}
    monkeypatch.setenv("PIP_REQUIRE_VIRTUALENV", "1")
    monkeypatch.setattr(
        "shift_sms.building_blocks.runtime_asset.subprocess.run", lambda *_, env, **__: given.update(env)
    )
    bundled(root)
    assert given["PIP_REQUIRE_VIRTUALENV"] == given["PIP_USER"] == "0"
    assert given["PIP_DISABLE_PIP_VERSION_CHECK"] == "1"
    assert given["PATH"] == os.environ["PATH"]


def test_given_a_python_without_pip_when_bundling_then_the_error_says_how_to_get_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime_asset, "find_spec", lambda _: None)
    with pytest.raises(BundlingError, match="run python -m ensurepip"):
        bundled(root)


@pytest.mark.parametrize(
    "library", ["_speedups.so", "_speedups.cpython-313-x86_64-linux-gnu.so", "_speedups.pyd"]
)
def test_given_native_code_in_a_wheel_called_pure_when_bundling_then_it_is_refused(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    about = "fast-1.0.dist-info"
    with ZipFile(wheels / "fast-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"fast/{library}", "compiled")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: fast\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    (root / "requirements.txt").write_text("fast==1.0\n")
    with pytest.raises(BundlingError, match=rf"fast/{library}: native code"):
        bundled(root)

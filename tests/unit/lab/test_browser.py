"""Tests where the lab's browser comes from, without starting one."""

import json
import subprocess
import tarfile
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lab.browser import chromium
from lab.browser.chromium import Browser, NoBrowser, find_browser, find_installed_browser
from lab.browser.window import open_window

COMPRESS = """
const { readFileSync, writeFileSync } = require("node:fs");
const [from, to] = process.argv.slice(1);
writeFileSync(to, require("node:zlib").brotliCompressSync(readFileSync(from)));
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package like that of npm, with small files."""
    folder = tmp_path / "package"
    (folder / "bin").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": "1.2.3"}))
    plain = tmp_path / "plain"
    plain.write_text("a browser")
    for archive, member in (
        ("al2023", "lib/libnss3.so"),
        ("fonts", "fonts/a.ttf"),
        ("swiftshader", "libEGL.so"),
    ):
        with tarfile.open(tmp_path / f"{archive}.tar", "w") as files:
            files.add(plain, member)
        compress(tmp_path / f"{archive}.tar", folder / "bin" / f"{archive}.tar.br")
    compress(plain, folder / "bin" / "chromium.br")
    return folder


def compress(source: Path, target: Path) -> None:
    subprocess.run([chromium._NODE, "-e", COMPRESS, source, target], check=True)


@pytest.fixture
def cache(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the package is unpacked into."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setattr(chromium, "_PACKAGE", package)
    monkeypatch.setattr(chromium, "_VENV", cache)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    return cache


def test_given_two_runs_at_once_when_unpacked_then_both_get_the_whole_browser(cache: Path) -> None:
    with ThreadPoolExecutor(2) as runs:
        first, second = runs.map(lambda _: find_browser(), range(2))
    assert first == second
    assert first.executable.read_text() == "a browser"
    assert first.executable.stat().st_mode & 0o111
    libraries, fonts = first.variables["LD_LIBRARY_PATH"], first.variables["FONTCONFIG_FILE"]
    assert Path(libraries.split(":")[0], "libnss3.so").exists()
    assert "fonts</dir>" in Path(fonts).read_text()
    assert sorted(path.name for path in cache.iterdir()) == ["chromium-1.2.3", "chromium.lock"]


def test_given_a_damaged_package_when_unpacked_then_nothing_is_left(cache: Path, package: Path) -> None:
    (package / "bin" / "chromium.br").write_bytes(b"no brotli")
    with pytest.raises(NoBrowser, match="run make setup"):
        find_browser()
    assert [path.name for path in cache.iterdir()] == ["chromium.lock"]


def test_given_another_machine_when_looked_for_then_the_installed_chrome_is_found(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    chrome = tmp_path / "google-chrome"
    chrome.write_text("")
    chrome.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == Browser(chrome)
    chrome.unlink()
    monkeypatch.setattr(chromium, "_MACOS", ())
    assert find_installed_browser() is None
    with pytest.raises(NoBrowser, match="Google Chrome is not installed"):
        find_browser()


def test_given_no_display_when_a_window_is_asked_for_then_nothing_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []

    def note(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", note)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert not open_window("http://127.0.0.1:1/")
    monkeypatch.setenv("DISPLAY", ":0")
    assert open_window("http://127.0.0.1:1/")
    assert opened == ["http://127.0.0.1:1/"]

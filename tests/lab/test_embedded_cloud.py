"""Tests that the embedded cloud leaves no process and no folder behind."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from lab.cloud.embedded_cloud import EmbeddedCloud

_ROOT = Path(__file__).resolve().parents[2]
_OWNER = """
import sys
from lab.cloud.embedded_cloud import EmbeddedCloud
with EmbeddedCloud() as cloud:
    print(cloud.url, flush=True)
    sys.stdin.read()
"""


def test_given_two_clouds_when_one_is_written_to_then_the_other_is_unaffected() -> None:
    with EmbeddedCloud() as one, EmbeddedCloud() as other:
        one.client("sqs").create_queue(QueueName="queue")

        assert one.url != other.url
        queues = [cloud.client("sqs").list_queues().get("QueueUrls", []) for cloud in (one, other)]
        assert [len(urls) for urls in queues] == [1, 0]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_given_a_cloud_when_its_owner_ends_then_no_process_and_no_folder_is_left(
    end: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", _OWNER],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline().startswith(b"http://127.0.0.1:")
        family = psutil.Process(owner.pid).children(recursive=True)
        assert [process for process in family if "cloud_process" in " ".join(process.cmdline())]

        owner.send_signal(end)

    _, left = psutil.wait_procs(family, timeout=10)
    assert left == []
    assert list(tmp_path.iterdir()) == []

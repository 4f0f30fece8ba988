"""Each run has a temporary folder of its own: those that pytest numbers are cleaned up by whichever run ends first."""

import shutil
import tempfile

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before pytest looks where temporary files go; workers are told by the run that starts them."""
    if hasattr(config, "workerinput") or config.option.basetemp:
        return
    folder = tempfile.mkdtemp(prefix="shift-sms-tests-")
    config.option.basetemp = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))

"""Runs of tests at once, and on busy machines: each has a temporary folder of its own, for those that pytest numbers
are cleaned up by whichever run ends first; and no test fails for being slow."""

import shutil
import tempfile

import hypothesis
import pytest

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
# Helpers assert too; without this their failures show no values.
pytest.register_assert_rewrite("tests.support")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before pytest looks where temporary files go; workers are told by the run that starts them."""
    if hasattr(config, "workerinput") or config.option.basetemp:
        return
    folder = tempfile.mkdtemp(prefix="shift-sms-tests-")
    config.option.basetemp = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))

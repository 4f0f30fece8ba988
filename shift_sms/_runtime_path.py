"""Makes `shift_sms_runtime.environment` importable from a checkout, without PYTHONPATH.

Puts the checkout's `lambda/` first on `sys.path`, so that constructs and the deployed functions share one version of
the environment, even beside an installed wheel. In a wheel the folder is absent and `shift_sms_runtime` is installed.
"""

import sys
from pathlib import Path

_LAMBDA = Path(__file__).resolve().parents[1] / "lambda"

if (_LAMBDA / "shift_sms_runtime").is_dir() and str(_LAMBDA) not in sys.path[:1]:
    sys.path.insert(0, str(_LAMBDA))

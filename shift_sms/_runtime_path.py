"""Makes `shift_sms_runtime.environment` importable from a checkout, without PYTHONPATH.

Puts the checkout's `lambda/` first on `sys.path`. Constructs and deployed functions then share one version of the
environment, even if a wheel is installed, too. A wheel has no such folder and installs `shift_sms_runtime` itself.
"""

import sys
from pathlib import Path

_LAMBDA = Path(__file__).resolve().parents[1] / "lambda"

if (_LAMBDA / "shift_sms_runtime").is_dir() and str(_LAMBDA) not in sys.path[:1]:
    sys.path.insert(0, str(_LAMBDA))

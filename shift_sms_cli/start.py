"""Where an installed `shift-sms` begins: what it needs may not be installed with it."""

import sys
from importlib.util import find_spec

_STOPPED, _WRONG_INPUT = 1, 2
_NEEDED = ("boto3", "rich", "typer")


def main() -> int:
    """Runs the command line; returns the exit status."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        print(
            f"shift-sms: nothing was done: {' and '.join(missing)} must be installed; it comes with the extra cli: "
            "pip install 'path/to/checkout[cli]'",
            file=sys.stderr,
        )
        return _WRONG_INPUT
    try:
        # It imports what may not be installed.
        from shift_sms_cli.app import run  # noqa: PLC0415
    except KeyboardInterrupt:
        # Importing takes up to a second.
        print("shift-sms: stopped; nothing was done", file=sys.stderr)
        return _STOPPED
    return run()

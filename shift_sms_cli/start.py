"""Where an installed `shift-sms` begins: what it needs may not be installed with it."""

import sys
from importlib.util import find_spec

_WRONG_INPUT = 2


def main() -> int:
    """Runs the command line; returns the exit status."""
    if find_spec("boto3") is None:
        print(
            "shift-sms: nothing was done: it needs boto3, which is not installed here. It comes with the extra cli: pip"
            " install 'path/to/checkout[cli]'",
            file=sys.stderr,
        )
        return _WRONG_INPUT
    from shift_sms_cli.__main__ import main as command_line  # noqa: PLC0415 - it imports boto3

    return command_line()

"""Lets `python -m shift_sms_cli` run the command line without its installation."""

import sys

from shift_sms_cli.start import main

if __name__ == "__main__":
    sys.exit(main())

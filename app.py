"""The CDK's entry point, and the only place that reads its context."""

import json
import sys
from pathlib import Path

import aws_cdk as cdk

from shift_sms.settings import Settings, SettingsError
from shift_sms.stack import ShiftSmsStack


def main() -> None:
    """Synthesises one environment: `-c env=<name>`, `dev` when none is named."""
    # What the command line passes comes on top; without it this file is enough to synthesise.
    defaults = json.loads((Path(__file__).parent / "cdk.json").read_text())
    app = cdk.App(context=defaults.get("context"))
    context = app.node.get_all_context()
    environment = str(context.get("env", "dev"))
    try:
        settings = Settings.parse(environment, environments=context.get("environments"), context=context)
    except SettingsError as error:
        sys.exit(str(error))
    ShiftSmsStack(
        app,
        f"ShiftSms-{environment}",
        settings=settings,
        description=f"Shift management by two-way SMS ({environment})",
        # An embedded cloud that enforces permissions refuses the roles of the bootstrap stack.
        synthesizer=cdk.CliCredentialsStackSynthesizer() if settings.is_local else None,
    )
    app.synth()


if __name__ == "__main__":
    main()

"""The CDK app. No other module reads its context."""

import gc
import json
import sys
from pathlib import Path

# The process ends with the synthesis. Until then, almost every object is in use.
gc.disable()

try:
    import aws_cdk as cdk

    from shift_sms.settings import Settings
    from shift_sms.settings_reader import SettingsError
    from shift_sms.stack import ShiftSmsStack
except ModuleNotFoundError as error:
    sys.exit(
        f"{sys.executable} has no module {error.name}: "
        "activate the environment that `make setup` creates, or run `pip install -r requirements.txt`"
    )


def main() -> None:
    """Synthesizes the stack of one environment: `-c env=<name>`, by default `dev`."""
    # Lets `python app.py` synthesize without the CDK command line, whose context overrides this one.
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
    )
    app.synth()


if __name__ == "__main__":
    main()

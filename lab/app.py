"""The lab's CDK app: stack `ShiftSms-local`, for the cloud in `AWS_ENDPOINT_URL`.

Run from the root of the repository: `cdk deploy --app "python lab/app.py" -c sms_endpoint_url=URL
-c connect_endpoint_url=URL -c pinpoint_endpoint_url=URL`. Further `-c key=value` override the settings of the lab.
"""

import json
import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
# Python puts the folder of the script first, from which `lab` and `shift_sms` cannot be imported.
sys.path[0] = str(_ROOT)

import aws_cdk as cdk  # noqa: E402

from lab.lab_stack import LabStack, read_settings  # noqa: E402
from lab.settings import STACK  # noqa: E402
from shift_sms.settings_reader import SettingsError  # noqa: E402


def main() -> None:
    """Synthesizes the lab's stack with the feature flags of `cdk.json`."""
    defaults = json.loads((_ROOT / "cdk.json").read_text(encoding="utf-8"))
    app = cdk.App(context=defaults.get("context"))
    try:
        settings, endpoint_urls = read_settings(app.node.get_all_context())
    except SettingsError as error:
        sys.exit(str(error))
    cloud_url = os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/")
    LabStack(app, STACK, settings=settings, endpoint_urls=endpoint_urls, cloud_url=cloud_url)
    app.synth()


if __name__ == "__main__":
    main()

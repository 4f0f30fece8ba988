"""Sets up the lab as an operator would.

Loads the employees and the shifts, then puts the campaign of the post.

The files are loaded with the operator command line.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lab.cloud.embedded_cloud import ACCESS_KEY, SECRET_KEY
from lab.lab_system import LabSystem
from lab.phone_network.api.wire import SERVICES
from lab.settings import ENVIRONMENT
from shift_sms_operator.csv_records import read_records
from shift_sms_operator.employees.employee_entry import EmployeeEntry
from shift_sms_operator.employees.employee_file import EmployeeFile
from shift_sms_operator.shifts.shift_drafts import ShiftDrafts, changed_values
from shift_sms_operator.shifts.shift_import import COLUMNS
from shift_sms_operator.shifts.shift_views import ShiftDraft
from shift_sms_runtime.language.locale_files import lexicons, locale
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.shift_item import ShiftReader

_ROOT = Path(__file__).resolve().parent.parent
EMPLOYEES_FILE = Path(__file__).with_name("data") / "employees.csv"
SHIFTS_FILE = Path(__file__).with_name("data") / "shifts.csv"
CAMPAIGN_ITEM = {
    "campaign_id": "campaign_id1",
    "campaign_message": "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124",
}

_MANAGER_EMAIL, _MANAGER_GROUP = "manager@example.com", "manager"
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class ConsoleManager:
    """An operator who has not signed in yet."""

    email: str
    one_time_password: str


class OperatorCommandFailed(RuntimeError):
    """A command of the operator command line failed; the message contains its output."""


def aws_variables(cloud_url: str, region: str, phone_network_url: str) -> dict[str, str]:
    """Returns the environment variables with which AWS tools use the lab instead of AWS."""
    return {
        "AWS_ENDPOINT_URL": cloud_url,
        # https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html
        **{f"AWS_ENDPOINT_URL_{name.upper().replace('-', '_')}": phone_network_url for name in SERVICES},
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }


def load_files(system: LabSystem, show: Callable[[str, str], None]) -> None:
    """Loads the employees and the shifts.

    Args:
        system: the running system.
        show: receives each command and its output.

    Raises:
        OperatorCommandFailed: a command failed.
    """
    for command, file in ((("employees", "import"), EMPLOYEES_FILE), (("shifts", "import"), SHIFTS_FILE)):
        arguments = (*command, str(file.relative_to(_ROOT)), "--env", ENVIRONMENT)
        show(f"shift-sms {' '.join(arguments)}", run_operator_command(system, *arguments))


def read_employees() -> list[EmployeeEntry]:
    """Returns the rows of the employees' file."""
    file = EmployeeFile(EMPLOYEES_FILE)
    return [*file.entries(file.check())]


def read_shifts() -> list[ShiftDraft]:
    """Returns the shifts of the file, as they are when they are loaded. Raises Refused if one is wrong."""
    vocabulary = "shifts"
    reader = ShiftReader(lexicons=lexicons(vocabulary))
    drafts = ShiftDrafts(reader, locale(vocabulary, "en"), BookingPolicy(), lambda: datetime.now(UTC))
    rows = (record.values for record in read_records(SHIFTS_FILE, COLUMNS))
    return [drafts.new(values["shift_id"], changed_values(values)) for values in rows]


def put_campaign(system: LabSystem) -> None:
    """Puts the post's campaign item unchanged, which launches the campaign."""
    system.put(system.outputs.campaigns_table_name, [CAMPAIGN_ITEM])


def operator_environment(
    system: LabSystem, *, access_key_id: str = ACCESS_KEY, secret_access_key: str = SECRET_KEY
) -> dict[str, str]:
    """Returns the environment variables with which the operator command line uses the running system."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return (
        inherited
        | aws_variables(system.cloud.url, system.cloud.region, system.network.url)
        | {
            "AWS_ACCESS_KEY_ID": access_key_id,
            "AWS_SECRET_ACCESS_KEY": secret_access_key,
            "PYTHONPATH": os.pathsep.join([str(_ROOT), str(_ROOT / "lambda")]),
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
    )


def run_operator_command(
    system: LabSystem, *arguments: str, access_key_id: str = ACCESS_KEY, secret_access_key: str = SECRET_KEY
) -> str:
    """Runs a command of the operator command line and returns its output.

    Args:
        system: the running system.
        arguments: the command.
        access_key_id: the key of an operator. By default the operator may do everything.
        secret_access_key: the secret of the key.

    Raises:
        OperatorCommandFailed: the command failed.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "shift_sms_cli", *arguments],
            cwd=_ROOT,
            env=operator_environment(
                system, access_key_id=access_key_id, secret_access_key=secret_access_key
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"shift-sms {' '.join(arguments)} exceeded {_TIMEOUT_SECONDS} s"
        raise OperatorCommandFailed(message) from error
    if done.returncode != 0:
        raise OperatorCommandFailed(f"shift-sms {' '.join(arguments)} failed:\n{done.stdout.strip()}")
    return done.stdout.strip()


def add_manager(system: LabSystem) -> ConsoleManager:
    """Adds a manager, who chooses a password at the first sign-in.

    The one-time password is shown instead of mailed, because the embedded cloud sends no mail.
    """
    manager = ConsoleManager(_MANAGER_EMAIL, f"Lab-{secrets.token_hex(4)}-Once")
    cognito = system.cloud.client("cognito-idp")
    user = {"UserPoolId": system.outputs.console_user_pool_id, "Username": manager.email}
    cognito.admin_create_user(
        **user,
        TemporaryPassword=manager.one_time_password,
        UserAttributes=[
            {"Name": "email", "Value": manager.email},
            {"Name": "email_verified", "Value": "true"},
        ],
        MessageAction="SUPPRESS",
    )
    cognito.admin_add_user_to_group(**user, GroupName=_MANAGER_GROUP)
    return manager

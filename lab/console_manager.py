"""Adds the first operator of the lab's console."""

import secrets
from dataclasses import dataclass

from lab.lab_system import LabSystem

_GROUP = "manager"
_EMAIL = "manager@example.com"


@dataclass(frozen=True)
class ConsoleManager:
    """An operator who has not signed in yet."""

    email: str
    one_time_password: str


def add_manager(system: LabSystem) -> ConsoleManager:
    """Adds a manager, who chooses a password at the first sign-in.

    The one-time password is shown instead of mailed, because the embedded cloud sends no mail.
    """
    manager = ConsoleManager(_EMAIL, f"Lab-{secrets.token_hex(4)}-Once")
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
    cognito.admin_add_user_to_group(**user, GroupName=_GROUP)
    return manager

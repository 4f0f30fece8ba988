"""Adds operators to the user pool of the console."""

import re
from dataclasses import dataclass

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.audit.audit_record import Subject
from shift_sms_runtime.aws.cognito import CognitoUsers
from shift_sms_runtime.console_sessions.session import Role
from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail

_EMAIL = re.compile(r"[^@\s,;:<>]+@[^@\s,;:<>]+\.[^@\s,;:<>.]+")


@dataclass(frozen=True)
class AddedUser:
    """The result of adding an operator."""

    email: str
    role: Role
    invited: bool
    """Whether the operator is new, and gets a temporary password by mail."""
    changed: bool
    """False if the operator had this role already."""


class ConsoleUsers:
    """The operators of one deployment's console."""

    def __init__(
        self, users: CognitoUsers | None, recorder: AuditRecorder, audit_trail: DynamoAuditTrail
    ) -> None:
        """`users` is None without a user pool of the console."""
        self._users = users
        self._recorder = recorder
        self._audit_trail = audit_trail

    def add(self, email: str, role: Role) -> AddedUser:
        """Adds an operator with one role, or gives one who is there this role instead of the other.

        Every step can be repeated, so that running it again completes what was interrupted.

        Raises:
            Refused: the address is none, or the deployment has no user pool.
        """
        if self._users is None:
            raise Refused(
                "this deployment has no console with a user pool; set console_enabled and deploy it, "
                "or add the operator to the group at your OpenID provider"
            )
        if not _EMAIL.fullmatch(email):
            raise Refused(f"{email!r} is no email address; write one such as ann@example.com")
        invited = self._users.invite(email)
        before = self._users.groups(email)
        self._users.add_to_group(email, role.value)
        for other in Role:
            if other is not role and other.value in before:
                self._users.remove_from_group(email, other.value)
        changed = invited or before != {role.value}
        if changed:
            self._audit_trail.add(
                self._recorder.record(
                    Subject.CONSOLE_USER.of(email),
                    "invited" if invited else "given a role",
                    before={"groups": sorted(before)} if before else {},
                    after={"groups": [role.value]},
                )
            )
        return AddedUser(email, role, invited, changed)

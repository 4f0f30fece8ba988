"""Tests that operators are added to the console once, with one role, and that the audit trail says so."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.console_users.console_users import ConsoleUsers
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.aws.cognito import CognitoUsers
from shift_sms_runtime.console_sessions.session import Role
from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail
from tests.support.operator_world import ACTOR, OperatorWorld

EMAIL = "ann@example.com"
USER = {"UserPoolId": "us-east-1_pool", "Username": EMAIL}


class FakeUsers(CognitoUsers):
    """A user pool in memory."""

    def __init__(self) -> None:
        self.users: dict[str, set[str]] = {}
        self.fails_at: str | None = None

    def invite(self, email: str) -> bool:
        """See `CognitoUsers.invite`."""
        is_new = email not in self.users
        self.users.setdefault(email, set())
        return is_new

    def groups(self, email: str) -> set[str]:
        """See `CognitoUsers.groups`."""
        return set(self.users[email])

    def add_to_group(self, email: str, group: str) -> None:
        """See `CognitoUsers.add_to_group`."""
        if self.fails_at == group:
            raise ConnectionError
        self.users[email].add(group)

    def remove_from_group(self, email: str, group: str) -> None:
        """See `CognitoUsers.remove_from_group`."""
        self.users[email].discard(group)


def console_users(world: OperatorWorld, users: CognitoUsers | None) -> ConsoleUsers:
    trail = DynamoAuditTrail(world.session.client("dynamodb"), "AuditTrail")
    return ConsoleUsers(users, AuditRecorder(lambda: ACTOR, retention_days=400, clock=world.now), trail)


def test_given_a_new_operator_when_added_then_invited_and_recorded(operator_world: OperatorWorld) -> None:
    users = FakeUsers()

    added = console_users(operator_world, users).add(EMAIL, Role.MANAGER)

    assert (added.invited, added.changed) == (True, True)
    assert users.users == {EMAIL: {"manager"}}
    assert operator_world.audit(f"console-user#{EMAIL}") == [
        {
            "subject": f"console-user#{EMAIL}",
            "actor": ACTOR,
            "action": "invited",
            "before": {},
            "after": {"groups": ["manager"]},
        }
    ]


def test_given_an_operator_when_added_again_then_nothing_changes(operator_world: OperatorWorld) -> None:
    users = FakeUsers()
    adding = console_users(operator_world, users)
    adding.add(EMAIL, Role.VIEWER)

    again = adding.add(EMAIL, Role.VIEWER)

    assert (again.invited, again.changed) == (False, False)
    assert len(operator_world.audit(f"console-user#{EMAIL}")) == 1


@pytest.mark.parametrize(("first", "then"), [(Role.VIEWER, Role.MANAGER), (Role.MANAGER, Role.VIEWER)])
def test_given_another_role_when_added_then_it_replaces_the_first(
    operator_world: OperatorWorld, first: Role, then: Role
) -> None:
    users = FakeUsers()
    adding = console_users(operator_world, users)
    adding.add(EMAIL, first)

    changed = adding.add(EMAIL, then)

    assert (changed.invited, changed.changed) == (False, True)
    assert users.users == {EMAIL: {then.value}}
    last = operator_world.audit(f"console-user#{EMAIL}")[-1]
    assert (last["before"], last["after"]) == ({"groups": [first.value]}, {"groups": [then.value]})


def test_given_a_crash_when_added_again_then_completed(operator_world: OperatorWorld) -> None:
    users = FakeUsers()
    users.fails_at = "manager"
    adding = console_users(operator_world, users)
    with pytest.raises(ConnectionError):
        adding.add(EMAIL, Role.MANAGER)
    users.fails_at = None

    completed = adding.add(EMAIL, Role.MANAGER)

    assert completed.changed
    assert users.users == {EMAIL: {"manager"}}


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "ann@example", "a b@example.com", "ann@example.com, bob"]
)
def test_given_no_address_when_added_then_refused(operator_world: OperatorWorld, email: str) -> None:
    with pytest.raises(Refused, match="no email address"):
        console_users(operator_world, FakeUsers()).add(email, Role.VIEWER)


def test_given_no_user_pool_when_added_then_refused(operator_world: OperatorWorld) -> None:
    with pytest.raises(Refused, match="no console with a user pool"):
        console_users(operator_world, None).add(EMAIL, Role.VIEWER)


def test_given_a_deployment_without_console_when_added_then_the_command_refuses(
    operator_world: OperatorWorld,
) -> None:
    with pytest.raises(Refused, match="console_enabled"):
        operator_world.operator().console_users.add(EMAIL, Role.VIEWER)


def test_given_cognito_when_called_then_requests_are_those_of_its_api(session: boto3.Session) -> None:
    client: Any = session.client("cognito-idp")
    users = CognitoUsers(client, "us-east-1_pool")
    with Stubber(client) as stub:
        attributes = [{"Name": "email", "Value": EMAIL}, {"Name": "email_verified", "Value": "true"}]
        invitation = {**USER, "UserAttributes": attributes, "DesiredDeliveryMediums": ["EMAIL"]}
        stub.add_response("admin_create_user", {}, invitation)
        stub.add_client_error("admin_create_user", "UsernameExistsException", expected_params=invitation)
        stub.add_response("admin_list_groups_for_user", {"Groups": [{"GroupName": "viewer"}]}, USER)
        stub.add_response("admin_add_user_to_group", {}, {**USER, "GroupName": "manager"})
        stub.add_response("admin_remove_user_from_group", {}, {**USER, "GroupName": "viewer"})

        assert users.invite(EMAIL) is True
        assert users.invite(EMAIL) is False
        assert users.groups(EMAIL) == {"viewer"}
        users.add_to_group(EMAIL, "manager")
        users.remove_from_group(EMAIL, "viewer")
        stub.assert_no_pending_responses()

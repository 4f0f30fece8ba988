"""An operator of the deployed system, with the permissions of the documentation and no other ones."""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab.lab_system import OUR_NUMBER, LabSystem
from lab.operator_setup import OperatorCommandFailed, run_operator_command
from lab.settings import ENVIRONMENT
from tests.support.deployed_lab import wait_until

_DOCS = Path(__file__).parents[2] / "docs"
_SECONDS = 60
_unique = itertools.count(1)


def documented_policy() -> str:
    """Returns the policy of the documentation, for the lab's stack."""
    page = (_DOCS / "command-line" / "index.md").read_text(encoding="utf-8")
    (policy,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    return str(policy).replace("ShiftSms-prod", f"ShiftSms-{ENVIRONMENT}")


def documented_actions(page: str, service: str) -> list[str]:
    """Returns the actions of a service that the section on permissions of a page lists besides the policy."""
    section = (_DOCS / page).read_text(encoding="utf-8").partition("## Permissions\n")[2]
    actions = set(re.findall(rf"`({service}:\w+)`", section.partition("\n## ")[0]))
    # On AWS, the action of one message permits a batch, too. The embedded cloud compares the name of the operation.
    batches = {f"{action}Batch" for action in actions if service == "sqs"}
    return sorted(actions | batches)


@contextmanager
def new_user(system: LabSystem, name: str) -> Iterator[dict[str, str]]:
    """Adds a user who may do nothing yet, and yields the access key."""
    iam = system.cloud.client("iam")
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    yield {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    iam.delete_user(UserName=name)


def permit(system: LabSystem, name: str, *statements: Mapping[str, Any]) -> None:
    """Gives a user the documented policy and further statements."""
    policy = json.loads(documented_policy())
    policy["Statement"] += statements
    system.cloud.client("iam").put_user_policy(
        UserName=name, PolicyName="operator", PolicyDocument=json.dumps(policy)
    )


@dataclass(frozen=True)
class LabOperator:
    """Runs commands as processes, and looks at what they have changed."""

    system: LabSystem
    folder: Path
    keys: Mapping[str, str] = field(default_factory=dict)
    """The access key. By default the operator may do everything."""

    def run(self, *arguments: str) -> str:
        """Runs a command and returns its output. Raises OperatorCommandFailed."""
        return run_operator_command(self.system, *arguments, "--env", ENVIRONMENT, **self.keys)

    def json(self, *arguments: str) -> Any:
        """Runs a command with `--json` and returns what it prints."""
        return json.loads(self.run(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        """Runs a command that fails, and returns its output."""
        with pytest.raises(OperatorCommandFailed) as failed:
            self.run(*arguments)
        return str(failed.value)

    def file(self, name: str, content: str) -> str:
        """Writes a file and returns its path."""
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    def new_employee(self, *segments: str, **attributes: Any) -> str:
        """Adds an employee to the tables and returns the number."""
        number = f"+1425556{next(_unique):04}"
        outputs = self.system.outputs
        self.system.put(outputs.employees_table_name, [{"phone_number": number, **attributes}])
        members = [{"segment": segment, "phone_number": number} for segment in segments]
        if members:
            self.system.put(outputs.segment_members_table_name, members)
        return number

    def new_shift(self, code: str, **attributes: Any) -> None:
        """Adds a shift that is free."""
        item = {"shift_id": code, "shift_info": "night", "shift_status": "available", **attributes}
        self.system.put_shifts([item])

    def book(self, number: str, code: str) -> None:
        """Books a shift by a text of an employee."""
        assert self.system.send_and_wait(number, code).body.startswith(f"Booked: {code}")
        # Until then, the booking may be about to be written back to the shift.
        self.system.wait_until_idle()

    def shift(self, code: str) -> dict[str, Any]:
        """Returns a shift; an empty dictionary if there is none."""
        return self.row(self.system.outputs.shifts_table_name, shift_id=code)

    def employee(self, number: str) -> dict[str, Any]:
        """Returns an employee; an empty dictionary if there is none."""
        return self.row(self.system.outputs.employees_table_name, phone_number=number)

    def campaign(self, campaign_id: str) -> dict[str, Any]:
        """Returns a campaign; an empty dictionary if there is none."""
        return self.row(self.system.outputs.campaigns_table_name, campaign_id=campaign_id)

    def message(self, message_id: str) -> dict[str, Any]:
        """Returns an item of the operator inbox; an empty dictionary if there is none."""
        return self.row(self.system.outputs.operator_inbox_table_name, message_id=message_id)

    def row(self, table: str, **key: str) -> dict[str, Any]:
        """Returns the row with a key; an empty dictionary if there is none."""
        rows = self.system.rows(table)
        return next((one for one in rows if all(one[name] == value for name, value in key.items())), {})

    def members(self, segment: str) -> set[str]:
        """Returns the numbers in a segment."""
        rows = self.system.rows(self.system.outputs.segment_members_table_name)
        return {row["phone_number"] for row in rows if row["segment"] == segment}

    def actions(self, subject: str) -> list[str]:
        """Returns what the audit trail has of a subject, the oldest first."""
        rows = self.system.rows(self.system.outputs.audit_trail_table_name)
        return [
            row["action"] for row in sorted(rows, key=lambda row: row["entry"]) if row["subject"] == subject
        ]

    def texts(self, number: str) -> list[str]:
        """Returns the texts that a phone has received."""
        return [text.body for text in self.system.network.inbox(number)]

    def reads(self, number: str, text: str) -> bool:
        """Waits until a phone receives a text; returns False if it does not."""
        return wait_until(lambda: text in self.texts(number), _SECONDS)

    @property
    def our_number(self) -> str:
        """The number that employees text."""
        return OUR_NUMBER

    def write(self, number: str, text: str) -> str:
        """Texts what a person has to read; returns the id of the item in the operator inbox."""
        message_id = self.system.network.send_from_phone(number, text, OUR_NUMBER)
        assert wait_until(lambda: self.message(message_id) != {}, _SECONDS)
        self.system.wait_until_idle()
        return message_id

    def dead_letter(self, queue: str) -> str:
        """Puts a message that nothing has to be done for into a dead-letter queue; returns its id."""
        sent = self.system.cloud.client("sqs").send_message(
            QueueUrl=self._dead_letters(queue), MessageBody=json.dumps({"shift_id": f"none-{next(_unique)}"})
        )
        return str(sent["MessageId"])

    def purge_dead_letters(self, queue: str) -> None:
        """Deletes the messages of a dead-letter queue."""
        self.system.cloud.client("sqs").purge_queue(QueueUrl=self._dead_letters(queue))

    def _dead_letters(self, queue: str) -> str:
        return str(json.loads(self.system.outputs.queues)[queue]["dead_letters"])


@contextmanager
def documented_operator(system: LabSystem, folder: Path) -> Iterator[LabOperator]:
    """Yields an operator with the documented permissions of all groups of commands but `doctor`.

    The phone network knows the roles of functions and no users. `doctor` asks it, so it needs another operator.
    """
    resources = {
        "command-line/queues.md": ("sqs", f"arn:aws:sqs:*:*:ShiftSms-{ENVIRONMENT}-*"),
        "console.md": ("cognito-idp", "arn:aws:cognito-idp:*:*:userpool/*"),
    }
    with new_user(system, "operator") as keys:
        permit(
            system,
            "operator",
            *(
                {"Effect": "Allow", "Action": documented_actions(page, service), "Resource": resource}
                for page, (service, resource) in resources.items()
            ),
        )
        yield LabOperator(system, folder, keys)

"""What `shift-sms inbox` changes in the deployed system."""

from tests.support.deployed_lab import wait_until
from tests.support.lab_operator import LabOperator


def lists(operator: LabOperator) -> None:
    number = operator.new_employee(name="Lis")
    message_id = operator.write(number, "my dog ate the key of the warehouse")
    listed = {one["message_id"]: one for one in operator.json("inbox", "list")}
    assert listed[message_id]["text"] == "my dog ate the key of the warehouse"
    assert "Lis" in operator.run("inbox", "list")
    assert message_id not in [
        one["message_id"] for one in operator.json("inbox", "list", "--status", "closed")
    ]


def show(operator: LabOperator) -> None:
    message_id = operator.write(operator.new_employee(name="Sho"), "who has the key of the gate?")
    assert operator.json("inbox", "show", message_id)["text"] == "who has the key of the gate?"
    printed = operator.run("inbox", "show", message_id[:8])
    assert "who has the key of the gate?" in printed
    assert "Sho" in printed


def reply(operator: LabOperator) -> None:
    number = operator.new_employee()
    message_id = operator.write(number, "where do I park my trailer today?")
    assert "confirm with --yes" in operator.refused("inbox", "reply", message_id, "Behind the house")
    for told in ("is on its way", "has this reply already"):
        assert told in operator.run("inbox", "reply", message_id, "Behind the house", "--yes")
        assert wait_until(lambda: operator.message(message_id)["message_status"] == "replied", 60)
    assert operator.texts(number).count("Behind the house") == 1


def follow_up(operator: LabOperator) -> None:
    number = operator.new_employee()
    message_id = operator.write(number, "is there a bus to the harbor at night?")
    assert "has no reply yet" in operator.refused("inbox", "follow-up", message_id, "Or gate 5", "--yes")
    operator.run("inbox", "close", message_id)
    for told in ("is on its way", "has this follow-up already"):
        assert told in operator.run("inbox", "follow-up", message_id, "Bus 7", "--yes")
        assert operator.reads(number, "Bus 7")
    operator.system.wait_until_idle()
    assert operator.texts(number).count("Bus 7") == 1


def close(operator: LabOperator) -> None:
    message_id = operator.write(operator.new_employee(), "the coffee in the kitchen is excellent")
    assert f"{message_id} is closed." in operator.run("inbox", "close", message_id)
    assert operator.message(message_id)["message_status"] == "closed"
    assert "closed already" in operator.run("inbox", "close", message_id)
    assert operator.actions(f"inbox#{message_id}") == ["closed"]


SCENARIOS = {
    "inbox list": lists,
    "inbox show": show,
    "inbox reply": reply,
    "inbox follow-up": follow_up,
    "inbox close": close,
}

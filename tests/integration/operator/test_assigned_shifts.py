"""Tests that employees are texted once of what operators assign and release, and only while it is true."""

import boto3
import pytest

from shift_sms_operator.clients import Clients
from shift_sms_operator.composition import Operator, operator
from shift_sms_operator.deployment import Deployment
from shift_sms_runtime import composition
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.operator_world import stack_outputs

ASSIGNED = {
    "en": "Booked for you by your manager: A1 night. Reply DROP A1 to give it back",
    "es": "Reservado para usted por su responsable: A1 night. Envie DEJAR A1 para dejarlo",
    "de": "Von der Leitung eingetragen: A1 night. Zum Abgeben ABGEBEN A1 senden",
    "fr": "Réservé pour vous par votre responsable : A1 night. Envoyez RENDRE A1 pour le rendre",
}
RELEASED = {
    "en": "Taken off your schedule by your manager: A1 night",
    "es": "Su responsable le ha quitado este turno: A1 night",
    "de": "Von der Leitung ausgetragen: A1 night",
    "fr": "Retiré de votre planning par votre responsable : A1 night",
}


@pytest.fixture
def manager(system: FunctionsOnMoto) -> Operator:
    """An operator of the system, which has one shift."""
    system.put_shift("A1", "night")
    urls = {name: system.sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in ("reconcile", "outbox")}
    return operator(
        Clients(boto3.Session()),
        Deployment.from_outputs(stack_outputs(urls)),
        lambda: "ann",
        composition._now,
    )


def heard(system: FunctionsOnMoto, number: str) -> list[str]:
    return [text.body for text in system.network.inbox(number)]


@pytest.mark.parametrize("language", ASSIGNED)
def test_given_a_language_when_assigned_and_released_then_the_employee_reads_it(
    system: FunctionsOnMoto, manager: Operator, language: str
) -> None:
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": ANN, "language": language})

    preview = manager.shifts.seats.assign("A1", ANN).text
    system.reconcile_shifts()
    manager.shifts.seats.release("A1", ANN)
    system.reconcile_shifts()

    assert heard(system, ANN) == [ASSIGNED[language], RELEASED[language]]
    assert preview is not None
    assert preview.text == ASSIGNED[language]
    assert preview.size.segments == 1


def test_given_an_assignment_when_made_often_then_it_is_texted_once(
    system: FunctionsOnMoto, manager: Operator
) -> None:
    for _ in range(3):
        manager.shifts.seats.assign("A1", ANN)
        system.reconcile_shifts()
        system.drain_outbox()

    assert heard(system, ANN) == [ASSIGNED["en"]]


def test_given_an_assignment_taken_back_when_its_text_is_due_then_it_is_not_sent(
    system: FunctionsOnMoto, manager: Operator
) -> None:
    manager.shifts.seats.assign("A1", ANN)
    manager.shifts.seats.release("A1", ANN)
    system.reconcile_shifts()
    assert heard(system, ANN) == [RELEASED["en"]]

    manager.shifts.seats.assign("A1", ANN)
    manager.shifts.seats.release("A1", ANN)
    manager.shifts.seats.assign("A1", ANN)
    system.reconcile_shifts()
    assert heard(system, ANN) == [RELEASED["en"], ASSIGNED["en"]], "of three changes, the one that is true"


def test_given_an_assigned_shift_when_its_employee_drops_it_then_others_can_book_it(
    system: FunctionsOnMoto, manager: Operator
) -> None:
    manager.shifts.seats.assign("A1", ANN)
    system.reconcile_shifts()

    system.text(ANN, "DROP A1")
    system.text(BOB, "A1")

    assert system.taken() == {"A1": BOB}


def test_given_a_canceled_shift_when_reconciled_then_the_assigned_employee_is_told(
    system: FunctionsOnMoto, manager: Operator
) -> None:
    manager.shifts.seats.assign("A1", ANN)
    system.reconcile_shifts()

    assert manager.shifts.changes.cancel("A1").told == (ANN,)
    system.reconcile_shifts()
    assert manager.shifts.changes.reopen("A1").changed
    system.reconcile_shifts()

    assert heard(system, ANN) == [ASSIGNED["en"], "Canceled by your manager: A1 night"]
    system.text(BOB, "A1")
    assert system.taken() == {"A1": BOB}

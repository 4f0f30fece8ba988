"""Mutations of the runtime that the simulation has to find."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError

from shift_sms_runtime import telemetry
from shift_sms_runtime.aws import end_user_messaging
from shift_sms_runtime.aws.dynamodb import transact
from shift_sms_runtime.aws.scheduler import SchedulerTimers
from shift_sms_runtime.bookings.undo import BookingUndo
from shift_sms_runtime.campaigns.sender import CampaignSender
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.policy import StrangerReply
from shift_sms_runtime.inbound.refusals import Refusals
from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult, Sent
from shift_sms_runtime.messaging.ports import InvocationDeadline
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.messaging.rate_limiter import RateLimiter
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.shifts import reconciler
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.reconcile_request import ShiftChangeDetector
from shift_sms_runtime.tables import inbound_store, send_ledger
from shift_sms_runtime.tables.campaign_counters import DynamoHeldMessages
from shift_sms_runtime.tables.campaigns import DynamoCampaigns
from shift_sms_runtime.tables.conversations import ConversationEntries, queued_entry_update
from shift_sms_runtime.tables.send_ledger import DynamoSendLedger
from shift_sms_runtime.tables.shifts import shift_update

NO_CONDITION = "attribute_exists(phone_number) OR attribute_not_exists(phone_number)"


@dataclass(frozen=True)
class PlantedBug:
    """A mutation, the scenario that has to find it, and the invariant that it violates."""

    name: str
    plant: Callable[[], AbstractContextManager[object]]
    violates: str
    scenario: str = "hostile"
    first_seed: int = 0
    """The seed that is tried first: where known, one that finds the bug."""


def claim_without_condition() -> AbstractContextManager[object]:
    write = DynamoSendLedger._write

    def mutated(self: Any, key: Any, expression: str, condition: str, values: Any, **options: Any) -> Any:
        if "lease_until = :lease_until" in expression:
            condition, values = NO_CONDITION, {name: values[name] for name in values if name != ":queued"}
        return write(self, key, expression, condition, values, **options)

    return mock.patch.object(DynamoSendLedger, "_write", mutated)


@contextmanager
def settle_before_send() -> Iterator[None]:
    claim, attempt = SendOnce._claim, SendOnce._attempt
    claimed: dict[str, tuple[Any, str]] = {}

    def remember(self: Any, key: Any, token: str, deadline: InvocationDeadline) -> Any:
        claimed[key.phone_number] = key, token
        return claim(self, key, token, deadline)

    def settle_first(self: Any, text: OutgoingText, *options: Any) -> SendResult:
        key, token = claimed[text.to]
        self._ledger.settle(key, DeliveryStatus.SENT, token=token, now=self._clock(), sms_message_id="sms-0")
        return attempt(self, text, *options)

    with (
        mock.patch.object(SendOnce, "_claim", remember),
        mock.patch.object(SendOnce, "_attempt", settle_first),
    ):
        yield


def send_after_abandoned_claim() -> AbstractContextManager[object]:
    claim = DynamoSendLedger.claim

    def mutated(self: Any, key: Any, **options: Any) -> Any:
        result = claim(self, key, **options)
        return SendClaim.GRANTED if result is SendClaim.ABANDONED else result

    return mock.patch.object(DynamoSendLedger, "claim", mutated)


def permit_ignored() -> AbstractContextManager[object]:
    return mock.patch.object(RateLimiter, "wait", return_value=None)


def without_condition(build: Callable[..., Any]) -> Callable[..., Any]:
    def mutated(*arguments: Any, **options: Any) -> Any:
        request = dict(build(*arguments, **options))
        condition = request.pop("ConditionExpression", "")
        request.pop("ReturnValuesOnConditionCheckFailure", None)
        values = request["ExpressionAttributeValues"]
        kept = {
            name: value
            for name, value in values.items()
            if name in request["UpdateExpression"].replace(",", " ").split() or name not in condition
        }
        names = request.get("ExpressionAttributeNames", {})
        used = {name: value for name, value in names.items() if name in request["UpdateExpression"]}
        request["ExpressionAttributeValues"] = kept
        request.pop("ExpressionAttributeNames", None)
        return request | ({"ExpressionAttributeNames": used} if used else {})

    return mutated


def seats_without_condition() -> AbstractContextManager[object]:
    return mock.patch.object(inbound_store, "shift_update", without_condition(shift_update))


@contextmanager
def duplicate_decided_again() -> Iterator[None]:
    with (
        mock.patch.object(inbound_store, "queued_entry_update", without_condition(queued_entry_update)),
        mock.patch.object(ConversationEntries, "reply_status", None),
    ):
        yield


def throttled_send_counted_as_sent() -> AbstractContextManager[object]:
    translate = end_user_messaging._translate

    def mutated(error: ClientError) -> SendResult:
        if error.response["Error"]["Code"] == "ThrottlingException":
            return Sent("sms-0")
        return translate(error)

    return mock.patch.object(end_user_messaging, "_translate", mutated)


@contextmanager
def counters_outside_transaction() -> Iterator[None]:
    def mutated(client: Any, actions: Sequence[Mapping[str, Any]]) -> None:
        def is_counter(action: Mapping[str, Any]) -> bool:
            return bool(next(iter(action.values()))["TableName"] == "CampaignCounters")

        transact(client, [action for action in actions if not is_counter(action)])  # type: ignore[misc]
        for action in actions:
            if is_counter(action):
                client.update_item(**action["Update"])

    with (
        mock.patch.object(send_ledger, "transact", mutated),
        mock.patch.object(inbound_store, "transact", mutated),
    ):
        yield


def stream_records_dropped() -> AbstractContextManager[object]:
    return mock.patch.object(ShiftChangeDetector, "handle", return_value=None)


def offer_never_withdrawn() -> AbstractContextManager[object]:
    return mock.patch.object(reconciler, "_without_ended_offers", lambda shift, _due, _now: shift)


def timers_never_set() -> AbstractContextManager[object]:
    return mock.patch.object(SchedulerTimers, "set", return_value=None)


def quiet_hours_ignored() -> AbstractContextManager[object]:
    return mock.patch.object(CampaignSender, "_quiet_until", return_value=None)


def offers_made_in_quiet_hours() -> AbstractContextManager[object]:
    return mock.patch.object(BookingPolicy, "quiet_time", QuietHours())


def held_messages_forgotten() -> AbstractContextManager[object]:
    return mock.patch.object(DynamoHeldMessages, "hold", return_value=None)


def stranger_answered() -> AbstractContextManager[object]:
    reply = Refusals.stranger_reply

    def mutated(self: Any, context: InboundContext) -> OutboxText | None:
        self._policy = replace(self._policy, stranger_reply=StrangerReply.ONCE_PER_DAY)
        return reply(self, context)

    return mock.patch.object(Refusals, "stranger_reply", mutated)


def phone_number_logged() -> AbstractContextManager[object]:
    claim = SendOnce._claim

    def mutated(self: Any, key: Any, *options: Any) -> Any:
        telemetry.logger().info("claiming", key=key.phone_number)
        return claim(self, key, *options)

    return mock.patch.object(SendOnce, "_claim", mutated)


def bookings_not_written() -> AbstractContextManager[object]:
    updates = inbound_store.DynamoInboundStore._booking_updates

    def mutated(self: Any, *arguments: Any) -> Iterator[Any]:
        return (one for one in updates(self, *arguments) if one["TableName"] != "EmployeeBookings")

    return mock.patch.object(inbound_store.DynamoInboundStore, "_booking_updates", mutated)


def changed_shift_promised_anyway() -> AbstractContextManager[object]:
    write = inbound_store.DynamoInboundStore.write

    def mutated(self: Any, context: InboundContext, reply: Any, *decision: Any) -> None:
        try:
            write(self, context, reply, *decision)
        except ChangedMeanwhile:
            write(self, context, reply)

    return mock.patch.object(inbound_store.DynamoInboundStore, "write", mutated)


def bookings_not_undone() -> AbstractContextManager[object]:
    return mock.patch.object(BookingUndo, "undo", return_value=None)


def end_of_campaigns_not_written() -> AbstractContextManager[object]:
    return mock.patch.object(DynamoCampaigns, "planned_launch", return_value=None)


BUGS = (
    PlantedBug(
        "the end of a campaign is not written",
        end_of_campaigns_not_written,
        "the ledger adds up",
        "small-campaign",
    ),
    PlantedBug("a claim has no condition", claim_without_condition, "at most once"),
    PlantedBug("a text is settled before it is sent", settle_before_send, "the ledger adds up"),
    PlantedBug("an abandoned claim is granted again", send_after_abandoned_claim, "at most once"),
    PlantedBug("a permit is ignored", permit_ignored, "the rate", "small-campaign"),
    PlantedBug("a duplicate is decided again", duplicate_decided_again, "at most once"),
    PlantedBug(
        "seats are written without a condition", seats_without_condition, "one seat, one person", "rush"
    ),
    PlantedBug("a throttled send counts as sent", throttled_send_counted_as_sent, "the ledger adds up"),
    PlantedBug("counters are outside the transaction", counters_outside_transaction, "the ledger adds up"),
    PlantedBug("stream records are dropped", stream_records_dropped, "no silent loss"),
    PlantedBug("an offer is never withdrawn", offer_never_withdrawn, "no silent loss", first_seed=2),
    PlantedBug("quiet hours are ignored", quiet_hours_ignored, "quiet hours", "waiting"),
    PlantedBug("offers are made in quiet hours", offers_made_in_quiet_hours, "quiet hours", "asleep", 4),
    PlantedBug("what waits is forgotten", held_messages_forgotten, "no silent loss", "waiting"),
    PlantedBug("a stranger is answered", stranger_answered, "strangers get nothing"),
    PlantedBug("a phone number is logged", phone_number_logged, "no phone number in a log"),
    PlantedBug("bookings are not undone", bookings_not_undone, "no silent bookings", "opt-outs"),
    PlantedBug("bookings are not written", bookings_not_written, "seats are told once", "rush"),
    PlantedBug(
        "a booking that failed is promised", changed_shift_promised_anyway, "promises follow facts", "rush"
    ),
)

FURTHER_BUGS = (PlantedBug("timers are never set", timers_never_set, "no silent loss"),)
"""Bugs that only `make soak` plants: many seeds do not need their code."""

"""Sends the text of a campaign to one number first, through the outbox: at most once, and at the rate of the number."""

from collections.abc import Callable

from shift_sms_operator.audit.audit_recorder import AuditRecorder, new_operation_id
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.audit.audit_record import Subject
from shift_sms_runtime.backoff import Backoff
from shift_sms_runtime.campaigns.campaign import CampaignTexts
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.language.locale import primary_language
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.ports import OutboxWorkers
from shift_sms_runtime.tables.audit_trail import audit_put
from shift_sms_runtime.tables.outbox_store import DynamoOutbox

_WAITS = (0.2, 0.4, 0.8, *(1.0,) * 14)
"""Seconds between looks at the outcome: about as long as a worker takes to start and to send."""


class CampaignTrial:
    """Sends the text of a campaign to one number."""

    def __init__(
        self,
        *,
        outbox: DynamoOutbox,
        workers: OutboxWorkers,
        employees: Employees,
        recorder: AuditRecorder,
        audit_trail: str,
        origination_identity: str,
        clock: Clock,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        """Takes what a trial needs.

        Args:
            outbox: The outbox.
            workers: Send the texts of the outbox.
            employees: Reads the language and the opt-out of the number.
            recorder: Makes the audit record.
            audit_trail: The name of the AuditTrail table.
            origination_identity: The number or pool that campaigns leave from.
            clock: Returns the time.
            sleep: Waits for a number of seconds; `time.sleep` by default.
        """
        self._outbox = outbox
        self._workers = workers
        self._employees = employees
        self._recorder = recorder
        self._audit_trail = audit_trail
        self._origination_identity = origination_identity
        self._clock = clock
        self._sleep = sleep

    def send(self, campaign_id: str, texts: CampaignTexts, to: str) -> DeliveryStatus:
        """Sends the text in the language of the number's employee, and waits some seconds for the outcome.

        The text and its audit record are one transaction. Each call sends one text at most.

        Returns:
            The status of the text; QUEUED if it waits for the number, and is sent later.

        Raises:
            Refused: the number is wrong, or has opted out.
        """
        try:
            number = to_e164(to)
        except NotAPhoneNumber as error:
            raise Refused(f"{to!r} is no phone number: {error}; write it like +14255550101") from None
        employee = self._employees.of([number]).get(number)
        if employee is not None and employee.opted_out:
            raise Refused(f"{number} has opted out; texting START to the number ends that")
        language = primary_language(employee.language if employee else "")
        operation_id = new_operation_id()
        text = OutboxText(
            number,
            ReplyKind.CAMPAIGN_TEST,
            operation_id,
            Priority.REPLY,
            self._origination_identity,
            queued_at=self._clock(),
            body=texts.by_language.get(language, texts.default).body,
        )
        record = self._recorder.record(
            Subject.CAMPAIGN.of(campaign_id),
            "tested",
            before={},
            after={"test_to": number, "text": text.body},
            operation_id=operation_id,
        )
        self._outbox.add(text, also=[{"Put": audit_put(self._audit_trail, record)}])
        self._workers.ensure_running(Priority.REPLY)
        return self._outcome(text)

    def _outcome(self, text: OutboxText) -> DeliveryStatus:
        backoff = Backoff(_WAITS, jitter=False, sleep=self._sleep)
        while True:
            status = self._outbox.statuses([text.key]).get(text.key, DeliveryStatus.QUEUED)
            if status.final or not backoff.wait():
                return status if status.final else DeliveryStatus.QUEUED

"""Results of sends, as the messaging service returns them."""

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, LimitReached, NotSent, Refused

THROTTLED = NotSent("ThrottlingException", transient=True, throttled=True)

ACCESS_DENIED = NotSent("AccessDeniedException", transient=False)

NO_ORIGINATION_IDENTITY = NotSent(
    "NO_ORIGINATION_IDENTITIES_FOUND", transient=False, destination_specific=True
)

OPTED_OUT = Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")

SPEND_LIMIT_REACHED = LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")

"""Lists results of sends that tests of campaigns use."""

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, LimitReached, NotSent, Refused

THROTTLED = NotSent("ThrottlingException", transient=True)


FORBIDDEN = NotSent("AccessDeniedException", transient=False)


NO_NUMBER_THERE = NotSent("NO_ORIGINATION_IDENTITIES_FOUND", transient=False, destination_specific=True)


OPTED_OUT = Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")


SPENT = LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")

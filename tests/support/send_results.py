"""Lists results of sends that tests of campaigns use."""

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, LimitReached, NotSent, Refused

THROTTLED = NotSent("ThrottlingException", passing=True)


FORBIDDEN = NotSent("AccessDeniedException", passing=False)


NO_NUMBER_THERE = NotSent("NO_ORIGINATION_IDENTITIES_FOUND", passing=False, others_may_go=True)


OPTED_OUT = Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")


SPENT = LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")

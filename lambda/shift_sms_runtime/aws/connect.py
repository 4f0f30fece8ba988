"""Amazon Connect: starts outbound calls, at most one per inbound text.

A client token is valid for seven days, which is longer than the callback queue keeps a request. Source:
StartOutboundVoiceContact in the Amazon Connect API reference.
"""

from typing import TYPE_CHECKING

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.records import record

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient


@record
class ContactFlow:
    """The contact flow, queue and source number of the calls."""

    instance_id: str
    contact_flow_id: str
    queue_id: str
    source_phone_number: str


class ConnectCallCenter:
    """Starts outbound voice contacts.

    Their attribute `message` contains the words of the employee.
    """

    def __init__(self, client: "ConnectClient", flow: ContactFlow) -> None:
        self._client = client
        self._flow = flow

    def start_call(self, request: CallbackRequest) -> CallOutcome:
        """See `CallCenter.start_call`."""
        exceptions = self._client.exceptions
        try:
            self._client.start_outbound_voice_contact(
                DestinationPhoneNumber=request.phone_number,
                InstanceId=self._flow.instance_id,
                ContactFlowId=self._flow.contact_flow_id,
                QueueId=self._flow.queue_id,
                SourcePhoneNumber=self._flow.source_phone_number,
                ClientToken=request.message_id,
                Attributes={"message": request.agent_message} if request.message else {},
            )
        except (exceptions.DestinationNotAllowedException, exceptions.OutboundContactNotPermittedException):
            return CallOutcome.NOT_ALLOWED
        except exceptions.LimitExceededException:
            return CallOutcome.QUOTA_REACHED
        return CallOutcome.ACCEPTED

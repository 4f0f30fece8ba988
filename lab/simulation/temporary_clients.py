from typing import Any

from lab.simulation.aws.client import SimulatedClient, client_error


class SqsClient(SimulatedClient):
    service = "sqs"

    def __init__(self, system: Any, **kw: Any) -> None:
        super().__init__(**kw)
        self._system = system

    def send_message(self, **request: Any) -> Any:
        return self._request(
            "SendMessage",
            request,
            lambda: {
                "MessageId": self._system.send(
                    request["QueueUrl"].rpartition("/")[2],
                    request["MessageBody"],
                    delay=request.get("DelaySeconds", 0),
                )
            },
        )


class SchedulerClient(SimulatedClient):
    service = "scheduler"

    def __init__(self, system: Any, **kw: Any) -> None:
        super().__init__(**kw)
        self._system = system

    def _set(self, op: str, request: Any, exists: bool) -> Any:
        def effect() -> Any:
            if self._system.has_schedule(request["Name"]) is not exists:
                code = "ResourceNotFoundException" if exists else "ConflictException"
                raise client_error("scheduler", op, code)
            self._system.set_schedule(request["Name"], request["ScheduleExpression"], request["Target"])
            return {}

        return self._request(op, request, effect)

    def update_schedule(self, **request: Any) -> Any:
        return self._set("UpdateSchedule", request, True)

    def create_schedule(self, **request: Any) -> Any:
        return self._set("CreateSchedule", request, False)

    def delete_schedule(self, **request: Any) -> Any:
        def effect() -> Any:
            if not self._system.has_schedule(request["Name"]):
                raise client_error("scheduler", "DeleteSchedule", "ResourceNotFoundException")
            self._system.delete_schedule(request["Name"])
            return {}

        return self._request("DeleteSchedule", request, effect)


class SmsClient(SimulatedClient):
    service = "pinpoint-sms-voice-v2"

    def __init__(self, phones: Any, **kw: Any) -> None:
        super().__init__(**kw)
        self._phones = phones

    def send_text_message(self, **request: Any) -> Any:
        return self._request("SendTextMessage", request, lambda: self._phones.send(request))


class ConnectClient(SimulatedClient):
    service = "connect"

    def __init__(self, phones: Any, **kw: Any) -> None:
        super().__init__(**kw)

    def start_outbound_voice_contact(self, **request: Any) -> Any:
        return self._request("StartOutboundVoiceContact", request, lambda: {"ContactId": "c"})

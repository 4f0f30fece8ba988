"""Injects the faults that the phone page offers, and records what became of them."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from lab.cloud.kill_function import kill_caller
from lab.phone_network import ApiCall, Fault, Moment, PhoneNetwork, hang, throttle
from lab.phone_network.api.faults import Faults

CLAIMANTS = 100
_THROTTLED_SENDS = 5
_REDELIVERY_SECONDS = 15
_SENDERS = 20
# A transaction of a booking contains this part; transactions of other functions do not.
_STORED_REPLY = "reply = :reply"


class FaultRefused(Exception):
    """The fault cannot be injected now; the message says why."""


@dataclass(eq=False)
class InjectedFault:
    """A fault that was asked for; one without a rule has happened at once."""

    title: str
    consequence: str
    rule: Fault | None = None
    removed: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self._times = self.rule.times if self.rule else None

    @property
    def pending(self) -> bool:
        """Whether the fault still affects calls."""
        return self.rule is not None and self.rule.hits != self.rule.times

    @property
    def state(self) -> str:
        """Whether the fault has happened, in words."""
        if self.rule is None:
            return "done"
        happened = f"happened {self.rule.hits} of {self._times} times"
        if self.removed:
            return f"removed, {happened}"
        return happened if self.rule.hits else "waits for the next call"

    def remove(self) -> None:
        """Ends the fault, unless it has happened as often as it was to."""
        if self.rule and self.pending:
            self.rule.times = self.rule.hits
            self.removed = True


class FaultInjector:
    """Injects faults. Each takes effect on the next calls of the functions and ends by itself."""

    def __init__(
        self,
        network: PhoneNetwork,
        function_faults: Faults,
        quick_redelivery: Callable[[int], AbstractContextManager[None]],
    ) -> None:
        """Configures the injector.

        Args:
            network: the phones, and the faults of calls to End User Messaging.
            function_faults: the faults of calls to other services.
            quick_redelivery: shortens the visibility timeout of the queues to a number of seconds.
        """
        self._network = network
        self._function_faults = function_faults
        self._quick_redelivery = quick_redelivery
        self._lock = Lock()
        self._injected: list[InjectedFault] = []
        self._redelivery = ExitStack()

    @property
    def injected(self) -> Sequence[InjectedFault]:
        """The faults so far, latest first."""
        with self._lock:
            return self._injected[::-1]

    def throttle(self) -> None:
        """Refuses the next sends with ThrottlingException, before they have an effect."""
        self._add(
            f"Throttle {_THROTTLED_SENDS} sends",
            "The text waits and is sent once.",
            Fault(operation="SendTextMessage", act=throttle, times=_THROTTLED_SENDS),
            self._network.faults,
        )

    def time_out(self) -> None:
        """Sends no response to the next send, after its effect."""
        self._add(
            "Time out after a send",
            "The phone has the text, the sender does not know it. The text is not sent again.",
            Fault(operation="SendTextMessage", act=hang, when=Moment.AFTER_EFFECT, times=1),
            self._network.faults,
        )

    def crash(self) -> None:
        """Kills the function that books the next seat, between the booking and the reply.

        The function's message is received again when its visibility timeout ends. Until the crash, the queues have
        a short one.

        Raises:
            FaultRefused: an earlier crash has not happened yet.
        """
        with self._lock:
            if any(one.pending and one.rule and one.rule.act == self._kill for one in self._injected):
                raise FaultRefused("A crash already waits for the next booking. Text a shift code.")
            self._redelivery.enter_context(self._quick_redelivery(_REDELIVERY_SECONDS))
        self._add(
            "Crash after a booking",
            f"The text is handled again after {_REDELIVERY_SECONDS} seconds, takes effect once and is answered once.",
            Fault(
                operation="TransactWriteItems",
                act=self._kill,
                when=Moment.AFTER_EFFECT,
                matches=lambda parameters: _STORED_REPLY in str(parameters),
                times=1,
            ),
            self._function_faults,
        )

    def deliver_again(self) -> None:
        """Delivers the latest inbound text a second time. Raises FaultRefused if there is none."""
        texts = self._network.inbound_texts
        for text in reversed(texts):
            try:
                self._network.redeliver(text.message_id)
            except KeyError:
                # The network replied to a carrier keyword itself and published nothing.
                continue
            self._record(
                "Deliver the last text again", "The second delivery changes nothing and gets no reply."
            )
            return
        raise FaultRefused("No phone has sent a text yet. Send one first.")

    def claim(self, shift_id: str, phones: Sequence[str]) -> None:
        """Texts the code of a shift from many phones at once. Raises FaultRefused without a shift or phones."""
        claimants = phones[:CLAIMANTS]
        if not shift_id or not claimants:
            raise FaultRefused("Add a shift and employees first.")
        self._record(
            f"{len(claimants)} people claim {shift_id}",
            "As many people get it as it has seats, the others are declined.",
        )
        network, number = self._network, self._network.account.phone_numbers[0].number
        with ThreadPoolExecutor(_SENDERS) as senders:
            list(senders.map(lambda phone: network.send_from_phone(phone, shift_id, number), claimants))

    def remove_all(self) -> None:
        """Ends the faults that have not happened yet; others than those of this injector go on."""
        with self._lock:
            self._redelivery.close()
            for one in self._injected:
                one.remove()

    def _kill(self, call: ApiCall) -> None:
        try:
            kill_caller(call)
        finally:
            with self._lock:
                self._redelivery.close()

    def _add(self, title: str, consequence: str, rule: Fault, faults: Faults) -> None:
        faults.add(rule)
        self._record(title, consequence, rule)

    def _record(self, title: str, consequence: str, rule: Fault | None = None) -> None:
        with self._lock:
            self._injected.append(InjectedFault(title, consequence, rule))


@dataclass(frozen=True)
class FaultButton:
    """A button of the page."""

    label: str
    effect: str
    inject: Callable[[FaultInjector], None]


BUTTONS = {
    "throttle": FaultButton(
        f"Throttle {_THROTTLED_SENDS} sends", "End User Messaging refuses them.", FaultInjector.throttle
    ),
    "timeout": FaultButton(
        "Time out after a send", "The response to a send never arrives.", FaultInjector.time_out
    ),
    "duplicate": FaultButton(
        "Deliver the last text again", "The inbound topic delivers it twice.", FaultInjector.deliver_again
    ),
    "crash": FaultButton(
        "Crash after a booking", "The function is killed before it replies.", FaultInjector.crash
    ),
    "remove": FaultButton("Remove all faults", "Those that wait no longer happen.", FaultInjector.remove_all),
}
"""The buttons of the page by name."""

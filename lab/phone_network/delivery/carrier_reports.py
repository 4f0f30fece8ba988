"""Simulates carriers' reports about texts, also late, repeated and lost ones.

Event types: https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from lab.phone_network.phones.traffic import SentText

SIMULATED_FAILURES = frozenset(
    {
        "+14254147167",
        "+447860019067",
        "+33755512502",
        "+34683783442",
        "+61455944039",
        "+394390009174",
        "+3197008100150",
        "+46790645102",
        "+41798075874",
        "+48732141442",
        "+351927946950",
        "+32460213923",
        "+43676800442032",
        "+4525919215",
        "+56229140631",
        "+420790542287",
        "+37282720793",
        "+3584573979111",
        "+85257048854",
    }
)
"""Numbers of AWS's SMS simulator that never receive a text:
https://docs.aws.amazon.com/sms-voice/latest/userguide/test-phone-numbers.html
"""


@dataclass(frozen=True, kw_only=True)
class CarrierReport:
    """One report about a text.

    Args:
        after: seconds from the acceptance of the text to the timestamp of the event.
        late: further seconds until the event is published.
        copies: how often the event is published; 0 loses it.
        before_response: whether the event can be published before SendTextMessage returns.
    """

    event_type: str = "TEXT_DELIVERED"
    is_final: bool = True
    after: float = 0.05
    late: float = 0.0
    copies: int = 1
    before_response: bool = False


CarrierReportPolicy = Callable[[SentText], Iterable[CarrierReport]]
"""Returns the reports about a text that was just accepted; called under the network's lock."""


class FinalReportOnly:
    """One final report for each text, `after` seconds after its acceptance."""

    def __init__(self, after: float = 0.05) -> None:
        self._after = after

    def __call__(self, text: SentText) -> list[CarrierReport]:
        return [CarrierReport(event_type=final_event_type(text), after=self._after)]


class RandomReports:
    """TEXT_SUCCESSFUL, then TEXT_DELIVERED, with random faults.

    The result for a text depends only on `seed`, the destination and the body. So every run is the same,
    however its texts interleave.

    Args:
        seed: the seed of all random choices.
        duplicated: the share (0 to 1) of events that are published twice.
        reordered: the share of texts whose TEXT_DELIVERED is published first, possibly before the response.
        lost: the share of events that are never published.
        failed: the share of texts with a failure instead of TEXT_DELIVERED.
        after: the minimum number of seconds from the acceptance of a text to TEXT_SUCCESSFUL.
        spread: the maximum number of further seconds before each event.
    """

    def __init__(
        self,
        seed: int,
        *,
        duplicated: float = 0.1,
        reordered: float = 0.1,
        lost: float = 0.05,
        failed: float = 0.0,
        after: float = 0.05,
        spread: float = 0.3,
    ) -> None:
        self._seed = seed
        self._duplicated = duplicated
        self._reordered = reordered
        self._lost = lost
        self._failed = failed
        self._after = after
        self._spread = spread

    def __call__(self, text: SentText) -> list[CarrierReport]:
        chance = Random(f"{self._seed}/{text.destination}/{text.body}")  # noqa: S311 - for data, not for secrets
        failed = chance.random() < self._failed
        reordered = chance.random() < self._reordered
        successful = self._after + chance.random() * self._spread
        delivered = successful + chance.random() * self._spread
        return [
            CarrierReport(
                event_type="TEXT_SUCCESSFUL",
                is_final=False,
                after=successful,
                # The gap exceeds the publisher's batching window, so the two events never share a batch.
                late=delivered - successful + 0.2 if reordered else 0.0,
                copies=self._copies(chance),
            ),
            CarrierReport(
                event_type="TEXT_CARRIER_UNREACHABLE" if failed else final_event_type(text),
                after=delivered,
                copies=self._copies(chance),
                before_response=reordered,
            ),
        ]

    def _copies(self, chance: Random) -> int:
        lost, duplicated = chance.random() < self._lost, chance.random() < self._duplicated
        return 0 if lost else 1 + duplicated


def final_event_type(text: SentText) -> str:
    """Returns the type of the text's final event.

    AWS does not document how the failing numbers of its simulator fail; this network reports an unreachable
    carrier.
    """
    return "TEXT_CARRIER_UNREACHABLE" if text.destination in SIMULATED_FAILURES else "TEXT_DELIVERED"

"""What carriers report about a text, and how badly the reports travel: late, twice, in the wrong order, or not at all.

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
"""Numbers of AWS's simulator that a text never reaches:
https://docs.aws.amazon.com/sms-voice/latest/userguide/test-phone-numbers.html
"""


@dataclass(frozen=True, kw_only=True)
class CarrierReport:
    """One report about a text.

    It is made `after` seconds from the text's acceptance, which is the event's timestamp, and is `late` further
    seconds on its way. It comes in as many `copies`; without any it is lost. It waits for the answer to
    SendTextMessage unless it may come `before_answer`.
    """

    event_type: str = "TEXT_DELIVERED"
    is_final: bool = True
    after: float = 0.05
    late: float = 0.0
    copies: int = 1
    before_answer: bool = False


CarrierReportPolicy = Callable[[SentText], Iterable[CarrierReport]]
"""Called with a text that was just accepted, under the network's lock; tells what is reported about it."""


class FinalReportOnly:
    """One final report for each text, `after` seconds from its acceptance."""

    def __init__(self, after: float = 0.05) -> None:
        self._after = after

    def __call__(self, text: SentText) -> list[CarrierReport]:
        return [CarrierReport(event_type=final_event_type(text), after=self._after)]


class RandomReports:
    """TEXT_SUCCESSFUL, then TEXT_DELIVERED, of which shares (0 to 1) go astray.

    Each event may be `duplicated` or `lost` for itself. The two of a text may be `reordered`: the later one comes
    first, and does not wait for the answer. A text that `failed` has a failure in place of TEXT_DELIVERED.
    Either event happens up to `spread` seconds after the one before, TEXT_SUCCESSFUL at least `after` seconds from
    the text's acceptance. A text's fate depends on `seed`, its destination and its body only, so that another run
    is the same however its texts interleave.
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
                # Later than the other one by a moment that no publishing in bundles can swallow.
                late=delivered - successful + 0.2 if reordered else 0.0,
                copies=self._copies(chance),
            ),
            CarrierReport(
                event_type="TEXT_CARRIER_UNREACHABLE" if failed else final_event_type(text),
                after=delivered,
                copies=self._copies(chance),
                before_answer=reordered,
            ),
        ]

    def _copies(self, chance: Random) -> int:
        lost, duplicated = chance.random() < self._lost, chance.random() < self._duplicated
        return 0 if lost else 1 + duplicated


def final_event_type(text: SentText) -> str:
    """Tell what becomes of `text`: AWS does not document how its simulator's numbers fail; here, unreachably."""
    return "TEXT_CARRIER_UNREACHABLE" if text.destination in SIMULATED_FAILURES else "TEXT_DELIVERED"

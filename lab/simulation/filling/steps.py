"""The invariants of fill plans and sick calls that are checked at each step."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lab.simulation.execution.deployment import SimulatedSettings
from lab.simulation.facts import Facts, Key, Seats, SendFact
from lab.simulation.notice_invariants.manager_events import RecordedEvents, events_of
from shift_sms_runtime.shifts.booking_policy import SickCalls
from shift_sms_runtime.shifts.filling.fill_plan import FILL_CAMPAIGN

_DECIDED_BEFORE = timedelta(seconds=60)
"""How long before its effect a function may have decided on it. It may have stood still."""
_NOTICES_APART = timedelta(hours=1)
_GET_WELL = "Get well soon!"
_CALLS_FOR_REPLACEMENT = tuple(f"MANAGER_NOTICE#{kind}#" for kind in ("sick", "unfilled", "exhausted"))
_OPEN = ("available", "taken")
_UTC = ZoneInfo("UTC")
_NOT_ENDED = datetime.max.replace(tzinfo=UTC)

Item = Mapping[str, Any]


class FillSteps:
    """Checks each change of a shift, and each text of a fill plan."""

    def __init__(
        self,
        facts: Facts,
        settings: SimulatedSettings,
        *,
        zones: Mapping[str, ZoneInfo],
        clock: Callable[[], datetime],
    ) -> None:
        """`zones` are the time zones of employees by phone number; without one, it is UTC."""
        self.freed_by_sick_calls: list[tuple[str, datetime]] = []
        """The shifts that were open when a sick call freed a seat, and when."""
        self.manager_events = RecordedEvents()
        self.moved: set[str] = set()
        """The shifts that operators moved to another time."""
        self.urgent_overrides = settings.urgent_overrides_quiet_hours
        self._urgent: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        """When shifts were urgent. A span that has not ended ends in the far future."""
        self._facts = facts
        self._settings = settings
        self._zones = zones
        self._clock = clock
        self._items: dict[str, Item] = {}
        self._described_since: dict[str, datetime] = {}
        """When the description of a shift was changed last."""
        self._texts: Counter[tuple[str, str]] = Counter()
        self._texts_of_day: Counter[tuple[str, date]] = Counter()
        facts.on_item = self._check_item

    def overrides_quiet_hours(self, key: Key, since: datetime, until: datetime) -> bool:
        """Returns whether the shift of a text was urgent, and its texts may be sent in quiet hours."""
        shift_id = shift_of(key) or _told_shift_of(key)
        return (
            self.urgent_overrides
            and shift_id is not None
            and any(start <= until and since <= end for start, end in self._urgent[shift_id])
        )

    def was_urgent(self, shift_id: str, since: datetime, until: datetime) -> bool:
        """Returns whether a shift was urgent for all of a span."""
        return any(start <= since and until <= end for start, end in self._urgent[shift_id])

    def check_send(self, send: SendFact) -> None:
        """Checks whom a plan texts, how often, and the reply to a sick call."""
        if send.key is None:
            return
        shift_id = shift_of(send.key)
        if shift_id is not None:
            self._check_fill_text(send, shift_id, send.key[1].rpartition("#")[0])
        elif send.key[-1].startswith("INBOUND#"):
            self._check_reply(send, send.key[-1].removeprefix("INBOUND#"))

    def _check_fill_text(self, send: SendFact, shift_id: str, campaign_id: str) -> None:
        facts, now = self._facts, self._clock()
        self._texts[campaign_id, send.to] += 1
        if self._texts[campaign_id, send.to] > 1:
            facts.violate("at most once", f"{campaign_id} texted an employee twice")
        day = now.astimezone(self._zones.get(send.to, _UTC)).date()
        self._texts_of_day[send.to, day] += 1
        limit = self._settings.texts_per_person_per_day
        if limit and self._texts_of_day[send.to, day] > limit:
            facts.violate("limit of a day", f"fill plans sent an employee more than {limit} texts")
        sick_since = self._items[shift_id].get("sick_calls", {}).get(send.to)
        if sick_since is not None and now - datetime.fromisoformat(sick_since) > _DECIDED_BEFORE:
            facts.violate(
                "the sick are left alone", f"a plan texted an employee who is sick about {shift_id}"
            )
        if _described(self._items[shift_id]) not in send.body and self._is_stale(shift_id):
            facts.violate(
                "texts describe the shift", f"an earlier text about {shift_id} was sent: {send.body!r}"
            )
        for span in facts.holdings.get((shift_id, send.to), ())[-1:]:
            if span.until is None and span.since < facts.now() - _DECIDED_BEFORE.total_seconds():
                facts.violate("eligible employees", f"a plan texted a holder of {shift_id}")

    def _is_stale(self, shift_id: str) -> bool:
        changed_at = self._described_since.get(shift_id)
        return changed_at is not None and self._clock() - changed_at > _DECIDED_BEFORE

    def _check_reply(self, send: SendFact, inbound_id: str) -> None:
        """Checks that the reply to a sick call is kind. A late one may tell what has changed since."""
        shift_id = self._facts.sick_calls.get(inbound_id)
        if shift_id is None or send.body.startswith(_GET_WELL):
            return
        item = self._items[shift_id]
        sick_since = item.get("sick_calls", {}).get(send.to)
        if sick_since is None or item["shift_status"] not in _OPEN:
            return
        if self._clock() - datetime.fromisoformat(sick_since) <= _DECIDED_BEFORE:
            self._facts.violate("kind replies", f"{inbound_id} called in sick and was sent {send.body!r}")

    def _check_item(self, shift_id: str, before: Item, after: Item) -> None:
        if not after:
            return
        self._items[shift_id] = after
        self.manager_events.note(shift_id, before, after, self._clock())
        self._note_urgency(shift_id, is_urgent=bool(after.get("fill_urgent")))
        if not before:
            return
        if _described(before) != _described(after):
            self._described_since[shift_id] = self._clock()
        if before.get("starts_at") != after.get("starts_at"):
            self.moved.add(shift_id)
        held_before, held = Seats.of(before).holders, Seats.of(after).holders
        for phone in sorted(held - held_before):
            self._check_conflicts(shift_id, phone, after)
        for phone in sorted(after.get("sick_calls", {}).keys() - before.get("sick_calls", {}).keys()):
            self._check_told(shift_id, after, phone)
            self._check_sick_call(shift_id, before, after, keeps=phone in held)

    def _note_urgency(self, shift_id: str, *, is_urgent: bool) -> None:
        spans = self._urgent[shift_id]
        was_urgent = bool(spans) and spans[-1][1] == _NOT_ENDED
        if is_urgent and not was_urgent:
            spans.append((self._clock(), _NOT_ENDED))
        elif was_urgent and not is_urgent:
            spans[-1] = (spans[-1][0], self._clock())

    def _check_conflicts(self, shift_id: str, phone: str, item: Item) -> None:
        """Checks that no two shifts of an employee overlap, unless an operator moved one."""
        for other_id, other in self._items.items():
            if shift_id == other_id or phone not in Seats.of(other).holders:
                continue
            if not self.moved & {shift_id, other_id} and _overlap(item, other):
                self._facts.violate("no conflicting bookings", f"{shift_id} overlaps {other_id}")

    def _check_told(self, shift_id: str, after: Item, phone: str) -> None:
        """Checks that an event of the employee who called in sick tells the managers."""
        told = [at for kind, at, employee in events_of(after) if (kind, employee) == ("sick", phone)]
        if not told or self._clock() - max(told) > _NOTICES_APART + _DECIDED_BEFORE:
            self._violate(shift_id, "no event tells the managers")

    def _check_sick_call(self, shift_id: str, before: Item, after: Item, *, keeps: bool) -> None:
        """Checks that the write of a sick call frees the seat, and starts the plan."""
        now = self._clock()
        starts_at = _time(after, "starts_at")
        cutoff = starts_at - self._settings.booking_policy.drop_cutoff if starts_at else None
        if cutoff is not None and abs(now - cutoff) < _DECIDED_BEFORE:
            return
        is_late = cutoff is not None and now > cutoff
        if keeps is not (is_late and self._settings.booking_policy.sick_calls is SickCalls.INFORM):
            self._violate(shift_id, "the seat is kept" if keeps else "the seat is free")
        elif keeps and _plan_of(before) != _plan_of(after):
            self._violate(shift_id, "a plan starts although the seat is kept")
        elif not keeps and self._is_open(after, now):
            if not _runs_urgently(after):
                self._violate(shift_id, "a seat is free without an urgent plan")
            self.freed_by_sick_calls.append((shift_id, now))

    def _is_open(self, item: Item, now: datetime) -> bool:
        starts_at = _time(item, "starts_at")
        is_early = starts_at is None or now + _DECIDED_BEFORE < starts_at
        return is_early and item["shift_status"] in _OPEN and not item.get("shift_error")

    def _violate(self, shift_id: str, text: str) -> None:
        self._facts.violate("sick calls", f"after a sick call about {shift_id}, {text}")


def shift_of(key: Key) -> str | None:
    """Returns the shift whose fill plan sends the text of a ledger row; None for other texts."""
    is_plan = key[0] == "Deliveries" and key[1].startswith(FILL_CAMPAIGN)
    return key[1].removeprefix(FILL_CAMPAIGN).split("#")[0] if is_plan else None


def _told_shift_of(key: Key) -> str | None:
    """Returns the shift for which a manager is asked to find a replacement; None for other texts."""
    told = key[-1].startswith(_CALLS_FOR_REPLACEMENT)
    return key[-1].split("#")[2] if told else None


def _described(item: Item) -> str:
    return str(item.get("shift_info", ""))


def _plan_of(item: Item) -> Mapping[str, Any]:
    return {name: item.get(name) for name in ("fill_by", "fill_order", "fill_urgent", "fill_status")}


def _runs_urgently(item: Item) -> bool:
    has_plan = item.get("fill_order") or item.get("fill_by")
    return bool(has_plan and item.get("fill_urgent") and item.get("fill_status") in (None, "running"))


def _overlap(one: Item, other: Item) -> bool:
    start, end = _time(one, "starts_at"), _time(one, "ends_at")
    other_start, other_end = _time(other, "starts_at"), _time(other, "ends_at")
    if not (start and end and other_start and other_end):
        return False
    return start < other_end and other_start < end


def _time(item: Item, name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]) if item.get(name) else None

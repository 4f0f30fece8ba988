"""Tests that the pages of a list have exactly the shifts that match, in order."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.language.intents import DaysWanted, ShiftFilter
from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.shift_lists import open_shift_list
from shift_sms_runtime.shift_lists.index_parts import IndexPart
from shift_sms_runtime.shift_lists.list_filter import ListFilter
from shift_sms_runtime.shift_lists.list_page import MAX_SEGMENTS
from shift_sms_runtime.shift_lists.open_shift_list import list_open_shifts
from shift_sms_runtime.shift_lists.ports import OpenShifts
from shift_sms_runtime.shifts.shift import Shift
from tests.support.memory.shifts import MemoryShifts

NOW = datetime(2026, 10, 23, 18, tzinfo=UTC)
"""The Friday before clocks go back in Europe."""

ROLES = frozenset({"bar", "nurse"})

ITEMS = st.lists(
    st.fixed_dictionaries(
        {
            "hours": st.one_of(st.none(), st.integers(-30, 24 * 9)),
            "timezone": st.sampled_from(
                [None, None, "Pacific/Auckland", "Pacific/Honolulu", "Europe/Berlin"]
            ),
            "role": st.sampled_from([None, "Bar", "nurse", "chef"]),
            "site": st.sampled_from([None, "North Harbor", "Airport"]),
            "info": st.sampled_from(["", "5h", "x" * 70]),
        }
    ),
    max_size=40,
)

FILTERS = st.one_of(
    st.none(),
    st.builds(
        ShiftFilter,
        st.one_of(st.none(), st.sampled_from(DaysWanted)),
        st.sampled_from([(), ("harbor",), ("bars",), ("airport", "nurse")]),
    ),
)


def stored(items: list[dict[str, Any]], zone: str) -> MemoryShifts:
    shifts = MemoryShifts(zone)
    for number, item in enumerate(items):
        hours = item["hours"]
        shifts.put(
            f"S{number:02}",
            item["info"],
            starts_at=None if hours is None else (NOW + timedelta(hours=hours)).isoformat(),
            timezone=item["timezone"],
            role=item["role"],
            site=item["site"],
        )
    return shifts


def order(shift: Shift) -> tuple[Any, ...]:
    by_start = (shift.starts_at, shift.site) if shift.starts_at else ()
    return (shift.starts_at is None, *by_start, shift.shift_id)


@given(ITEMS, FILTERS, st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]))
def test_given_any_filter_when_all_pages_are_read_then_the_matches_in_order(
    items: list[dict[str, Any]], wanted: ShiftFilter | None, zone: str
) -> None:
    shifts = stored(items, zone)
    limited_to = None if wanted is None else ListFilter(wanted, NOW)
    found: list[str] = []
    after: str | None = None
    with (
        patch.object(open_shift_list, "SHIFTS_PER_READ", 3),
        patch.object(open_shift_list, "SHIFTS_PER_FILTERED_READ", 4),
    ):
        for _ in range(len(items) + 2):
            page = list_open_shifts(
                shifts,
                locale("shifts", "en"),
                roles=ROLES,
                accepts=lambda shift: shift.is_open(NOW),
                limited_to=limited_to,
                after=after,
                now=NOW,
            )
            assert measure(page.text).segments <= MAX_SEGMENTS
            listed = [line.split()[0] for line in page.text.splitlines() if line.startswith("S")]
            assert page.only_id == (listed[0] if len(listed) == 1 and page.next_after is None else None)
            found += listed
            after = page.next_after
            if after is None:
                break
            assert page.text.splitlines()[-1].startswith(("Reply MORE", "None so far"))
    assert after is None, "MORE never came to an end"
    matching = [
        shift
        for shift in map(shifts.get, shifts.rows)
        if shift is not None
        and shift.role != "chef"
        and (shift.starts_at is None or shift.starts_at > NOW)
        and (limited_to is None or limited_to.matches(shift))
    ]
    assert found == [shift.shift_id for shift in sorted(matching, key=order)]


def test_given_a_shift_that_is_over_when_the_index_lags_then_it_is_not_listed() -> None:
    shifts = MemoryShifts()
    shifts.put("A1", starts_at=(NOW + timedelta(hours=2)).isoformat())
    stale = shifts.open_shifts("", IndexPart(), most=9)
    shifts.edit("A1", starts_at=(NOW - timedelta(hours=2)).isoformat())
    (position,) = stale.shifts
    (current,) = shifts.open_shifts("", IndexPart(), most=9).shifts.values()

    class LaggingIndex(MemoryShifts):
        def open_shifts(self, *_: object, **__: object) -> OpenShifts:
            return OpenShifts({position: current}, None)

    page = list_open_shifts(
        LaggingIndex(),
        locale("shifts", "en"),
        roles=(),
        accepts=lambda shift: shift.is_open(NOW),
        limited_to=None,
        after=None,
        now=NOW,
    )
    assert page.text == "No shifts are available right now"

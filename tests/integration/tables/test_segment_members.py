"""Tests the SegmentMembers table."""

from datetime import timedelta
from typing import cast

import pytest

from shift_sms_runtime.employees.manager_index import MembersOfSegment
from tests.support.campaign_world import numbers
from tests.support.store_operations import NOW
from tests.support.store_pairs import Stores


@pytest.mark.parametrize("late", [range(30), range(10, 20), range(25, 30), range(0, 30, 2), range(0)])
def test_given_members_added_later_when_pages_are_read_then_only_they_are_left_out(
    stores: Stores, late: range
) -> None:
    members = numbers(30)
    for position, number in enumerate(members):
        if position in late:
            stores.put_member_at(number, NOW + timedelta(milliseconds=1))
        elif position % 3:
            stores.put_member_at(number, NOW)
        else:
            stores.put_member(number)
    for added_until in (NOW, None):
        read: list[str] = []
        after: str | None = ""
        while after is not None:
            page, after = stores.segment_members.page("overtime", after, 10, added_until=added_until)
            read += page
        skipped = {members[position] for position in late} if added_until else set()
        assert read == [number for number in members if number not in skipped]


@pytest.mark.parametrize("members", [0, 1, 9, 10, 11, 20, 25])
def test_given_a_segment_when_its_pages_are_read_then_each_member_is_read_once(
    stores: Stores, members: int
) -> None:
    for number in numbers(members):
        stores.put_member(number)
    read: list[str] = []
    after: str | None = ""
    while after is not None:
        page, after = stores.segment_members.page("overtime", after, 10)
        assert len(page) <= 10
        read += page
    assert read == numbers(members)
    assert stores.segment_members.page("no-such-segment", "", 10) == ([], None)
    page, _ = stores.segment_members.page("overtime", "+14255550102x", 10)
    assert page == numbers(members)[3:13], "a page may begin after a number that is not a member"


def test_given_a_segment_of_the_system_when_joined_and_left_then_its_page_follows(stores: Stores) -> None:
    number = numbers(1)[0]
    writer = cast("MembersOfSegment", stores.segment_members)
    for change, members in ((writer.join, [number]), (writer.leave, [])):
        for _ in range(2):
            change("role#manager", number)
            assert stores.segment_members.page("role#manager", "", 200) == (members, None)

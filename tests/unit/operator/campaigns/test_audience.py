"""Tests whom a campaign would text, and whom it would skip."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from shift_sms_operator.campaigns import audience as module
from shift_sms_operator.campaigns.audience import AudienceCounter
from shift_sms_operator.campaigns.prices import shipped_prices
from shift_sms_operator.campaigns.views import Audience
from shift_sms_runtime.campaigns.campaign import CampaignComposer, CampaignTexts
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.tables.deliveries import DynamoDeliveries, delivery_key
from shift_sms_runtime.tables.employees import DynamoEmployees
from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers
from tests.support.operator_campaigns import NOON
from tests.support.operator_world import OperatorWorld

JAPAN = "+819012345678"


def texts(message: str = "15/08 5h XYZ123") -> CampaignTexts:
    composer = CampaignComposer(Locales(locales("shifts"), default="en"), agent_offered=False)
    return composer.compose(message)


def number(place: int) -> str:
    return f"+1425555{place:04}"


def put_members(world: OperatorWorld, members: Iterable[str], *, on_roster: bool = True) -> None:
    for member in members:
        world.put("SegmentMembers", {"segment": "night", "phone_number": member})
        if on_roster:
            world.put("Employees", {"phone_number": member})


def count(
    world: OperatorWorld,
    *,
    message: str = "15/08 5h XYZ123",
    relaunch_of: str | None = None,
    most: int = 1000,
    on_progress: Callable[[int], None] = lambda _members: None,
) -> Audience:
    client = world.session.client("dynamodb")
    counter = AudienceCounter(
        DynamoSegmentMembers(client, "SegmentMembers"),
        DynamoEmployees(client, "Employees"),
        DynamoDeliveries(client, deliveries="Deliveries", counters="CampaignCounters"),
        quiet_hours=QuietHours(),
        zone=ZoneInfo("UTC"),
    )
    return counter.count(
        "night",
        texts(message),
        shipped_prices(),
        at=NOON,
        relaunch_of=relaunch_of,
        most=most,
        on_progress=on_progress,
    )


def test_given_members_when_counted_then_each_is_texted_or_skipped_for_a_reason(
    operator_world: OperatorWorld,
) -> None:
    put_members(operator_world, [number(1), number(2), JAPAN])
    put_members(
        operator_world, [number(3), "+1 425 555 0001", "+1 (425) 555-0004", "call me"], on_roster=False
    )
    operator_world.put("Employees", {"phone_number": number(2), "opted_out": True})
    operator_world.put("Employees", {"phone_number": number(4), "only_opt_out": True})

    found = count(operator_world)

    assert (found.members, found.recipients) == (7, 4)
    assert (found.opted_out, found.invalid_numbers, found.duplicates, found.not_on_roster) == (1, 1, 1, 2)
    assert [(one.country, one.recipients, one.segments) for one in found.countries] == [
        ("US", 3, 3),
        ("JP", 1, 1),
    ]
    assert found.segments == 4
    us, japan = found.countries
    assert (us.usd, japan.usd, found.usd) == (None, Decimal("0.07451"), None)
    assert found.complete


def test_given_languages_when_counted_then_each_has_the_segments_of_its_own(
    operator_world: OperatorWorld,
) -> None:
    message = "x" * 110
    sizes = {language: text.size.segments for language, text in texts(message).by_language.items()}
    assert (sizes["en"], sizes["fr"]) == (1, 2), "the sizes that this test needs"
    put_members(operator_world, [number(1), number(2), number(3)])
    operator_world.put("Employees", {"phone_number": number(2), "language": "fr-CA"})
    operator_world.put("Employees", {"phone_number": number(3), "language": "tlh"})

    assert count(operator_world, message=message).segments == 1 + 2 + 1


def test_given_one_number_in_several_spellings_when_counted_then_one_recipient(
    operator_world: OperatorWorld,
) -> None:
    put_members(operator_world, ["+1 425 555 0101", "+1 (425) 555-0101", "+1-425-555-0101"], on_roster=False)
    found = count(operator_world)
    assert (found.recipients, found.duplicates) == (1, 2)


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_given_pages_when_counted_then_every_member_is_and_progress_is_told(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(module, "_BATCH", batch)
    put_members(operator_world, [*map(number, range(5)), "+1 425 555 0003"])
    progress: list[int] = []
    found = count(operator_world, on_progress=progress.append)
    assert (found.recipients, found.duplicates, found.complete) == (5, 1, True)
    assert progress[-1] == 6
    assert progress == sorted(progress)


@pytest.mark.parametrize(("most", "complete"), [(3, False), (4, False), (5, True), (6, True)])
def test_given_a_limit_when_counted_then_it_says_if_the_segment_is_larger(
    operator_world: OperatorWorld, most: int, complete: bool
) -> None:
    put_members(operator_world, map(number, range(5)))
    found = count(operator_world, most=most)
    assert (found.members, found.complete) == (min(most, 5), complete)


def test_given_tried_recipients_when_a_relaunch_is_counted_then_they_are_skipped(
    operator_world: OperatorWorld,
) -> None:
    put_members(operator_world, map(number, range(5)))
    for place, status in enumerate(("delivered", "stopped", "queued", "unknown")):
        row = {**delivery_key("august", number(place)), "campaign_id": "august", "status": status}
        operator_world.put("Deliveries", row)

    found = count(operator_world, relaunch_of="august")

    assert (found.recipients, found.tried_before) == (3, 2)


def test_given_no_members_when_counted_then_everything_is_zero(operator_world: OperatorWorld) -> None:
    assert count(operator_world) == Audience("night")

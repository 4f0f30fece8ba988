"""Tests that no message is lost that a sender holds again while it is released."""

from shift_sms_runtime.campaigns.reconciliation.held_message import HeldKind, HeldMessage
from tests.support.campaign_world import assert_all_settled, numbers, planned_campaign
from tests.support.clock import Deadline


def test_given_a_message_held_again_before_its_removal_then_it_is_not_lost() -> None:
    world = planned_campaign(2)
    (item,) = world.dispatch.waiting
    body, until = item.to_json(), world.clock()
    first, again = (HeldMessage("c", HeldKind.WORK_ITEM, body, until) for _ in range(2))
    world.dispatch.waiting.clear()
    world.held.hold(first)
    remove = world.held.remove

    def hold_again_and_remove(message: HeldMessage) -> None:
        if message == first:
            # A sender has received the returned message, and its campaign is paused again.
            world.dispatch.waiting.clear()
            world.held.hold(again)
        remove(message)

    world.held.remove = hold_again_and_remove  # type: ignore[method-assign]
    world.reconciler.reconcile("c", Deadline(world.clock, 60))
    world.send()
    assert world.texted() == numbers(2)
    assert world.held.messages == []
    assert_all_settled(world)

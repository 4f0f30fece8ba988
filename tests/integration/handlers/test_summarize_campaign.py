"""Tests the counts on the item of a finished campaign."""

from tests.support.dialogues.dialogue import ANN, BOB, EVE, POST_SHIFTS
from tests.support.functions_on_moto import MESSAGE, FunctionsOnMoto, add_members


def test_given_a_campaign_when_all_of_it_is_over_then_its_item_has_the_counts(
    system: FunctionsOnMoto,
) -> None:
    add_members(system, ANN, BOB, "+14255550777", "call me")
    system.network.opt_out("+14255550777")
    for shift in POST_SHIFTS[:2]:
        system.put_shift(*shift)
    system.run_campaign(campaign_id="c", campaign_message=f"{MESSAGE} for Mike\u2019s friends \u0416")
    system.text(ANN, "XYZ123 XYZ124")
    system.text(BOB, "REQUEST")
    system.text(BOB, "AGENT")
    system.text(EVE, "XYZ123")
    assert system.summarize("c", "c", "another") == []
    campaign = system.campaign("c")
    assert {name: campaign[name] for name in campaign if not name.endswith("_at")} == {
        "campaign_id": "c",
        "campaign_message": f"{MESSAGE} for Mike\u2019s friends \u0416",
        "campaign_status": "finished",
        "launch_id": campaign["launch_id"],
        "listing": "campaigns",
        "encoding": "UCS-2",
        "segments_per_text": 3,
        "segments_by_language": "de 3, en 2, es 3, fr 3",
        "not_gsm": "\u0416",
        "targeted": 4,
        "waiting": 0,
        "sent": 0,
        "delivered": 2,
        "failed": 1,
        "opted_out": 1,
        "not_verified": 0,
        "blocked_country": 0,
        "unknown": 0,
        "stopped": 0,
        "segments_spent": 4,
        "replies": 3,
        "bookings": 2,
        "seats_filled": 2,
        "seconds_to_first_booking": campaign["seconds_to_first_booking"],
        "seconds_to_last_booking": campaign["seconds_to_last_booking"],
        "summary_version": campaign["summary_version"],
    }
    assert campaign["launched_at"] <= campaign["first_send_at"] <= campaign["last_send_at"]
    assert campaign["last_send_at"] <= campaign["first_booking_at"] <= campaign["last_booking_at"]
    assert [row["campaign_id"] for row in system.rows("Campaigns")] == ["c"]

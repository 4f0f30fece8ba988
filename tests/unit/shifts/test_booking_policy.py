"""Tests that the booking policy converts settings."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from shift_sms_runtime.shifts.booking_policy import BookingPolicy


def test_given_settings_as_plain_numbers_when_converted_then_they_are_durations() -> None:
    policy = BookingPolicy(
        timezone="Europe/Berlin",
        minimum_rest_hours=11.5,
        drop_cutoff_hours=0,
        offer_minutes=1440,
        reminder_hours=0.5,
    )
    assert policy.zone == ZoneInfo("Europe/Berlin")
    assert policy.minimum_rest == timedelta(hours=11, minutes=30)
    assert policy.drop_cutoff == timedelta(0)
    assert policy.offer_duration == timedelta(days=1)
    assert policy.reminder_lead_time == timedelta(minutes=30)


def test_given_values_of_another_type_when_created_then_nothing_is_converted_yet() -> None:
    # At synthesis, a value can be a CDK token, which is a placeholder for a number.
    token = -1.8881545897087e289
    assert BookingPolicy(reminder_hours=token).reminder_hours == token

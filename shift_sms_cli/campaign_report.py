"""What the item of a campaign says, for a person to read."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from shift_sms_cli.text_cost import in_segments, named, not_in_gsm, size_of
from shift_sms_runtime.campaigns.counters import STATUS_COUNTERS, Counter
from shift_sms_runtime.messaging.encoding import TextSize

_WIDTH = 18


def cost_of_each(sizes: Mapping[str, TextSize]) -> Iterator[str]:
    """Says what a text takes in each language, and which characters make it take more."""
    yield "each text, how to answer included, takes at most:"
    yield from (_line(language, size_of(size)) for language, size in sorted(sizes.items()))
    yield from not_in_gsm(max(sizes.values(), key=lambda size: size.characters))


def cost_of_all(sizes: Mapping[str, TextSize], segment: str, members: int) -> str:
    """Says what a segment takes."""
    most = max(size.segments for size in sizes.values())
    return (
        f"segment {segment}: {members} member{'' if members == 1 else 's'},"
        f" at most {in_segments(members * most)} in all"
    )


def report(item: Mapping[str, Any]) -> Iterator[str]:
    """Says how a campaign is doing, line by line. What the item does not say is left out."""
    yield f"campaign {item['campaign_id']}: {item.get('campaign_status', 'not launched yet')}"
    for label, name in (
        ("error", "campaign_error"),
        ("text", "campaign_message"),
        ("segment", "segment"),
        ("launched", "launched_at"),
        ("in Pinpoint", "pinpoint_campaign_id"),
    ):
        if name in item:
            yield _line(label, item[name])
    if "segments_per_text" in item:
        yield _line(
            "each text", f"{in_segments(int(item['segments_per_text']))}, {item.get('encoding', 'GSM')}"
        )
    if "segments_by_language" in item:
        yield _line("by language", item["segments_by_language"])
    if item.get("not_gsm"):
        yield _line("not GSM", named(item["not_gsm"]))
    yield from _progress(item)


def _progress(item: Mapping[str, Any]) -> Iterator[str]:
    if Counter.TARGETED not in item:
        yield _line("recipients", "not counted yet")
        return
    for name in (Counter.TARGETED, "waiting", *STATUS_COUNTERS):
        yield _line(f"{name}".replace("_", "-"), _padded(item.get(name, 0)))
    for name in (Counter.SEGMENTS_SPENT, Counter.REPLIES, Counter.BOOKINGS, Counter.SEATS_FILLED):
        yield _line(f"{name}".replace("_", " "), _padded(item.get(name, 0)))
    for which in ("first", "last"):
        if f"{which}_send_at" in item:
            yield _line(f"{which} text", item[f"{which}_send_at"])
    for which in ("first", "last"):
        if f"{which}_booking_at" in item:
            yield _line(f"{which} booking", f"{item[f'{which}_booking_at']}{_after(item, which)}")


def _after(item: Mapping[str, Any], which: str) -> str:
    seconds = item.get(f"seconds_to_{which}_booking")
    return "" if seconds is None else f", {timedelta(seconds=int(seconds))} after the first text"


def _line(label: str, value: object) -> str:
    return f"  {label:{_WIDTH}}{' / '.join(str(value).splitlines())}"


def _padded(count: object) -> str:
    return f"{int(str(count)):>7}"

"""The items of a wave in the FillContacts table: the wave itself, whom it skipped, and whom it did not reach.

The inputs of employees whom a wave did not reach are compressed. `read_unreached` returns them.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import datetime
from typing import Any

from shift_sms_runtime.fill_plans.fill_contact import FillContact, FillWave, PlanProgress
from shift_sms_runtime.fill_plans.ranking import RankingInputs
from shift_sms_runtime.shifts.filling.fill_details import FillOrder

_SKIPPED_PER_ITEM = 5000
"""About 100 KB. An item has at most 400 KB. Source: DynamoDB quotas."""


UNREACHED_PER_ITEM = 5000
"""At most 340 KB before they are compressed."""


def entry_key(shift_id: str, kind: str, *parts: str) -> dict[str, str]:
    """Returns the key of an entry of a shift."""
    return {"shift_id": shift_id, "entry": "#".join((kind, *parts))}


def wave_item(progress: PlanProgress, wave: FillWave) -> dict[str, object]:
    """Returns the item of a wave."""
    return {
        **entry_key(progress.shift_id, "wave", progress.started_at, f"{wave.number:05}"),
        "at": wave.at.isoformat(),
        "fill_order": wave.order.value,
        "wait_seconds": round(wave.wait_seconds),
        "contacts": [stored_contact(contact) for contact in wave.contacts],
        "eligible": len(wave.contacts) + len(wave.unreached),
        **({"rest": wave.rest} if wave.rest else {}),
    }


def skipped_items(progress: PlanProgress, wave: FillWave) -> Iterator[dict[str, object]]:
    """Yields the items of those whom a wave skipped."""
    pairs = [(reason, number) for reason, numbers in wave.skipped.items() for number in numbers]
    for part, start in enumerate(range(0, len(pairs), _SKIPPED_PER_ITEM)):
        reasons: dict[str, list[str]] = {}
        for reason, number in pairs[start : start + _SKIPPED_PER_ITEM]:
            reasons.setdefault(reason.value, []).append(number)
        key = entry_key(progress.shift_id, "skipped", progress.started_at, f"{wave.number:05}", str(part))
        yield {**key, "reasons": reasons}


def unreached_items(progress: PlanProgress, wave: FillWave) -> Iterator[dict[str, object]]:
    """Yields the items of those whom a wave did not reach, in their order."""
    for part, start in enumerate(range(0, len(wave.unreached), UNREACHED_PER_ITEM)):
        parts = progress.started_at, f"{wave.number:05}", f"{part:03}"
        key = entry_key(progress.shift_id, "unreached", *parts)
        yield {**key, "inputs": _compressed(wave.unreached[start : start + UNREACHED_PER_ITEM])}


def read_unreached(row: Mapping[str, Any]) -> list[RankingInputs]:
    """Returns the inputs of an item."""
    columns = zlib.decompress(bytes(row["inputs"])).decode().split("\n")
    return [
        RankingInputs(number, int(contacts), last_contact, hired_at, int(minutes))
        for number, contacts, last_contact, hired_at, minutes in zip(
            *(column.split(",") for column in columns), strict=True
        )
    ]


def _compressed(inputs: Sequence[RankingInputs]) -> bytes:
    """Returns inputs by column, which compresses better than by employee. No value has a comma or a line break."""
    columns = zip(*(map(str, astuple(one)) for one in inputs), strict=True)
    return zlib.compress("\n".join(map(",".join, columns)).encode(), level=9)


def read_skipped(rows: Iterator[Mapping[str, Any]]) -> dict[str, Sequence[str]]:
    """Returns the phone numbers that a wave skipped, by reason, from its items."""
    skipped: dict[str, list[str]] = {}
    for row in rows:
        for reason, numbers in row["reasons"].items():
            skipped.setdefault(reason, []).extend(map(str, numbers))
    return dict(skipped)


def read_wave(row: Mapping[str, Any]) -> FillWave:
    """Returns the wave of an item."""
    return FillWave(
        int(str(row["entry"]).rpartition("#")[2]),
        datetime.fromisoformat(row["at"]),
        FillOrder(row["fill_order"]),
        [_read_contact(contact) for contact in row["contacts"]],
        float(row["wait_seconds"]),
        rest=int(row.get("rest", 0)),
    )


def stored_contact(contact: FillContact) -> dict[str, object]:
    """Returns the attributes of a contact."""
    return {**asdict(contact.inputs), "rank": contact.rank, "day": contact.day}


def _read_contact(stored: Mapping[str, Any]) -> FillContact:
    inputs = RankingInputs(
        str(stored["phone_number"]),
        int(stored["contacts"]),
        str(stored["last_contact"]),
        str(stored["hired_at"]),
        int(stored["minutes"]),
    )
    return FillContact(int(stored["rank"]), inputs, str(stored["day"]))

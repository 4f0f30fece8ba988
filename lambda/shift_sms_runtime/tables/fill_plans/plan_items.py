"""The item of a plan in the FillContacts table: its progress."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from shift_sms_runtime.fill_plans.fill_contact import PlanDetails, PlanProgress
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.tables.fill_plans.wave_items import entry_key

_TIMES = ("next_wave_at", "target_from", "last_wave_at", "filled_at", "freed_at", "spares_since")


def plan_item(progress: PlanProgress) -> dict[str, object]:
    """Returns the item of a progress, with the next version."""
    times = {name: getattr(progress, name) for name in _TIMES}
    known = progress.last_sick_call
    return {
        **entry_key(progress.shift_id, "plan", progress.started_at),
        "plan_status": progress.status.value,
        "waves": progress.waves,
        "queued": progress.queued,
        "counted_waves": progress.counted_waves,
        "held": progress.held,
        "interrupted": progress.interrupted,
        "taken": progress.taken,
        **{name: time.isoformat() for name, time in times.items() if time},
        "last_sick_call": known.isoformat() if known else "",
        **({"details": _stored_details(progress.details)} if progress.details else {}),
        "version": progress.version + 1,
    }


def read_progress(row: Mapping[str, Any]) -> PlanProgress:
    """Returns the progress of an item."""
    started_at, details = str(row["entry"]).partition("#")[2], row.get("details")
    # A plan of an earlier version knows the sick calls before its start.
    known = row.get("last_sick_call", started_at)
    return PlanProgress(
        str(row["shift_id"]),
        started_at,
        FillStatus(row["plan_status"]),
        int(row["waves"]),
        bool(row["queued"]),
        counted_waves=int(row.get("counted_waves", 0)),
        held=bool(row.get("held")),
        interrupted=bool(row.get("interrupted")),
        details=_read_details(details) if details else None,
        taken=int(row.get("taken", 0)),
        last_sick_call=datetime.fromisoformat(known) if known else None,
        version=int(row["version"]),
        **{name: datetime.fromisoformat(row[name]) for name in _TIMES if name in row},
    )


def _stored_details(details: PlanDetails) -> dict[str, object]:
    return {
        "ends_at": details.ends_at.isoformat() if details.ends_at else "",
        "wave_minutes": None if details.wave_minutes is None else Decimal(str(details.wave_minutes)),
        "urgent": details.urgent,
        "others": details.others,
        "seats": details.seats,
    }


def _read_details(stored: Mapping[str, Any]) -> PlanDetails:
    minutes = stored["wave_minutes"]
    return PlanDetails(
        datetime.fromisoformat(stored["ends_at"]) if stored["ends_at"] else None,
        None if minutes is None else float(minutes),
        bool(stored["urgent"]),
        str(stored["others"]),
        int(stored["seats"]),
    )

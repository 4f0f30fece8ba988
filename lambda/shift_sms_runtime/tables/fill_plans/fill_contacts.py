"""The FillContacts table: the progress of fill plans, their waves, and whom they contacted or skipped.

The key is `shift_id` and `entry`:

| shift_id | entry | holds |
|---|---|---|
| the shift | `plan#<start>` | the progress of the plan that started then |
| the shift | `wave#<start>#<wave>` | a wave: its order, and its contacts in their order with their inputs |
| the shift | `contact#<start>#<wave>#<rank>` | a contact: phone number, inputs, time |
| the shift | `skipped#<start>#<wave>#<part>` | the phone numbers that were skipped, by reason |
| the shift | `unreached#<start>#<wave>#<part>` | the inputs of employees after the last contact, compressed |
| `segment#<segment>` | `hour#<hour>` | the reply statistics of texts that left in this hour of the day |
| `employee#<phone number>` | `contacts` | the texts of fill plans to the employee, by day, and the time of the last |

An item is kept for the setting `fill_contact_retention_days`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, plain, read_batch, transact, wire
from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.fill_plans.eligibility import RANKED_DAYS, ContactHistory
from shift_sms_runtime.fill_plans.fill_contact import (
    NO_STATISTICS,
    FillContact,
    FillWave,
    PlanProgress,
    SegmentStatistics,
    SentContact,
)
from shift_sms_runtime.fill_plans.reply_model import ReplyStatistics
from shift_sms_runtime.shifts.filling.fill_plan import CONTACTED, FillStatus
from shift_sms_runtime.shifts.manager_notices.filled import is_filled_since_last_event
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import stored_manager_events
from shift_sms_runtime.tables.fill_plans.plan_items import plan_item, read_progress
from shift_sms_runtime.tables.fill_plans.returned_contacts import (
    CONTACTS_PER_WRITE,
    DAY,
    employee_key,
    give_back,
)
from shift_sms_runtime.tables.fill_plans.wave_items import (
    entry_key,
    read_skipped,
    read_wave,
    skipped_items,
    stored_contact,
    unreached_items,
    wave_item,
)
from shift_sms_runtime.tables.shifts import fill_update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_CONTACT = ("phone_number", "wave", "at", "rank", "day", "last_contact", "returned")
"""The attributes of a contact that a plan reads."""

_STATISTICS = ("contacted", "claimed", "log_delays", "squared_log_delays", "expected")
"""The attributes of reply statistics, in the order of the fields of `ReplyStatistics`."""

_MANAGER_NOTICES = {
    FillStatus.FILLED: ManagerNotice.FILLED,
    FillStatus.EXHAUSTED: ManagerNotice.EXHAUSTED,
}
"""What managers are told when a plan ends."""

_COUNTS_KEPT = timedelta(days=RANKED_DAYS + 1)
"""How long the counts of an employee are kept after the last text, at least."""


class DynamoFillContacts:
    """Implements `FillContacts` on DynamoDB."""

    def __init__(
        self, client: "DynamoDBClient", *, fill_contacts: str, shifts: str, retention_days: int
    ) -> None:
        """Names the tables.

        Args:
            client: The DynamoDB client.
            fill_contacts: The name of the FillContacts table.
            shifts: The name of the Shifts table.
            retention_days: How long plans, waves and contacts are kept.
        """
        self._client = client
        self._table = fill_contacts
        self._shifts = shifts
        self._retention = timedelta(days=retention_days)

    def progress(self, shift_id: str, started_at: str) -> PlanProgress | None:
        """See `FillContacts.progress`."""
        item = self._client.get_item(
            TableName=self._table, Key=wire(entry_key(shift_id, "plan", started_at)), ConsistentRead=True
        ).get("Item")
        if item is None:
            return None
        return read_progress(plain(item))

    def write_status(
        self,
        shift: Shift,
        progress: PlanProgress,
        *,
        contacted: int,
        now: datetime,
        statistics: SegmentStatistics = NO_STATISTICS,
        wave: FillWave | None = None,
        replaced: PlanProgress | None = None,
    ) -> None:
        """See `FillContacts.write_status`."""
        written: dict[str, object] = {
            "fill_status": progress.status.value,
            "fill_started_at": progress.started_at,
            CONTACTED: contacted,
        }
        told = _MANAGER_NOTICES.get(progress.status)
        if told is None and progress.status is FillStatus.RUNNING:
            written["manager_events"] = stored_manager_events(shift.with_fill_plan_resumed())
        elif (
            told is not None
            and (shift.fill is None or shift.fill.status is not progress.status)
            and not (told is ManagerNotice.FILLED and is_filled_since_last_event(shift))
        ):
            written["manager_events"] = stored_manager_events(shift.with_manager_event(told, now))
        self._write(
            [
                {"Update": fill_update(self._shifts, shift, written)},
                self._progress_put(progress, now),
                *([self._progress_put(replaced, now)] if replaced else ()),
                *self._statistics_updates(statistics),
                *(self._wave_puts(progress, wave, now) if wave else ()),
            ]
        )

    def begin_wave(self, progress: PlanProgress, wave: FillWave, *, now: datetime) -> None:
        """See `FillContacts.begin_wave`."""
        self._write([self._progress_put(progress, now), *self._wave_puts(progress, wave, now)])

    def save_progress(self, progress: PlanProgress, *, now: datetime) -> None:
        """See `FillContacts.save_progress`."""
        self._write([self._progress_put(progress, now)])

    def wave(self, progress: PlanProgress) -> FillWave:
        """See `FillContacts.wave`."""
        key = entry_key(progress.shift_id, "wave", progress.started_at, f"{progress.waves:05}")
        item = self._client.get_item(TableName=self._table, Key=wire(key), ConsistentRead=True)["Item"]
        return read_wave(plain(item))

    def skipped(self, progress: PlanProgress) -> Mapping[str, Sequence[str]]:
        """See `FillContacts.skipped`."""
        prefix = f"skipped#{progress.started_at}#{progress.waves:05}#"
        return read_skipped(self._entries(progress.shift_id, prefix, "reasons"))

    def add_contacts(
        self, progress: PlanProgress, contacts: Sequence[FillContact], *, texts_per_day: int, now: datetime
    ) -> Sequence[str]:
        """See `FillContacts.add_contacts`."""
        refused: set[str] = set()
        for start in range(0, len(contacts), CONTACTS_PER_WRITE):
            left = list(contacts[start : start + CONTACTS_PER_WRITE])
            while left:
                actions = [
                    action
                    for contact in left
                    for action in (
                        self._contact_put(progress, contact, now),
                        self._count_update(contact, texts_per_day, now),
                    )
                ]
                try:
                    transact(self._client, actions)
                except ConditionsFailed as failed:
                    stored, counted = failed.by_action[::2], failed.by_action[1::2]
                    for contact, exists, full in zip(list(left), stored, counted, strict=True):
                        if exists is not None:
                            left.remove(contact)
                        elif full is not None:
                            left.remove(contact)
                            refused.add(contact.phone_number)
                else:
                    break
        return [one.phone_number for one in contacts if one.phone_number not in refused]

    def contacted(self, progress: PlanProgress) -> Mapping[str, SentContact]:
        """See `FillContacts.contacted`."""
        rows = self._entries(progress.shift_id, f"contact#{progress.started_at}#", *_CONTACT)
        # In the order of the waves.
        return {str(row["phone_number"]): _read_sent(row) for row in rows}

    def contacted_before(
        self, progress: PlanProgress, *, since: datetime
    ) -> Mapping[str, Mapping[str, SentContact]]:
        """See `FillContacts.contacted_before`."""
        found: dict[str, dict[str, SentContact]] = {}
        for row in self._entries(progress.shift_id, "contact#", "entry", *_CONTACT):
            started_at, contact = row["entry"].split("#")[1], _read_sent(row)
            if started_at < progress.started_at and contact.at > since:
                found.setdefault(started_at, {})[str(row["phone_number"])] = contact
        return found

    def give_back(self, progress: PlanProgress, contacts: Mapping[str, SentContact]) -> None:
        """See `FillContacts.give_back`."""
        give_back(self._client, self._table, progress, contacts)

    def statistics(self, segment: str) -> Mapping[int, ReplyStatistics]:
        """See `FillContacts.statistics`."""
        rows = self._entries(f"segment#{segment}", "hour#", "entry", *_STATISTICS)
        return {
            int(row["entry"].removeprefix("hour#")): ReplyStatistics(
                *(float(row.get(name, 0)) for name in _STATISTICS)
            )
            for row in rows
        }

    def histories(self, numbers: Sequence[str]) -> Mapping[str, ContactHistory]:
        """See `FillContacts.histories`."""
        keys = {employee_key(number)["shift_id"]: number for number in numbers}
        rows = read_batch(self._client, {self._table: [employee_key(number) for number in numbers]})
        return {keys[row["shift_id"]]: _read_history(row) for row in rows.get(self._table, ())}

    def _entries(self, shift_id: str, prefix: str, *names: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="shift_id = :shift_id AND begins_with(entry, :prefix)",
            ExpressionAttributeValues=wire({":shift_id": shift_id, ":prefix": prefix}),
            ProjectionExpression=", ".join(f"#{name}" for name in names),
            ExpressionAttributeNames={f"#{name}": name for name in names},
            ConsistentRead=True,
        )
        for page in pages:
            yield from map(plain, page["Items"])

    def _progress_put(self, progress: PlanProgress, now: datetime) -> "TransactWriteItemTypeDef":
        """Returns the write of the progress with the next version, if it has the version that was read."""
        item = {**plan_item(progress), "expires_at": self._expiry(now)}
        # VERSION may become a reserved word.
        condition = "#version = :version" if progress.version else "attribute_not_exists(shift_id)"
        put: TransactWriteItemTypeDef = {
            "Put": {"TableName": self._table, "Item": wire(item), "ConditionExpression": condition}
        }
        if progress.version:
            put["Put"]["ExpressionAttributeNames"] = {"#version": "version"}
            put["Put"]["ExpressionAttributeValues"] = wire({":version": progress.version})
        return put

    def _statistics_updates(self, statistics: SegmentStatistics) -> Iterator["TransactWriteItemTypeDef"]:
        for hour, counts in sorted(statistics.by_hour.items()):
            key = {"shift_id": f"segment#{statistics.segment}", "entry": f"hour#{hour:02}"}
            values = {f":{name}": Decimal(str(round(getattr(counts, name), 6))) for name in _STATISTICS}
            yield {
                "Update": {
                    "TableName": self._table,
                    "Key": wire(key),
                    "UpdateExpression": "ADD " + ", ".join(f"#{name} :{name}" for name in _STATISTICS),
                    "ExpressionAttributeNames": {f"#{name}": name for name in _STATISTICS},
                    "ExpressionAttributeValues": wire(values),
                }
            }

    def _wave_puts(
        self, progress: PlanProgress, wave: FillWave, now: datetime
    ) -> Iterator["TransactWriteItemTypeDef"]:
        """Yields the writes of a wave. It is stored once, because it is written with the next progress."""
        items = wave_item(progress, wave), *skipped_items(progress, wave), *unreached_items(progress, wave)
        for item in items:
            stored = wire({**item, "expires_at": self._expiry(now)})
            condition = "attribute_not_exists(shift_id)"
            yield {"Put": {"TableName": self._table, "Item": stored, "ConditionExpression": condition}}

    def _contact_put(
        self, progress: PlanProgress, contact: FillContact, now: datetime
    ) -> "TransactWriteItemTypeDef":
        wave, rank = f"{progress.waves:05}", f"{contact.rank:05}"
        item = {
            **entry_key(progress.shift_id, "contact", progress.started_at, wave, rank),
            **stored_contact(contact),
            "wave": progress.waves,
            "at": now.isoformat(),
            "expires_at": self._expiry(now),
        }
        return {
            "Put": {
                "TableName": self._table,
                "Item": wire(item),
                "ConditionExpression": "attribute_not_exists(shift_id)",
            }
        }

    def _count_update(
        self, contact: FillContact, texts_per_day: int, now: datetime
    ) -> "TransactWriteItemTypeDef":
        values: dict[str, object] = {
            ":one": 1,
            ":at": now.isoformat(timespec="milliseconds"),
            ":expires_at": int((now + max(self._retention, _COUNTS_KEPT)).timestamp()),
        }
        outdated = {f"#outdated{index}": f"{DAY}{day}" for index, day in enumerate(contact.outdated_days)}
        removal = f" REMOVE {', '.join(outdated)}" if outdated else ""
        action: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._table,
                "Key": wire(employee_key(contact.phone_number)),
                "UpdateExpression": f"SET last_contact = :at, expires_at = :expires_at ADD #day :one{removal}",
                "ExpressionAttributeNames": {"#day": f"{DAY}{contact.day}", **outdated},
            }
        }
        if texts_per_day:
            values[":limit"] = texts_per_day
            action["Update"]["ConditionExpression"] = "attribute_not_exists(#day) OR #day < :limit"
        action["Update"]["ExpressionAttributeValues"] = wire(values)
        return action

    def _write(self, actions: "Sequence[TransactWriteItemTypeDef]") -> None:
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            raise ChangedMeanwhile from None

    def _expiry(self, now: datetime) -> int:
        return int((now + self._retention).timestamp())


def _read_sent(row: Mapping[str, Any]) -> SentContact:
    return SentContact(
        int(row["wave"]),
        datetime.fromisoformat(row["at"]),
        int(row["rank"]),
        str(row["day"]),
        str(row["last_contact"]),
        bool(row.get("returned")),
    )


def _read_history(row: Mapping[str, Any]) -> ContactHistory:
    by_day = {
        date.fromisoformat(name.removeprefix(DAY)): int(count)
        for name, count in row.items()
        if name.startswith(DAY)
    }
    return ContactHistory(by_day, str(row.get("last_contact", "")))

"""The scene of a sick call: a text frees the seat, two waves of texts fill it again, and the manager is told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from lab.demo.stage import Stage
from lab.lab_system import Item
from lab.phone_network import SentText
from shift_sms_operator.campaigns.prices import PUBLISHED_PRICES, Price, country_of

CODE = "EVE18"
INFO = "5h evening at the bar"
WAVE_SIZE = 2
_MINUTES_BETWEEN_WAVES = "0.33"
_UNTIL_THE_START = timedelta(minutes=50)
_MANAGER = {"phone_number": "+12535550150", "name": "Max Keller", "roles": ["manager"]}
_MANAGER_NOTICES = 3
_SEGMENT = "overtime"
_PRICES_FILE = f"To see the cost, download {PUBLISHED_PRICES} and run make demo PRICES=prices.json."


def call_in_sick(stage: Stage) -> None:
    """Ana is sick 50 minutes before her shift.

    Two waves of texts are sent; an employee of the second wave takes the shift.
    """
    ana = stage.employees[0]
    stage.screen.heading(
        "Ana calls in sick at ten past five",
        f"Fifty minutes are left until her shift. A fill plan texts {WAVE_SIZE} employees at a time until it is taken.",
    )
    _add_manager(stage)
    start = datetime.now(UTC) + _UNTIL_THE_START
    shift = {
        "shift_id": CODE,
        "shift_info": INFO,
        "shift_status": "available",
        "starts_at": start.isoformat(timespec="minutes"),
        "fill_wave_size": WAVE_SIZE,
        "fill_wave_minutes": _MINUTES_BETWEEN_WAVES,
    }
    stage.system.put_shifts([shift])
    booked = f"Booked: {CODE} {INFO} ({start:%a} {start.day} {start:%b %H:%M}). Too late to give back by text"
    stage.check_reply("Ana books the shift, and learns that the drop cut-off has passed", ana, CODE, booked)
    with stage.screen.waiting("telling the manager"):
        _wait_for_notices(stage, 1)
    stage.check_reply(
        "A sick call gives it back all the same",
        ana,
        f"I'm sick, sorry. {CODE}",
        f"Get well soon! Given back: {CODE}",
    )
    with stage.screen.waiting("sending two waves"):
        first = _offers_of_wave(stage, 1)
        second = _offers_of_wave(stage, 2)[len(first) :]
    stage.screen.show_sent_text(first[0])
    stage.screen.note(f"... and to {len(first) - 1} more; 20 seconds later to {len(second)} others.")
    by_phone = {employee.phone_number: employee for employee in stage.employees}
    taker = by_phone[second[0].destination]
    stage.expected_texts.update(text.destination for text in (*first, *second))
    stage.check_reply("An employee of the second wave books it", taker, CODE, booked)
    stage.expected_bookings[CODE] = taker.phone_number
    with stage.screen.waiting("ending the plan"):
        stage.wait_for(lambda: _shift(stage).get("fill_status") == "filled", "the plan did not end")
        stage.wait_until_idle()
    ended = _shift(stage)
    stage.checks.expect(
        "The plan ends when the shift is filled",
        f"filled, {2 * WAVE_SIZE} employees texted",
        f"{ended.get('fill_status')}, {ended.get('fill_contacted')} employees texted",
    )
    _check_manager_notices(stage, ana.name)
    offers = _offers(stage)
    segments = sum(text.parts for text in offers)
    broadcast = len(_recipients_of_broadcast(stage)) * max(text.parts for text in offers)
    stage.checks.expect(
        "The waves cost a fraction of a broadcast",
        f"{2 * WAVE_SIZE} segments; a broadcast: {len(stage.employees) - 1}",
        f"{segments} segments; a broadcast: {broadcast}",
    )
    stage.screen.note(cost(segments, broadcast, stage.prices.get(country_of(ana.phone_number))))


def cost(segments: int, broadcast: int, price: Price | None) -> str:
    """Returns what the waves and a broadcast cost, with the source of the price."""
    if price is None:
        return f"The price of a segment is not known here. {_PRICES_FILE}"
    waves, all_at_once = (count * price.per_segment for count in (segments, broadcast))
    return f"USD {waves:.4f}; a broadcast: USD {all_at_once:.4f} (price: {price.source}, {price.day})"


def _recipients_of_broadcast(stage: Stage) -> Sequence[str]:
    """Returns whom a broadcast would text: the members of the segment who have not opted out and are not sick."""
    system, sick = stage.system, _shift(stage)["sick_calls"]
    opted_out = {
        row["phone_number"]
        for row in system.rows(system.outputs.employees_table_name)
        if row.get("opted_out")
    }
    members = (
        row["phone_number"]
        for row in system.rows(system.outputs.segment_members_table_name)
        if row["segment"] == _SEGMENT
    )
    return [number for number in members if number not in sick and number not in opted_out]


def _add_manager(stage: Stage) -> None:
    """Adds a manager to the roster, and waits until a function has found the role."""
    system = stage.system
    system.put(system.outputs.employees_table_name, [_MANAGER])
    members = system.outputs.segment_members_table_name
    number = _MANAGER["phone_number"]
    stage.wait_for(
        lambda: any(row["phone_number"] == number for row in system.rows(members)),
        "the manager was not found",
    )


def _check_manager_notices(stage: Stage, sick: str) -> None:
    network, manager = stage.system.network, str(_MANAGER["phone_number"])
    with stage.screen.waiting("telling the manager"):
        _wait_for_notices(stage, _MANAGER_NOTICES)
        stage.wait_until_idle()
    notices = network.inbox(manager)
    for notice in notices:
        stage.screen.show_sent_text(notice)
    stage.expected_texts[manager] += _MANAGER_NOTICES
    stage.checks.expect(
        "The manager receives a notice of the booking, of the sick call, and of the second booking",
        f"Filled: {CODE} / {sick} is sick: {CODE} / Filled: {CODE}",
        " / ".join(notice.body[: notice.body.index(CODE) + len(CODE)] for notice in notices),
    )


def _wait_for_notices(stage: Stage, count: int) -> None:
    inbox, manager = stage.system.network.inbox, str(_MANAGER["phone_number"])
    stage.wait_for(lambda: len(inbox(manager)) >= count, "the manager did not receive the notices")


def _offers_of_wave(stage: Stage, wave: int) -> Sequence[SentText]:
    """Waits for a wave; returns the texts of all waves so far."""
    stage.wait_for(lambda: len(_offers(stage)) >= wave * WAVE_SIZE, f"wave {wave} was not sent")
    return _offers(stage)


def _offers(stage: Stage) -> Sequence[SentText]:
    return [text for text in stage.system.network.texts if text.body.startswith(f"Open shift: {CODE}")]


def _shift(stage: Stage) -> Item:
    shifts = stage.system.rows(stage.system.outputs.shifts_table_name)
    return next(row for row in shifts if row["shift_id"] == CODE)

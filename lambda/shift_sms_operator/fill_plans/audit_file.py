"""The rows of a CSV file with whom fill plans contacted, did not reach and skipped, for an audit."""

from collections.abc import Iterable, Iterator, Sequence

from shift_sms_operator.fill_plans.views import ExplainedWave

CSV_HEADER = (
    "shift_id",
    "fill_started_at",
    "wave",
    "wave_at",
    "fill_order",
    "rank",
    "phone_number",
    "name",
    "contacts",
    "last_contact",
    "hired_at",
    "minutes",
    "outcome",
    "why",
)


def csv_rows(waves: Iterable[ExplainedWave]) -> Iterator[Sequence[object]]:
    """Yields a row for each employee of each wave, under `CSV_HEADER`: contacts, not reached, skipped."""
    for wave in waves:
        start = (wave.shift_id, wave.started_at, wave.number, wave.at.isoformat(), wave.order.value)
        for one in (*wave.contacts, *wave.unreached):
            inputs = one.contact.inputs
            yield (
                *(*start, one.contact.rank, inputs.phone_number, one.name),
                *(inputs.contacts, inputs.last_contact, inputs.hired_at, inputs.minutes),
                *(one.outcome.value, one.why),
            )
        for skip in wave.skipped:
            for number in skip.phone_numbers:
                yield (
                    *(*start, "", number, wave.names.get(number, "")),
                    *("", "", "", ""),
                    *(f"skipped: {skip.reason}", skip.why),
                )

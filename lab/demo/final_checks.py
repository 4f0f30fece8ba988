"""The last scene: prints the tables and checks the run as a whole."""

from collections import Counter
from collections.abc import Mapping

from lab.demo.stage import Stage
from lab.show_tables import show_tables


def check_final_state(stage: Stage) -> None:
    """Prints the tables; checks the bookings, the number of texts and the dead-letter queues."""
    system = stage.system
    stage.screen.heading("The tables at the end")
    show_tables(stage.screen, system.outputs, system.rows)
    stage.checks.expect(
        "The Shifts table has exactly the confirmed bookings",
        _format_bookings(stage.expected_bookings),
        _format_bookings(system.bookings()),
    )
    texts = system.network.texts
    received, expected = Counter(text.destination for text in texts), stage.expected_texts
    phones = received.keys() | expected.keys()
    stage.checks.expect(
        "Every phone received the campaign once and one reply per text",
        f"{len(phones)} of {len(phones)} phones",
        f"{sum(received[phone] == expected[phone] for phone in phones)} of {len(phones)} phones",
    )
    stage.checks.expect(
        "Every text fits the GSM alphabet, which costs least",
        f"{len(texts)} texts in GSM",
        f"{sum(text.encoding == 'GSM' for text in texts)} texts in GSM",
    )
    if not stage.connect:
        mentions = sum("agent" in text.body.lower() for text in texts)
        stage.checks.expect("No text mentions AGENT", "0 texts", f"{mentions} texts")
    stage.checks.expect(
        "The dead-letter queues are empty", "0 messages", f"{stage.system.dead_letters()} messages"
    )


def _format_bookings(bookings: Mapping[str, str]) -> str:
    return ", ".join(f"{code} {phone}" for code, phone in sorted(bookings.items()))

"""The last scene: the books are closed, and everything that happened must add up."""

from collections import Counter
from collections.abc import Mapping

from lab.demo.stage import Stage
from lab.show_tables import show_tables


def check_final_state(stage: Stage) -> None:
    """Show the tables and check the run as a whole."""
    system = stage.system
    stage.screen.heading("The tables afterwards")
    show_tables(stage.screen, system.outputs, system.rows)
    stage.checks.expect(
        "The table has exactly the bookings that were promised",
        _listed(stage.expected_bookings),
        _listed(system.taken()),
    )
    texts = system.network.texts
    got = Counter(text.destination for text in texts)
    everybody = got.keys() | stage.due.keys()
    stage.checks.expect(
        "Every phone got the campaign once, and one answer to each of its texts",
        f"{len(everybody)} of {len(everybody)} phones",
        f"{sum(got[phone] == stage.due[phone] for phone in everybody)} of {len(everybody)} phones",
    )
    stage.checks.expect(
        "No text costs double for a character outside the GSM alphabet",
        f"{len(texts)} texts in GSM",
        f"{sum(text.encoding == 'GSM' for text in texts)} texts in GSM",
    )
    if not stage.connect:
        offers = sum("agent" in text.body.lower() for text in texts)
        stage.checks.expect("No text anywhere offers AGENT", "0 texts", f"{offers} texts")
    stage.checks.expect("Nothing was given up on", "0 dead letters", f"{_dead_letters(stage)} dead letters")


def _dead_letters(stage: Stage) -> int:
    urls = stage.system.cloud.client("sqs").list_queues()["QueueUrls"]
    return sum(sum(stage.system.depth(url)) for url in urls if "DeadLetters" in url)


def _listed(bookings: Mapping[str, str]) -> str:
    return ", ".join(f"{code} {phone}" for code, phone in sorted(bookings.items()))

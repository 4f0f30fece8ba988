"""Sends a campaign in the lab while replies leave from the same number.

Measures rates and delays.
"""

import time
from collections.abc import Iterator

from lab.bench.crowd import WINDOW_SECONDS, Crowd
from lab.bench.figures import Figure
from lab.bench.inbound import percentile
from lab.lab_system import LabSystem

REPLIES = 200
_WARM_UP_RECIPIENTS = 300
"""Recipients of a first campaign that is not measured.

It starts the functions, which takes long on one machine.
"""
_TEXTS_WITHOUT_CAMPAIGN = 50
_MIN_RATE_SHARE = 0.97
_MAX_ADDED_SECONDS = 2.0
_MAX_THROTTLED_SHARE = 0.05


def sending_figures(system: LabSystem, recipients: int, rate: int) -> Iterator[Figure]:
    """Texts a crowd of employees while some of them reply; yields rates and delays.

    Args:
        system: A running lab whose number sends `rate` message parts per second.
        recipients: The recipients of the campaign.
        rate: `messages_per_second`.
    """
    warm_up = Crowd(system, "first", _WARM_UP_RECIPIENTS)
    alone = Crowd(system, "alone", recipients, offset=_WARM_UP_RECIPIENTS)
    answered = Crowd(system, "answered", recipients // 2, offset=_WARM_UP_RECIPIENTS + recipients)
    for crowd in (warm_up, alone, answered):
        crowd.add_to_tables()
    codes = answered.add_shifts(REPLIES + _TEXTS_WITHOUT_CAMPAIGN)
    warm_up.launch()
    warm_up.wait_until_finished(120)
    alone.launch()
    alone.wait_until_finished(60 + 2 * recipients / rate)
    yield from _rate_figures(alone, recipients, rate)
    quiet = answered.delays(_text_in_turn(system, answered, codes[REPLIES:]))
    answered.launch()
    sent = answered.send_replies(codes[:REPLIES], seconds=0.9 * (recipients // 2 + REPLIES) / rate)
    answered.wait_until_finished(60 + 2 * recipients / rate)
    yield from _reply_figures(answered, sent, quiet)


def _rate_figures(crowd: Crowd, recipients: int, rate: int) -> Iterator[Figure]:
    figures = crowd.figures(())
    case = f"{recipients:,} recipients, {rate}/s"
    yield Figure("campaign texts per second", case, figures.campaign_rate, rate, at_least=_MIN_RATE_SHARE)
    yield Figure(
        f"most texts in any {WINDOW_SECONDS:.0f} s",
        case,
        figures.busiest_window,
        # The network accepts texts up to a second ahead of the rate, and a send can take as long.
        rate * (WINDOW_SECONDS + 1) + 1,
        at_most=1,
    )
    yield Figure("texts delivered", case, figures.ledger["delivered"], recipients, at_least=1, at_most=1)
    yield Figure("throttled sends", case, figures.throttled, recipients, at_most=_MAX_THROTTLED_SHARE)


def _reply_figures(crowd: Crowd, sent: dict[str, float], quiet: list[float]) -> Iterator[Figure]:
    delays = crowd.delays(sent)
    for percent in (50, 99):
        yield Figure(
            f"delay of a reply in ms, p{percent}",
            "during a campaign / without one",
            percentile(delays, percent) * 1000,
            percentile(quiet, percent) * 1000,
        )
    added = max(0.0, percentile(delays, 99) - percentile(quiet, 50))
    yield Figure(
        "seconds added to a reply, p99", "by a campaign / limit", added, _MAX_ADDED_SECONDS, at_most=1
    )
    yield Figure("replies", "during a campaign", len(delays), REPLIES, at_least=1, at_most=1)


def _text_in_turn(system: LabSystem, crowd: Crowd, codes: list[str]) -> dict[str, float]:
    sent = {}
    for number, code in zip(reversed(crowd.numbers), codes, strict=False):
        sent[number] = time.monotonic()
        system.send_and_wait(number, code)
    return sent

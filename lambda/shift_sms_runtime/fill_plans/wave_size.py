"""The size of the next wave of a fill plan, and the wait until the one after it.

A policy texts some employees now and then `m` employees every `w`, while a seat is free, until `w` before `fill_by`.
With `s` free seats, the probability `p` of a claim and the distribution `F` of its delay, let

    N(t) = texts sent before t, of this policy and of earlier waves,
    Q(t) = expected claims by t = sum over the texts of the policy: p F(t - sent)
         + sum over earlier texts without a reply, of age g: p (F(g + t) - F(g)) / (1 - p F(g)),
    U(t) = P(not filled by t) = E over p: P(Binomial(N(t), Q(t) / N(t)) < s).

The binomial distribution with equal probabilities has at least the tail of the true one (Hoeffding, 1956), so `U` errs
towards more texts. The weights of `p` are those of the reply model, times the probability that the earlier texts had
no reply so far: silence lowers `p`.

`next_wave` minimizes the expected number of segments,

    E over p: sum over the waves of the policy: size U(start) (segments of a text + p),

where `p` counts the reply that each claimer gets, early or late. The conditions are

    1 - U(fill_by) >= 99 %, or 99 % of what texting everyone now attains, if that is less,
    1 - U(target)  >= 52 %, or 99 % of what texting everyone now attains, if that is less,

where 52 % leaves a margin to the promised 50 %. The second condition counts only the texts of this wave and earlier
ones, and no wave follows before `target`. For each wait, the smallest size that meets both conditions is the cheapest.
Where texting everyone now attains less than 1 %, each claimer gets a seat, and everyone is texted. The plan asks again
after each wave, so the last wave before `fill_by` becomes as large as the first condition needs, up to everyone left.

The model ignores the time that the number needs for a wave.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from functools import cache
from math import exp, log, log1p
from statistics import NormalDist

from shift_sms_runtime.fill_plans.reply_model import ReplyModel
from shift_sms_runtime.records import record

_FILLED_BY_DEADLINE = 0.99
_FILLED_WITHIN_TARGET = 0.52
"""50 %, and a margin: timers are late, and the first plans of a segment know little."""
_SHARE_OF_ATTAINABLE = 0.99
_LEAST_ATTAINABLE = 0.01
_WITHOUT_DEADLINE = timedelta(hours=24)
"""The time that a plan without `fill_by` plans for."""
_WAITS = tuple(60.0 * m for m in (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440))
_MOST_WAVES = 36
"""The most waves of a policy. A longer time is planned in longer waits."""
_EXACT_SEATS = 50
"""Above this number of seats, the normal distribution replaces the binomial one."""
_EXACT_AGES = 30 * 60
_NEVER = 1e-12
_UNATTAINABLE = 2.0
"""A goal that no wave reaches, so that the largest wave is taken."""


@record
class Wave:
    """The next wave: how many employees to text now, and how long to wait before the next."""

    size: int
    wait: timedelta
    expected_texts: float = field(default=0.0, compare=False)
    """About how many texts this wave and the later ones have together."""


@record
class Outstanding:
    """A text of the running plan that has no reply so far."""

    sent_at: datetime


def next_wave(
    *,
    eligible: int,
    seats: int,
    now: datetime,
    fill_by: datetime | None,
    target: timedelta,
    model: ReplyModel,
    outstanding: Sequence[Outstanding],
    segments_per_text: int,
    size: int | None = None,
    wait: timedelta | None = None,
) -> Wave:
    """Returns the wave with the fewest expected segments that meets both conditions.

    Args:
        eligible: The employees who may be texted now and were not texted by this plan.
        seats: The free seats.
        now: The current time.
        fill_by: The deadline; None plans for 24 hours.
        target: The time left in which the plan is to be filled with a probability of 50 %. Zero or less: no target.
        model: The posterior for the segment and the hour.
        outstanding: The texts of this plan that have no reply so far.
        segments_per_text: The segments of one text.
        size: The operator's wave size; None computes it.
        wait: The operator's time between waves; None computes it.

    Returns:
        A size of zero if no one is left to text, no seat is free or the deadline has passed.
    """
    left = (_WITHOUT_DEADLINE if fill_by is None else fill_by - now).total_seconds()
    if eligible <= 0 or seats <= 0 or left <= 0:
        return Wave(0, timedelta(seconds=max(0.0, left)))
    outlook = _Expectation(
        eligible=eligible,
        seats=seats,
        target=min(target.total_seconds(), left),
        deadline=left,
        model=model,
        ages=[(now - text.sent_at).total_seconds() for text in outstanding],
        segments_per_text=segments_per_text,
    )
    waits = [wait.total_seconds()] if wait else outlook.waits()
    best = min(
        (outlook.policy(seconds, size) for seconds in waits),
        key=lambda policy: (0, policy.segments, policy.wait) if policy.meets else (1, policy.wait, 0),
    )
    return Wave(best.first, timedelta(seconds=best.wait), outlook.texts_of(best.segments))


@record
class _Policy:
    """`first` texts now, then `later` texts every `wait` seconds."""

    first: int
    wait: float
    meets: bool
    """Whether it meets the conditions. With the operator's size it may not."""
    segments: float


class _Expectation:
    """What the reply model expects of policies, in the current state of a plan."""

    def __init__(
        self,
        *,
        eligible: int,
        seats: int,
        target: float,
        deadline: float,
        model: ReplyModel,
        ages: Sequence[float],
        segments_per_text: int,
    ) -> None:
        self._share = cache(model.share_within)
        self._eligible = eligible
        self._seats = seats
        self._target = target
        self._deadline = deadline
        self._model = model
        self._segments_per_text = segments_per_text
        self._outstanding = len(ages)
        self._ages = [
            (age, self._share(age), count) for age, count in sorted(Counter(map(_rounded, ages)).items())
        ]
        self._probabilities = self._after_silence()
        self._claims_of_outstanding: dict[float, list[float]] = {}
        self._deadline_goal = self._goal(_FILLED_BY_DEADLINE, deadline)
        self._first = self._size_for_target()

    def waits(self) -> list[float]:
        """Returns the waits to choose from, in seconds."""
        waits = [
            wait
            for wait in _WAITS
            if self._deadline / _MOST_WAVES <= wait <= self._deadline and wait >= self._target
        ]
        return waits or [max(self._target, min(self._deadline, _WAITS[0]))]

    def policy(self, wait: float, size: int | None) -> _Policy:
        """Returns the policy of the operator's `size`, or the smallest one that meets the conditions."""
        if size is None:
            sizes = range(1, self._eligible + 1)
            later = sizes[min(bisect_left(sizes, True, key=lambda m: self._meets(m, wait)), len(sizes) - 1)]
            first, meets = max(later, self._first), True
        else:
            first = later = min(size, self._eligible)
            meets = first >= self._first and self._meets(later, wait)
        return _Policy(first, wait, meets, self._expected_segments(first, later, wait))

    def texts_of(self, segments: float) -> float:
        """Returns how many texts a number of expected segments stands for. Each text may have a reply."""
        return segments / (self._segments_per_text + sum(p * weight for p, weight in self._probabilities))

    def _after_silence(self) -> list[tuple[float, float]]:
        # The logarithms keep thousands of silent texts from underflowing all weights to zero.
        logs = [
            log(max(weight, _NEVER))
            + sum(count * log1p(-probability * share) for _, share, count in self._ages)
            for probability, weight in self._model.probabilities
        ]
        weights = [exp(value - max(logs)) for value in logs]
        total = sum(weights)
        return [
            (probability, weight / total)
            for (probability, _), weight in zip(self._model.probabilities, weights, strict=True)
        ]

    def _goal(self, goal: float, at: float) -> float:
        attainable = self._filled(self._eligible, self._eligible * self._share(at), at)
        return (
            _UNATTAINABLE if attainable < _LEAST_ATTAINABLE else min(goal, _SHARE_OF_ATTAINABLE * attainable)
        )

    def _size_for_target(self) -> int:
        if self._target <= 0:
            return 0
        share, goal = self._share(self._target), self._goal(_FILLED_WITHIN_TARGET, self._target)
        sizes = range(1, self._eligible + 1)
        enough = bisect_left(sizes, True, key=lambda m: self._filled(m, m * share, self._target) >= goal)
        return sizes[min(enough, len(sizes) - 1)]

    def _meets(self, later: int, wait: float) -> bool:
        first = max(later, self._first)
        sent, share = first, first * self._share(self._deadline)
        for start in self._starts(wait):
            size = min(later, self._eligible - sent)
            if size <= 0:
                break
            sent += size
            share += size * self._share(self._deadline - start)
        return self._filled(sent, share, self._deadline) >= self._deadline_goal

    def _expected_segments(self, first: int, later: int, wait: float) -> float:
        segments = first * (self._segments_per_text + sum(p * weight for p, weight in self._probabilities))
        sent, shares = first, 0.0
        for start in self._starts(wait):
            size = min(later, self._eligible - sent)
            if size <= 0:
                break
            # All waves between the first and this one have the same size.
            claims = first * self._share(start) + later * shares
            unfilled = self._unfilled(sent, claims, start)
            segments += size * sum(
                weight * (self._segments_per_text + probability) * chance
                for (probability, weight), chance in zip(self._probabilities, unfilled, strict=True)
            )
            sent += size
            shares += self._share(start)
        return segments

    def _starts(self, wait: float) -> Iterator[float]:
        """Yields when the later waves begin; each has at least `wait` before the deadline."""
        for number in range(1, int(self._deadline / wait)):
            yield number * wait

    def _filled(self, sent: int, shares: float, at: float) -> float:
        unfilled = self._unfilled(sent, shares, at)
        return 1 - sum(
            weight * chance for (_, weight), chance in zip(self._probabilities, unfilled, strict=True)
        )

    def _unfilled(self, sent: int, shares: float, at: float) -> list[float]:
        """Returns P(not filled by `at`) for each probability of a claim.

        `shares` is the sum of the shares of the claims of the `sent` texts that arrive by `at`.
        """
        texts = sent + self._outstanding
        return [
            _fewer_than(self._seats, texts, probability * shares + earlier)
            for (probability, _), earlier in zip(self._probabilities, self._earlier_claims(at), strict=True)
        ]

    def _earlier_claims(self, at: float) -> list[float]:
        """Returns the claims of the outstanding texts that are expected by `at`, for each probability."""
        if at not in self._claims_of_outstanding:
            later = [(share, self._share(age + at) - share, count) for age, share, count in self._ages]
            self._claims_of_outstanding[at] = [
                sum(count * probability * gain / (1 - probability * share) for share, gain, count in later)
                for probability, _ in self._probabilities
            ]
        return self._claims_of_outstanding[at]


def _rounded(age: float) -> float:
    """Returns the age in full minutes, later in steps of five, so that few ages are computed with."""
    step = 60 if age < _EXACT_AGES else 300
    return max(0, step * round(age / step))


def _fewer_than(seats: int, texts: int, claims: float) -> float:
    """Returns P(Binomial(texts, claims / texts) < seats)."""
    if texts < seats:
        return 1.0
    probability = min(claims / texts, 1 - _NEVER)
    if probability <= 0:
        return 1.0
    if seats > _EXACT_SEATS:
        deviation = (claims * (1 - probability)) ** 0.5
        return NormalDist(claims, max(deviation, _NEVER)).cdf(seats - 0.5)
    term = exp(texts * log1p(-probability))
    odds = probability / (1 - probability)
    total = term
    for number in range(seats - 1):
        term *= (texts - number) / (number + 1) * odds
        total += term
    return min(1.0, total)

"""Tests the simulated carriers' reports."""

import pytest

from lab.phone_network import CarrierReport, FinalReportOnly, RandomReports, SentText

TEXTS = 2000


def text(number: int, body: str = "hello") -> SentText:
    return SentText(
        message_id=str(number),
        origination="+12065550100",
        destination=f"+1425555{number:04}",
        body=body,
        monotonic=0.0,
    )


def published(reports: list[CarrierReport]) -> list[str]:
    """Returns the event types in order of publication."""
    return [
        report.event_type
        for report in sorted(reports, key=lambda report: report.after + report.late)
        for _ in range(report.copies)
    ]


@pytest.mark.parametrize(
    ("destination", "event_type"),
    [
        ("+14255550101", "TEXT_DELIVERED"),
        ("+14254147755", "TEXT_DELIVERED"),
        ("+14254147167", "TEXT_CARRIER_UNREACHABLE"),
        ("+447860019067", "TEXT_CARRIER_UNREACHABLE"),
    ],
)
def test_given_a_text_when_reported_then_one_final_event_for_its_number(
    destination: str, event_type: str
) -> None:
    sent = SentText(message_id="m", origination="+1", destination=destination, body="hello", monotonic=0.0)
    assert FinalReportOnly(after=0.2)(sent) == [
        CarrierReport(event_type=event_type, is_final=True, after=0.2)
    ]


def test_given_no_faults_when_reported_then_success_before_final_delivery() -> None:
    policy = RandomReports(1, duplicated=0, reordered=0, lost=0)
    for number in range(200):
        first, second = policy(text(number))
        assert published([first, second]) == ["TEXT_SUCCESSFUL", "TEXT_DELIVERED"]
        assert (first.is_final, second.is_final) == (False, True)
        assert 0.05 <= first.after <= second.after
        assert (first.before_response, second.before_response) == (False, False)


def test_given_one_seed_when_texts_come_in_another_order_then_reports_are_equal() -> None:
    usual, another = RandomReports(7), RandomReports(7)
    fates = {number: usual(text(number)) for number in range(300)}
    assert {number: another(text(number)) for number in reversed(range(300))} == fates
    assert {number: RandomReports(8)(text(number)) for number in range(300)} != fates


def test_given_shares_when_many_texts_are_reported_then_faults_have_these_shares() -> None:
    policy = RandomReports(3, duplicated=0.1, reordered=0.2, lost=0.05, failed=0.3)
    reports = [policy(text(number)) for number in range(TEXTS)]
    copies = [report.copies for pair in reports for report in pair]
    assert copies.count(0) / (2 * TEXTS) == pytest.approx(0.05, abs=0.02)
    assert copies.count(2) / (2 * TEXTS) == pytest.approx(0.1 * 0.95, abs=0.02)
    late = [pair for pair in reports if pair[0].late]
    assert len(late) / TEXTS == pytest.approx(0.2, abs=0.03)
    assert all(first.after + first.late > second.after for first, second in late)
    assert all(second.before_response for _, second in late)
    failed = [pair for pair in reports if pair[1].event_type == "TEXT_CARRIER_UNREACHABLE"]
    assert len(failed) / TEXTS == pytest.approx(0.3, abs=0.03)

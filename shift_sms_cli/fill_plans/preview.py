"""Prints what a fill plan would text: the texts as on a phone, whom they may reach, and the cost beside a broadcast."""

from collections.abc import Mapping

from shift_sms_cli.campaigns.preview import cost, duration, print_costs, print_on_phone
from shift_sms_cli.fill_plans.words import count_of, local
from shift_sms_cli.output import print_line, print_table
from shift_sms_cli.text_cost import in_segments, not_in_gsm, size_of
from shift_sms_operator.fill_plans.views import FillAction, FillPreview
from shift_sms_operator.fill_plans.words import order_in_words, why_skipped
from shift_sms_operator.shifts.shift_views import TextPreview
from shift_sms_runtime.shifts.filling.fill_details import FillOrder


def print_preview(preview: FillPreview) -> None:
    """Prints a preview."""
    for languages, text in _by_text(preview.texts).items():
        print_line(f"{languages}: {size_of(text.size)}", style="bold")
        print_on_phone(text.text)
        for line in not_in_gsm(text.size):
            print_line(line, style="yellow")
    shift, least = preview.shift, "" if preview.complete else ", and more: the figures are of these alone"
    members = count_of(preview.members, "member")
    print_line(f"segment {preview.segment}: {members}{least}", style="bold")
    rows = [("may be texted", preview.eligible)]
    rows += [(f"skipped: {why_skipped(reason)}", count) for reason, count in preview.skipped.items()]
    print_table(["who", "members"], rows)
    if preview.others_may_be_approved and "not-on-roster" in preview.skipped:
        print_line("Numbers outside the roster are texted if approved_numbers has them.", style="dim")
    ends = f"until {local(shift.fill_by, shift.zone)}" if shift.fill_by else "without an end"
    print_line(f"order {order_in_words(preview.order)}; {ends}; {_waves(preview)}")
    if preview.action is FillAction.RESUMED:
        print_line("The stopped plan goes on: it texts no one twice.")
    if preview.action is FillAction.RESTARTED:
        print_line(
            "The last plan has ended, so a new one starts. It may text everyone again:"
            f" {preview.texted_before} of these had a text of the last plan.",
            style="yellow",
        )
    print_line(
        f"Expected until the shift is filled: about {count_of(preview.expected_texts, 'text')},"
        f" {in_segments(_segments(preview, expected=True))}, {cost(preview.expected)}",
        style="bold",
    )
    print_line(
        f"A broadcast to everyone: {count_of(preview.eligible, 'text')},"
        f" {in_segments(_segments(preview, expected=False))}, {cost(preview.broadcast)}"
    )
    if preview.broadcast:
        print_line("Cost of the broadcast by country:", style="bold")
        print_costs(preview.broadcast)


def _waves(preview: FillPreview) -> str:
    if preview.asks_waiting_list:
        return "the waiting list is asked first; a wave follows if a seat stays free"
    if not preview.eligible:
        return "the first wave when someone may be texted"
    if preview.order is FillOrder.BROADCAST:
        return "everyone in one wave"
    people = "1 person" if preview.first_wave == 1 else f"{preview.first_wave} people"
    return f"first wave {people}, the next one after {duration(preview.wait)}"


def _segments(preview: FillPreview, *, expected: bool) -> int:
    countries = preview.expected if expected else preview.broadcast
    return sum(country.segments for country in countries)


def _by_text(texts: Mapping[str, TextPreview]) -> Mapping[str, TextPreview]:
    """Returns the texts by their languages. Languages with the same text are named together."""
    languages: dict[str, list[str]] = {}
    for language, text in texts.items():
        languages.setdefault(text.text, []).append(language)
    return {", ".join(sorted(names)): texts[names[0]] for names in languages.values()}

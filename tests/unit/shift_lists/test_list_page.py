"""Tests that a page has at most two segments."""

from hypothesis import example, given
from hypothesis import strategies as st

from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.shift_lists.list_page import MAX_SEGMENTS, ListPage

MORE = "Reply MORE"


def pages_of(lines: list[str]) -> list[ListPage]:
    """Returns the pages of a list, each after the position at which the one before it ended."""
    pages, begin = [], 0
    while True:
        page = ListPage(MORE)
        pages.append(page)
        for number in range(begin, len(lines)):
            if not page.add(str(number), *([] if page.size else ["Heading"]), lines[number]):
                begin = int(page.end_before_more(str(number - 1))) + 1
                break
        if page.is_last:
            return pages


@given(st.lists(st.text("xé\u0436€", min_size=1, max_size=400), min_size=1, max_size=20))
@example(["x" * 150, "x" * 130, "y" * 20])
@example(["x" * 5000, "y" * 5000])
def test_given_any_lines_when_paged_then_each_is_on_one_page_of_two_segments(lines: list[str]) -> None:
    pages = pages_of(lines)
    assert sum(page.size for page in pages) == len(lines)
    remaining = iter(lines)
    for page in pages:
        heading, *shown = page.text().split("\n")
        assert heading == "Heading"
        if page is not pages[-1]:
            assert shown.pop() == MORE
        for number, line in enumerate(shown):
            whole = next(remaining)
            assert whole.startswith(line), "only the first line of a page is shortened"
            assert number == 0 or whole == line
        assert measure(page.text()).segments <= MAX_SEGMENTS


def test_given_a_last_line_when_it_fits_without_more_then_it_is_on_the_page() -> None:
    (page,) = pages_of(["x" * 150, "y" * (306 - len("Heading") - 150 - 2)])
    assert measure(page.text()).characters == 306

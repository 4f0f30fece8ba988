"""Tests that the phone page sends texts and shows those of both directions, without a reload."""

import threading
from urllib.parse import quote

from tests.support.phone_network import OURS, PHONE
from tests.support.phone_page import ServedPage

PAGE_OF_PHONE = f"/phones/{quote(PHONE)}"


def test_given_a_form_when_posted_then_the_text_goes_to_the_topic(served: ServedPage) -> None:
    token = served.token
    response = served.post("/texts", {"token": token, "phone": PHONE, "body": "XYZ123 £ 日本"})
    assert (response.status, response.document) == (200, {})
    (published,) = served.running.published
    assert (published["originationNumber"], published["destinationNumber"]) == (PHONE, OURS)
    assert published["messageBody"] == "XYZ123 £ 日本"


def test_given_no_script_when_posted_then_the_browser_returns_to_the_phone(served: ServedPage) -> None:
    fields = {"token": served.token, "phone": PHONE, "body": "XYZ123"}
    response = served.post("/texts", fields, Accept="text/html")
    assert (response.status, response.headers["Location"]) == (303, "/phones/%2B14255550101")


def test_given_texts_in_both_directions_when_shown_then_they_are_in_order(served: ServedPage) -> None:
    served.running.network.send_from_phone(PHONE, "first, from the phone")
    served.running.send("second, to the phone ✓")
    served.running.network.send_from_phone(PHONE, "STOP")

    page = served.get(PAGE_OF_PHONE).text

    bodies = ["first, from the phone", "second, to the phone ✓", "STOP", "You have opted out"]
    places = [page.index(body) for body in bodies]
    assert places == sorted(places)
    assert "1 segment in Unicode, price not known" in page
    assert "Ana Duarte" in page


def test_given_a_country_with_a_price_when_texted_then_all_segments_are_priced(served: ServedPage) -> None:
    served.running.send("x" * 161, DestinationPhoneNumber="+819012345678")
    assert "2 segments, 0.14902 USD" in served.get("/phones/%2B819012345678").text


def test_given_a_waiting_page_when_a_text_arrives_then_it_gets_the_changed_parts(served: ServedPage) -> None:
    shown = served.get(f"/changes?after=none&phone={quote(PHONE)}").document["version"]
    threading.Timer(0.2, served.running.send, args=("Booked: XYZ123",)).start()

    changes = served.get(f"/changes?after={shown}&phone={quote(PHONE)}").document

    assert changes["version"] in served.get(PAGE_OF_PHONE).text
    assert "Booked: XYZ123" in changes["parts"]["main"]
    assert set(changes["parts"]) == {"main", "shifts", "calls", "faults"}


def test_given_a_waiting_page_when_only_a_table_changes_then_it_gets_the_change(
    served: ServedPage,
) -> None:
    shown = served.get("/changes?after=none").document["version"]
    change = {"shift_status": "taken", "employee": PHONE}
    threading.Timer(0.2, served.shifts[0].update, args=(change,)).start()

    changes = served.get(f"/changes?after={shown}").document

    assert changes["version"] != shown
    assert "taken" in changes["parts"]["shifts"]
    assert "Ana Duarte" in changes["parts"]["shifts"]


def test_given_a_call_when_it_rings_then_the_page_shows_name_and_message(served: ServedPage) -> None:
    served.running.call(Attributes={"message": "I lost my badge"})
    page = served.get("/").text
    assert "I lost my badge" in page
    assert "Ana Duarte" in page


def test_given_the_wall_when_shown_then_the_latest_phones_come_first(served: ServedPage) -> None:
    for number in range(8):
        served.running.network.send_from_phone(f"+1425555020{number}", f"text {number}")
    page = served.get("/").text
    places = [page.index(f"text {number}") for number in (7, 6, 5, 4, 3, 2)]
    assert places == sorted(places)
    assert "text 1" not in page


def test_given_hostile_texts_and_names_when_shown_then_they_are_text(served: ServedPage) -> None:
    served.employees[0]["name"] = "<b>Ana\u202e</b>"
    served.shifts[0]["shift_id"] = "<i>X</i>"
    served.running.network.send_from_phone(PHONE, "<script>alert(1)</script>\x07\u202eevil")
    for path in ("/", PAGE_OF_PHONE):
        page = served.get(path).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;‹U+0007›‹RIGHT-TO-LEFT OVERRIDE›evil" in page
        assert "&lt;i&gt;X&lt;/i&gt;" in page
        for raw in ("<b>Ana", "<script>alert", "<i>X", "\u202e", "\x07"):
            assert raw not in page


def test_given_more_items_than_shown_when_read_then_the_number_is_bounded(served: ServedPage) -> None:
    served.shifts.extend({"shift_id": f"S{number:03}", "shift_status": "available"} for number in range(80))
    page = served.get("/").text
    assert page.count('<th scope="row"') == 50
    assert set(served.limits) == {500, 50}


def test_given_a_name_when_opened_then_the_browser_goes_to_the_phone(served: ServedPage) -> None:
    assert served.get("/open?who=ana+duarte").headers["Location"] == "/phones/%2B14255550101"
    assert served.get("/open?who=%2B1+425+555-0199").headers["Location"] == "/phones/%2B14255550199"
    unknown = served.get("/open?who=Zoe")
    assert unknown.status == 400
    assert "No employee is called &#39;Zoe&#39;" in unknown.text

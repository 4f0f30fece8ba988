"""The scenes in which employees text one at a time."""

from collections import Counter

from lab.demo.stage import TIMEOUT_SECONDS, Stage, format_counts

UNKNOWN_CODE_REPLY = (
    "This is not a valid shift code, please reply by typing REQUEST to view the available shifts"
)
"""The sentence from the post."""
CALLBACK_REPLY = "Gracias, le llamaremos en unos minutos"
"""The reply to Eva, whose language is Spanish."""


def book_shifts(stage: Stage) -> None:
    """Employees text shift codes and REQUEST."""
    ana, ben, carla, dan = stage.employees[:4]
    stage.screen.heading("Employees reply", "Every reply leaves from the number that was texted.")
    stage.check_reply(
        "A code books its shift, also in lower case and with punctuation",
        ana,
        "xyz123.",
        stage.booked("XYZ123"),
    )
    stage.check_reply(
        "A text with several codes, one of them unknown, gets one reply",
        ben,
        "XYZ124, xyz125 and XYZ999",
        f"{stage.booked('XYZ124', 'XYZ125')}\nNot a shift code: XYZ999",
    )
    stage.check_reply(
        "The code of one's own booking is confirmed",
        ana,
        "XYZ123",
        f"Already yours: {stage.described('XYZ123')}",
    )
    stage.check_reply(
        "The code of a taken shift is declined",
        carla,
        "XYZ123",
        "Sorry, XYZ123 is already taken. Reply WAIT XYZ123 for the waiting list, REQUEST for open shifts",
    )
    stage.expected_bookings |= {
        "XYZ123": ana.phone_number,
        "XYZ124": ben.phone_number,
        "XYZ125": ben.phone_number,
    }
    available = [
        stage.described(code) for code in sorted(stage.shifts) if code not in stage.expected_bookings
    ]
    stage.check_reply(
        "REQUEST lists the available shifts and no others",
        carla,
        "Request",
        "\n".join(["Reply with a code to book:", *available]),
    )
    stage.check_reply("An unknown code gets the sentence from the post", dan, "XYZ000", UNKNOWN_CODE_REPLY)


def drop_and_offer(stage: Stage) -> None:
    """An employee gives a shift back.

    The next employee on the waiting list gets an offer and accepts it.
    """
    ana, _, carla = stage.employees[:3]
    stage.screen.heading(
        "A shift is given back", "The free seat is offered to the waiting list; YES books it."
    )
    stage.check_reply(
        "WAIT adds an employee to the waiting list",
        carla,
        "can i wait for XYZ123 please",
        "On the waiting list: XYZ123. We will text you if a spot opens up",
    )
    received = len(stage.system.network.inbox(carla.phone_number))
    stage.expected_texts[carla.phone_number] += 1
    stage.check_reply("DROP gives a shift back", ana, "drop xyz-123", "Given back: XYZ123")
    offer = stage.system.network.wait_for_text(carla.phone_number, received, TIMEOUT_SECONDS)
    stage.screen.show_sent_text(offer)
    stage.checks.expect(
        "The seat is offered to the first employee on the waiting list",
        f"A spot is free: {stage.described('XYZ123')}. Reply YES by",
        offer.body[: offer.body.index(" by ") + 3],
    )
    stage.wait_until_idle()
    stage.check_reply("YES books the offered seat", carla, "Yes, thanks!", stage.booked("XYZ123"))
    stage.expected_bookings["XYZ123"] = carla.phone_number


def request_agent(stage: Stage) -> None:
    """AGENT with Connect: one call, then the confirmation, even if the text is delivered twice."""
    eva, network = stage.employees[4], stage.system.network
    stage.screen.heading(
        "An employee asks for an agent", "Amazon Connect is on: AGENT and any words start a call."
    )
    message = "I can't find my badge"
    message_id = stage.check_reply(
        "AGENT is confirmed with a call back", eva, f"Agent, {message}", CALLBACK_REPLY
    )
    confirmation = network.inbox(eva.phone_number)[-1]
    for call in network.calls:
        stage.screen.show_call(eva.name, call)
    stage.checks.expect(
        "The call goes to the employee's phone, with the message for the agent",
        f"call to {eva.phone_number} with {{'message': \"{message}\"}}",
        "; ".join(f"call to {call.destination} with {dict(call.attributes)}" for call in network.calls),
    )
    stage.checks.expect(
        "The confirmation is sent after Connect accepted the call",
        "call, then confirmation",
        "call, then confirmation"
        if all(call.at <= confirmation.at for call in network.calls)
        else "confirmation, then call",
    )
    stage.wait_until_idle()
    network.redeliver(message_id)
    stage.wait_until_idle()
    stage.checks.expect(
        "A second delivery of the AGENT text starts no second call",
        f"calls: 1; {format_counts(Counter([CALLBACK_REPLY]))}",
        f"calls: {len(network.calls)}; "
        + format_counts(
            Counter(text.body for text in network.inbox(eva.phone_number) if text.body == CALLBACK_REPLY)
        ),
    )


def request_agent_without_connect(stage: Stage) -> None:
    """AGENT without Connect: the reply to an unknown code, and no call."""
    dan = stage.employees[3]
    stage.screen.heading("An employee asks for an agent", "Amazon Connect is off: AGENT is an unknown code.")
    stage.check_reply(
        "AGENT gets the reply to an unknown code", dan, "Agent, I can't find my badge", UNKNOWN_CODE_REPLY
    )
    stage.wait_until_idle()
    stage.checks.expect("AGENT starts no call", "0 calls", f"{len(stage.system.network.calls)} calls")

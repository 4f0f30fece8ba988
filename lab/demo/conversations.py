"""The scenes with one person and one phone: everything an employee can text, and what comes back."""

from collections import Counter

from lab.demo.stage import TIMEOUT_SECONDS, Stage, format_counts

UNKNOWN_CODE_REPLY = (
    "This is not a valid shift code, please reply by typing REQUEST to view the available shifts"
)
"""The post's own sentence."""
CALLBACK_REPLY = "Gracias, un agente le llama en unos minutos"
"""To Eva, who is answered in Spanish."""


def book_shifts(stage: Stage) -> None:
    """Codes as people type them, theirs and other people's."""
    ana, ben, carla, dan = stage.employees[:4]
    stage.screen.heading("Employees answer", "Every answer leaves from the number that was texted.")
    stage.converse(
        "A code books its shift, in small letters and with punctuation too",
        ana,
        "xyz123.",
        stage.booked("XYZ123"),
    )
    stage.converse(
        "Several codes in one text, one unknown: one answer says it all",
        ben,
        "XYZ124, xyz125 and XYZ999",
        f"{stage.booked('XYZ124', 'XYZ125')}\nNot a shift code: XYZ999",
    )
    stage.converse(
        "Texting the own code again: it is theirs already",
        ana,
        "XYZ123",
        f"Already yours: {stage.described('XYZ123')}",
    )
    stage.converse(
        "Whoever comes late hears that it is gone",
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
    stage.converse(
        "REQUEST lists the shifts that are available, and no other",
        carla,
        "Request",
        "\n".join(["Reply a code to book:", *available]),
    )
    stage.converse("An unknown code gets the post's own sentence", dan, "XYZ000", UNKNOWN_CODE_REPLY)


def drop_and_offer(stage: Stage) -> None:
    """A shift is given back, offered to who waits for it, and theirs only when they say so."""
    ana, _, carla = stage.employees[:3]
    stage.screen.heading("Somebody changes their mind", "A freed seat is offered to who waits; YES books it.")
    stage.converse(
        "Whoever comes late can wait for it",
        carla,
        "can i wait for XYZ123 please",
        "On the waiting list: XYZ123. We text you when there is a seat",
    )
    heard = len(stage.system.network.inbox(carla.phone_number))
    stage.due[carla.phone_number] += 1
    stage.converse("A shift can be given back", ana, "drop xyz-123", "Given back: XYZ123")
    offer = stage.system.network.wait_for_text(carla.phone_number, heard, TIMEOUT_SECONDS)
    stage.screen.we_text(offer)
    stage.checks.expect(
        "Who waits is asked, and nobody else can have it meanwhile",
        f"A seat is free: {stage.described('XYZ123')}. Reply YES by",
        offer.body[: offer.body.index(" by ") + 3],
    )
    stage.settle()
    stage.converse("YES books it", carla, "Yes, thanks!", stage.booked("XYZ123"))
    stage.expected_bookings["XYZ123"] = carla.phone_number


def request_agent(stage: Stage) -> None:
    """AGENT with Connect: a call first, the promise after it, and one call only when the text comes twice."""
    eva, network = stage.employees[4], stage.system.network
    stage.screen.heading("Somebody needs a person", "Amazon Connect is on: AGENT and any words place a call.")
    words = "I can't find my badge"
    message_id = stage.converse("AGENT is answered with a promise", eva, f"Agent, {words}", CALLBACK_REPLY)
    promise = network.inbox(eva.phone_number)[-1]
    for call in network.calls:
        stage.screen.we_call(eva.name, call)
    stage.checks.expect(
        "The call goes to the phone that asked, with the words for the agent",
        f"call to {eva.phone_number} with {{'message': \"{words}\"}}",
        "; ".join(f"call to {call.destination} with {dict(call.attributes)}" for call in network.calls),
    )
    stage.checks.expect(
        "The promise is texted after Connect accepted the call",
        "call, then promise",
        "call, then promise"
        if all(call.at <= promise.at for call in network.calls)
        else "promise, then call",
    )
    stage.settle()
    network.redeliver(message_id)
    stage.settle()
    stage.checks.expect(
        "The AGENT text delivered a second time calls nobody again",
        f"1 call; {format_counts(Counter([CALLBACK_REPLY]))}",
        f"{len(network.calls)} call; "
        + format_counts(
            Counter(text.body for text in network.inbox(eva.phone_number) if text.body == CALLBACK_REPLY)
        ),
    )


def request_agent_without_connect(stage: Stage) -> None:
    """AGENT without Connect: a word like any other."""
    dan = stage.employees[3]
    stage.screen.heading("No agents", "Amazon Connect is off: AGENT means nothing.")
    stage.converse(
        "AGENT is answered like an unknown code", dan, "Agent, I can't find my badge", UNKNOWN_CODE_REPLY
    )
    stage.settle()
    stage.checks.expect("Nobody is called", "0 calls", f"{len(stage.system.network.calls)} calls")

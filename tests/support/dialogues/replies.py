"""Lists the replies that the dialogues expect."""

INVALID = "This is not a valid shift code, please reply by typing REQUEST to view the available shifts"


BOOKED_NIGHT = "Booked: XYZ123 15/08 5h nightshift"


BOOKED_NIGHT_AND_DAY = "Booked: XYZ123 15/08 5h nightshift, XYZ124 18/08 3h dayshift"


OPEN_SHIFTS = (
    "Reply with a code to book:\n"
    "XYZ123 15/08 5h nightshift\nXYZ124 18/08 3h dayshift\nXYZ125 19/08 6h lateshift"
)


CALLING = "Thank you, an agent will call you shortly"


ONE_TAKEN = "Sorry, {0} is already taken. Reply WAIT {0} for the waiting list, REQUEST for open shifts"


WAITING_NIGHT = "On the waiting list: XYZ123. We will text you if a spot opens up"


OFFERED_NIGHT = "A spot is free: XYZ123 15/08 5h nightshift. Reply YES by <time> to take it, NO if not"


FREE_TEXT = "Thank you, we will get back to you. Reply REQUEST for open shifts"


WHICH_SHIFT = "Which shift? Reply with the code, or REQUEST for open shifts"


NIGHT_LINE = "XYZ123 15/08 5h nightshift"


UNCLEAR_NIGHT = "Sorry, we did not get that. Reply only XYZ123 to book it, DROP XYZ123 to give it back"


STOP_REPLY = "You will get no more texts from us. Reply START to get them again"


EMERGENCY = "If anyone is hurt or in danger, call 911 or 112 now. We have marked your text as urgent"


START_REPLY = "You will get texts about open shifts again. Reply STOP to end them"


HELP_REPLY = "Texts about open shifts: reply with a code to book, REQUEST for open shifts, STOP to end them"

"""Lists the replies that the dialogues expect."""

INVALID = "This is not a valid shift code, please reply by typing REQUEST to view the available shifts"


BOOKED_NIGHT = "Booked: XYZ123 15/08 5h nightshift"


BOOKED_NIGHT_AND_DAY = "Booked: XYZ123 15/08 5h nightshift, XYZ124 18/08 3h dayshift"


OPEN_SHIFTS = (
    "Reply a code to book:\nXYZ123 15/08 5h nightshift\nXYZ124 18/08 3h dayshift\nXYZ125 19/08 6h lateshift"
)


CALLING = "Thank you, an agent will call you shortly"


ONE_TAKEN = "Sorry, {0} is already taken. Reply WAIT {0} for the waiting list, REQUEST for open shifts"


WAITING_NIGHT = "On the waiting list: XYZ123. We text you when there is a seat"


OFFERED_NIGHT = "A seat is free: XYZ123 15/08 5h nightshift. Reply YES by <time> to have it, NO if not"


FREE_TEXT = "Thank you, a person will read this. Reply REQUEST for open shifts"


WHICH_SHIFT = "Which shift? Reply its code, or REQUEST for the list"


NIGHT_LINE = "XYZ123 15/08 5h nightshift"


UNCLEAR_NIGHT = "Sorry, we did not get that. Reply only XYZ123 to book it, DROP XYZ123 to give it back"


STOP_REPLY = "You will get no more texts from us. Reply START to get them again"


START_REPLY = "You will get texts about open shifts again. Reply STOP to end them"


HELP_REPLY = "Texts about open shifts: reply a code to book, REQUEST for the list, STOP to end them"

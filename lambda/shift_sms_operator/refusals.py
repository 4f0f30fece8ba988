"""Why an operation changed nothing."""


class Refused(Exception):
    """The operation changed nothing. The message says what is wrong and what would be right."""


class ChangedByAnother(Refused):
    """Another operator or an employee changed the same thing at the same time. Repeating the operation may work."""

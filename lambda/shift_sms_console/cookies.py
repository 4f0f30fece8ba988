"""The cookies of the console. No script can read them, and no form of another site sends them."""

SESSION = "shift_sms_session"
SIGN_IN = "shift_sms_sign_in"


class Cookies:
    """Makes the headers that set cookies."""

    def __init__(self, *, secure: bool) -> None:
        """`secure` is true for an address with https. Over http, browsers keep no secure cookie."""
        self._attributes = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")

    def set(self, name: str, value: str, *, seconds: int) -> str:
        """Returns the header that sets a cookie."""
        return f"{name}={value}; Max-Age={seconds}{self._attributes}"

    def remove(self, name: str) -> str:
        """Returns the header that removes a cookie."""
        return self.set(name, "", seconds=0)

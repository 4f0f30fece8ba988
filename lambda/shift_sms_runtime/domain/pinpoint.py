"""What Amazon Pinpoint can answer to one request for a campaign."""


class PinpointRefused(Exception):
    """Pinpoint answered that it did not create the campaign; the message is its reason."""


class PinpointBusy(Exception):
    """Pinpoint did not take the request and may take it later."""


class PinpointUnknown(Exception):
    """Whether the campaign was created did not come back."""

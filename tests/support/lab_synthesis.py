"""Synthesizes the lab's stack, and the product's stack with the same settings."""

from functools import cache

from lab.lab_stack import LabStack, read_settings
from lab.settings import STACK
from shift_sms.stack import ShiftSmsStack
from tests.support.synthesis import SynthesizedStack, new_app

ENDPOINT_URLS = {
    "sms_endpoint_url": "http://127.0.0.1:1",
    "connect_endpoint_url": "http://127.0.0.1:2",
    "pinpoint_endpoint_url": "http://127.0.0.1:3",
}


@cache
def synthesize_lab(**context: str) -> SynthesizedStack:
    """Returns the lab's stack, as `lab/app.py` synthesizes it with `-c key=value`."""
    settings, endpoint_urls = read_settings(context)
    stack = LabStack(
        new_app(), STACK, settings=settings, endpoint_urls=endpoint_urls, cloud_url="http://127.0.0.1:4"
    )
    return SynthesizedStack(stack)


@cache
def synthesize_product(**context: str) -> SynthesizedStack:
    """Returns the product's stack with the lab's settings."""
    settings, _ = read_settings(context)
    return SynthesizedStack(ShiftSmsStack(new_app(), STACK, settings=settings))

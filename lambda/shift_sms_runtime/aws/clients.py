"""Timeouts and retries of boto3 clients, according to what each API allows."""

from botocore.config import Config
from botocore.exceptions import HTTPClientError, SSLError
from botocore.parsers import ResponseParserError

IDEMPOTENT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
"""For calls that are safe to repeat.

These are reads, conditional writes, queues, and Connect with its client token.
"""

ONE_ATTEMPT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1})
"""For calls without an idempotency token.

A retry after a timeout could text a recipient twice.
"""

NO_RESPONSE = (HTTPClientError, SSLError, ResponseParserError, AttributeError, ValueError)
"""The request may have been sent, but there is no readable response.

botocore's parser raises the last two errors for a body that is not text or not a JSON object.
"""

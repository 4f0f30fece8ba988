"""Time limits and retries of boto3 clients, as each API allows them."""

from botocore.config import Config
from botocore.exceptions import HTTPClientError, SSLError
from botocore.parsers import ResponseParserError

IDEMPOTENT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
"""For calls that are safe to repeat: conditional writes, reads, queues, and Connect with its client token."""

ONE_ATTEMPT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1})
"""For calls without an idempotency token: a retry after a time-out could text a recipient twice."""

NO_RESPONSE = (HTTPClientError, SSLError, ResponseParserError, AttributeError, ValueError)
"""The request may have left, and no readable response came back. botocore's parser raises the last two for a body that
is no JSON object or no text."""

"""boto3 clients with the time limits and retries that each API allows."""

from botocore.config import Config
from botocore.exceptions import HTTPClientError, SSLError
from botocore.parsers import ResponseParserError

IDEMPOTENT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
"""For calls that may be repeated: conditional writes, reads, queues, Connect with its client token."""

ONE_ATTEMPT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1})
"""For calls without an idempotency token: a retry after a time-out would text somebody twice."""

NO_ANSWER = (HTTPClientError, SSLError, ResponseParserError, AttributeError, ValueError)
"""The request left, or may have, and nothing came back that can be read. The last two are what botocore's parser makes
of a body that is no JSON object, or no text."""

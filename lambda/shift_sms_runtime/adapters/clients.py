"""boto3 clients with the time limits and retries that each API allows."""

from botocore.config import Config

IDEMPOTENT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
"""For calls that may be repeated: conditional writes, reads, queues, Connect with its client token."""

ONE_ATTEMPT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1})
"""For calls without an idempotency token: a retry after a time-out would text somebody twice."""

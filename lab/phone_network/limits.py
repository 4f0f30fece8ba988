"""What AWS lets the account do, changeable while the network runs: a spend limit is reached, a country is blocked."""

from collections.abc import Collection
from dataclasses import dataclass

from lab.phone_network.account import Account


@dataclass(kw_only=True)
class Limits:
    """The limits in force. `spend_limit_parts` counts all parts since the network came up; None is no limit.

    In the sandbox only `verified_numbers` are texted. `blocked_countries` are ISO codes.
    """

    spend_limit_parts: int | None
    sandbox: bool
    verified_numbers: Collection[str]
    blocked_countries: Collection[str]

    @classmethod
    def of(cls, account: Account) -> "Limits":
        """Begin with what `account` says."""
        return cls(
            spend_limit_parts=account.monthly_spend_limit_parts,
            sandbox=account.sandbox,
            verified_numbers=account.verified_numbers,
            blocked_countries=account.blocked_countries,
        )

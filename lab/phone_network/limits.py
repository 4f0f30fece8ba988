"""Limits of the account that a test can change while the network runs."""

from collections.abc import Collection
from dataclasses import dataclass

from lab.phone_network.account import Account


@dataclass(kw_only=True)
class Limits:
    """The limits in force.

    `spend_limit_parts` counts all parts since the network started; None means unlimited. In the sandbox
    only `verified_numbers` can receive texts. `blocked_countries` are ISO codes.
    """

    spend_limit_parts: int | None
    sandbox: bool
    verified_numbers: Collection[str]
    blocked_countries: Collection[str]

    @classmethod
    def of(cls, account: Account) -> "Limits":
        """Returns the initial limits of `account`."""
        return cls(
            spend_limit_parts=account.monthly_spend_limit_parts,
            sandbox=account.sandbox,
            verified_numbers=account.verified_numbers,
            blocked_countries=account.blocked_countries,
        )

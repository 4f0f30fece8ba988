"""Adds users to an Amazon Cognito user pool. Each call can be repeated."""

from typing import Any


class CognitoUsers:
    """The users of one user pool, by email address."""

    def __init__(self, client: Any, user_pool_id: str) -> None:
        self._client = client
        self._user_pool_id = user_pool_id

    def invite(self, email: str) -> bool:
        """Adds a user, who gets a temporary password by mail; returns False if there is one already."""
        try:
            self._client.admin_create_user(
                **self._user(email),
                UserAttributes=[
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                ],
                DesiredDeliveryMediums=["EMAIL"],
            )
        except self._client.exceptions.UsernameExistsException:
            return False
        return True

    def groups(self, email: str) -> set[str]:
        """Returns the groups of a user. A user pool of the console has two."""
        response = self._client.admin_list_groups_for_user(**self._user(email))
        return {group["GroupName"] for group in response["Groups"]}

    def add_to_group(self, email: str, group: str) -> None:
        """Adds a user to a group, unless the user is in it."""
        self._client.admin_add_user_to_group(**self._user(email), GroupName=group)

    def remove_from_group(self, email: str, group: str) -> None:
        """Removes a user from a group, if the user is in it."""
        self._client.admin_remove_user_from_group(**self._user(email), GroupName=group)

    def _user(self, email: str) -> dict[str, str]:
        return {"UserPoolId": self._user_pool_id, "Username": email}

"""The operators who sign in to the console, in an Amazon Cognito user pool of their own."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge
from shift_sms_runtime.environment import Role


class ConsoleUserPool(Construct):
    """A user pool with hosted sign-in, one client, and the groups that give roles.

    Operators are added by an administrator. They sign in with their email address, and can add an authenticator app as
    second factor.

    Attributes:
        user_pool: The user pool.
        client_id: The id of the console's client.
        issuer: The issuer of its ID tokens.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        console_url: str,
        domain_prefix: str,
        removal_policy: RemovalPolicy,
    ) -> None:
        """Makes the user pool.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            console_url: The address of the console, without a slash at the end.
            domain_prefix: The first part of the sign-in page's domain, unique in the Region.
            removal_policy: What happens to the user pool when the stack is deleted.
        """
        super().__init__(scope, construct_id)
        self.user_pool = cognito.UserPool(
            self,
            "Users",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
            ),
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            removal_policy=removal_policy,
        )
        for role in Role:
            self.user_pool.add_group(role.value.capitalize(), group_name=role.value)
        self.user_pool.add_domain(
            "Domain", cognito_domain=cognito.CognitoDomainOptions(domain_prefix=domain_prefix)
        )
        client = self.user_pool.add_client(
            "Client",
            # The function proves with PKCE that the code is its own.
            generate_secret=False,
            prevent_user_existence_errors=True,
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
                callback_urls=[f"{console_url}/signin/callback"],
                logout_urls=[f"{console_url}/signout"],
            ),
            # The console reads the ID token once and keeps no other token.
            id_token_validity=Duration.minutes(5),
            access_token_validity=Duration.minutes(5),
            refresh_token_validity=Duration.hours(1),
        )
        self.client_id = client.user_pool_client_id
        stack = Stack.of(self)
        self.issuer = f"https://cognito-idp.{stack.region}.{stack.url_suffix}/{self.user_pool.user_pool_id}"
        acknowledge(
            self.user_pool, "COG2", "operators may add a second factor; a company's policy requires it"
        )
        for rule in ("COG3", "COG8"):
            acknowledge(
                self.user_pool, rule, "threat protection needs the Plus plan, which costs more for each user"
            )

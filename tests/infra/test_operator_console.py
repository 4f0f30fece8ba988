"""Tests the operators' console: the API, the sign-in, and what may be logged."""

import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest

from shift_sms import OpenIdProvider, OperatorConsole, ShiftTables
from shift_sms.building_blocks.runtime_asset import CONSOLE_ASSET, PipBundling, asset_root, source_hash
from tests.support.constructs import add_outbox_sender
from tests.support.lab_synthesis import ENDPOINT_URLS, synthesize_lab
from tests.support.permissions import granted, on
from tests.support.synthesis import (
    CONNECT,
    CONSOLE,
    SINGLE_SIGN_ON,
    SynthesizedStack,
    new_app,
    synthesize,
    variables,
)

SERVE = "serve_console"


@pytest.fixture(scope="module")
def single_sign_on() -> SynthesizedStack:
    return synthesize("dev", **SINGLE_SIGN_ON)


def test_given_no_setting_when_synthesized_then_there_is_no_console(dev: SynthesizedStack) -> None:
    assert SERVE not in dev.functions()
    assert dev.of_type("AWS::Cognito::UserPool") == dev.of_type("AWS::ApiGatewayV2::Api") == {}


def test_given_the_console_when_synthesized_then_its_address_begins_with_the_api(
    console: SynthesizedStack,
) -> None:
    (api,) = console.of_type("AWS::ApiGatewayV2::Api")
    assert console.json["Outputs"]["ConsoleUrl"]["Value"] == {"Fn::GetAtt": [api, "ApiEndpoint"]}


def test_given_the_api_when_synthesized_then_one_route_leads_to_the_function(
    console: SynthesizedStack,
) -> None:
    (route,) = console.of_type("AWS::ApiGatewayV2::Route").values()
    assert route["Properties"]["RouteKey"] == "$default"


def test_given_the_api_when_deployed_then_throttled_and_no_path_is_logged(
    console: SynthesizedStack,
) -> None:
    (stage,) = console.of_type("AWS::ApiGatewayV2::Stage").values()
    settings = stage["Properties"]["DefaultRouteSettings"]
    assert 0 < settings["ThrottlingRateLimit"] <= settings["ThrottlingBurstLimit"]
    logged = stage["Properties"]["AccessLogSettings"]["Format"]
    assert not [name for name in ("path", "query", "authorizer", "header") if name in logged]


def test_given_the_user_pool_when_deployed_then_operators_are_invited(console: SynthesizedStack) -> None:
    (pool,) = console.of_type("AWS::Cognito::UserPool").values()
    properties = pool["Properties"]
    assert properties["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert properties["MfaConfiguration"] == "OPTIONAL"
    assert properties["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    policy = properties["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] == 12
    assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"))
    groups = console.of_type("AWS::Cognito::UserPoolGroup").values()
    assert {group["Properties"]["GroupName"] for group in groups} == {"viewer", "manager"}


def test_given_the_client_when_deployed_then_codes_return_to_the_console_alone(
    console: SynthesizedStack,
) -> None:
    (client,) = console.of_type("AWS::Cognito::UserPoolClient").values()
    assert client["Properties"]["AllowedOAuthFlows"] == ["code"]
    (callback,) = client["Properties"]["CallbackURLs"]
    assert callback["Fn::Join"][1][1] == "/signin/callback"


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [(None, ["shiftsms-dev-", {"Ref": "AWS::AccountId"}]), ("our-shifts", "our-shifts")],
)
def test_given_a_domain_prefix_when_synthesized_then_it_is_that_of_the_sign_in(
    prefix: str | None, expected: object
) -> None:
    overrides = {"console_domain_prefix": prefix} if prefix else {}
    stack = synthesize("dev", console_enabled="true", **overrides)
    (domain,) = stack.of_type("AWS::Cognito::UserPoolDomain").values()
    given = domain["Properties"]["Domain"]
    assert (given["Fn::Join"][1] if prefix is None else given) == expected


def test_given_the_sessions_when_deployed_then_encrypted_and_expiring(console: SynthesizedStack) -> None:
    (table,) = (
        table["Properties"]
        for name, table in console.of_type("AWS::DynamoDB::GlobalTable").items()
        if name.startswith("ConsoleSessions")
    )
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


READ_AND_WRITE = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
OF_THE_ROLE = (
    on("ConsoleServeLogs.Arn", "logs:CreateLogStream", "logs:PutLogEvents")
    | on("ConsoleSessions.Arn", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem")
    | {("cloudformation:DescribeStacks", "AWS::StackId"[:-8])}
    | on("TablesAuditTrail.Arn", "dynamodb:PutItem", "dynamodb:Query")
    | on("TablesAuditTrail.Arn/index/by-day", "dynamodb:Query")
    | on("TablesShifts.Arn", *READ_AND_WRITE, "dynamodb:Scan")
    | on("TablesShifts.Arn/index/by-code", "dynamodb:Query")
    | on("TablesShifts.Arn/index/by-start", "dynamodb:Query")
    | on(
        "TablesEmployees.Arn",
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
    )
    | on(
        "TablesSegmentMembers.Arn",
        "dynamodb:BatchGetItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
    )
    | on("TablesSegmentMembers.Arn/index/by-phone-number", "dynamodb:Query")
    | on("TablesDeliveries.Arn", "dynamodb:BatchGetItem", "dynamodb:Query")
    | on("TablesCampaigns.Arn", *READ_AND_WRITE)
    | on("TablesCampaigns.Arn/index/by-time", "dynamodb:Query")
    | on("TablesEmployeeBookings.Arn", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")
    | on("TablesFillContacts.Arn", "dynamodb:BatchGetItem", "dynamodb:Query")
    | on("TablesConversations.Arn", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:UpdateItem")
    | on("TablesOutbox.Arn", "dynamodb:PutItem")
    | on("TablesSendPermits.Arn", "dynamodb:UpdateItem")
    | on("OutboxTurnsQueue.Arn", "sqs:SendMessage")
    | on("TablesCampaignCounters.Arn", "dynamodb:UpdateItem")
    | on("TablesOperatorInbox.Arn", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
    | on("TablesOperatorInbox.Arn/index/by-status", "dynamodb:Query")
)
DESCRIBED = {f"sms-voice:Describe{kind}" for kind in ("Keywords", "PhoneNumbers", "Pools", "Registrations")}
OF_HEALTH = (
    on("*", "sms-voice:DescribeAccountAttributes", "sms-voice:DescribeSpendLimits")
    | on(
        "*", "cloudwatch:GetMetricStatistics", "servicequotas:ListServiceQuotas", "servicequotas:ListServices"
    )
    | on("phone-number/*", *DESCRIBED)
    | on("pool/*", *DESCRIBED)
    | on("registration/*", *DESCRIBED)
    | on("alarm:*", "cloudwatch:DescribeAlarms")
    | on("TablesEmployees.Arn", "dynamodb:DescribeTable")
    | {("sns:GetTopicAttributes", topic) for topic in ("InboundTopic", "DeliveryEventsTopic", "AlarmsTopic")}
    | on("AlarmsTopic", "sns:ListSubscriptionsByTopic")
    | on("ShiftSms-dev-*", "sqs:GetQueueAttributes")
)


def test_given_the_function_when_deployed_then_its_role_has_what_the_pages_use(
    console: SynthesizedStack,
) -> None:
    assert granted(console, SERVE) == OF_THE_ROLE | OF_HEALTH


def test_given_connect_when_deployed_then_the_role_may_describe_what_a_call_needs() -> None:
    with_connect = granted(synthesize("dev", **CONSOLE, **CONNECT), SERVE)
    of_connect = {(action, resource) for action, resource in with_connect if action.startswith("connect:")}
    instance = f"instance/{CONNECT['connect_instance_id']}"
    flow = f"{instance}/contact-flow/{CONNECT['connect_contact_flow_id']}"
    queue = f"{instance}/queue/{CONNECT['connect_queue_id']}"
    described = [f"connect:Describe{kind}" for kind in ("Instance", "ContactFlow", "Queue")]
    assert of_connect == (
        on(instance, *described)
        | on(flow, *described)
        | on(queue, *described)
        | on("phone-number/*", "connect:ListPhoneNumbersV2")
    )


def test_given_the_outputs_when_deployed_then_the_stack_is_known_by_its_id(
    console: SynthesizedStack,
) -> None:
    settings = console.json["Outputs"]["OperatorSettings"]["Value"]["Fn::Join"][1]
    assert settings[settings.index({"Ref": "AWS::StackId"}) - 1].endswith('"stack_id": "')


def test_given_an_open_id_provider_when_synthesized_then_there_is_no_user_pool(
    single_sign_on: SynthesizedStack,
) -> None:
    assert single_sign_on.of_type("AWS::Cognito::UserPool") == {}
    assert "ConsoleUserPoolId" not in single_sign_on.json["Outputs"]
    given = variables(single_sign_on, SERVE)
    assert given["OIDC_ISSUER"] == SINGLE_SIGN_ON["console_oidc_issuer"]
    assert given["OIDC_CONFIGURATION_URL"] == (
        f"{SINGLE_SIGN_ON['console_oidc_issuer']}/.well-known/openid-configuration"
    )
    assert given["GROUP_CLAIM"] == "roles"


def test_given_a_client_secret_when_synthesized_then_the_function_may_read_it_alone(
    single_sign_on: SynthesizedStack, console: SynthesizedStack
) -> None:
    secret = SINGLE_SIGN_ON["console_oidc_client_secret_arn"]
    more = granted(single_sign_on, SERVE) - granted(console, SERVE)
    assert more == on(secret, "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")


def test_given_the_alarms_when_deployed_then_they_notify_the_topic(console: SynthesizedStack) -> None:
    alarms = [
        alarm["Properties"]
        for name, alarm in console.of_type("AWS::CloudWatch::Alarm").items()
        if name.startswith("Console")
    ]
    assert {alarm["MetricName"] for alarm in alarms} == {"ConsoleRequestFailed", "Errors"}
    assert all(alarm["AlarmActions"] for alarm in alarms)


def test_given_a_bare_stack_when_a_console_is_added_then_it_synthesizes() -> None:
    stack = cdk.Stack(new_app(), "AwsTheirs")
    tables = ShiftTables(stack, "Tables")
    outbox = add_outbox_sender(stack, tables=tables)
    console = OperatorConsole(stack, "Console", tables=tables, outbox=outbox)
    found = SynthesizedStack(stack)
    assert console.user_pool is not None
    assert set(found.functions()) == {SERVE, "send_outbox"}
    # Cognito reserves the word.
    (domain,) = found.of_type("AWS::Cognito::UserPoolDomain").values()
    assert domain["Properties"]["Domain"]["Fn::Join"][1][0] == "theirs-"


@pytest.mark.parametrize("prefix", ["Shifts", "my-aws", "-a", "a_b", "a" * 64])
def test_given_a_wrong_domain_prefix_when_made_then_refused(prefix: str) -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    tables = ShiftTables(stack, "Tables")
    outbox = add_outbox_sender(stack, tables=tables)
    with pytest.raises(ValueError, match="domain_prefix"):
        OperatorConsole(stack, "Console", tables=tables, outbox=outbox, domain_prefix=prefix)


@pytest.mark.parametrize("issuer", ["http://id.example.com", "id.example.com", "https://id.example.com?x=1"])
def test_given_a_wrong_issuer_when_made_then_refused(issuer: str) -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    tables = ShiftTables(stack, "Tables")
    outbox = add_outbox_sender(stack, tables=tables)
    provider = OpenIdProvider(issuer, "console")
    with pytest.raises(ValueError, match="issuer"):
        OperatorConsole(stack, "Console", tables=tables, outbox=outbox, open_id_provider=provider)


def test_given_the_lab_when_synthesized_then_the_embedded_cloud_signs_in() -> None:
    stack = synthesize_lab(console_enabled="true", **ENDPOINT_URLS)
    (pool,) = stack.of_type("AWS::Cognito::UserPool")
    assert variables(stack, SERVE)["OIDC_CONFIGURATION_URL"] == {
        "Fn::Join": ["", ["http://127.0.0.1:4/", {"Ref": pool}, "/.well-known/openid-configuration"]]
    }


ASSET_PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from shift_sms_console import assets, composition, serve_console
from markupsafe import escape
assert Path(serve_console.__file__).is_relative_to(sys.argv[1])
assert escape("<b>") == "&lt;b&gt;"
found = assets.Assets(Path(sys.argv[1]))
for name in assets.FILES:
    print(name, found.address(name), len(found._read(name).content))
"""


def test_given_the_console_when_bundled_then_its_asset_runs_and_has_all_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(Path(sys.prefix) / "runtime-wheels"))
    assert PipBundling(asset_root(), CONSOLE_ASSET).try_bundle(str(tmp_path))

    done = subprocess.run(
        [sys.executable, "-c", ASSET_PROGRAM, str(tmp_path)],
        env={"PATH": "", "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    sizes = {line.split()[0]: int(line.split()[2]) for line in done.stdout.splitlines()}
    assert set(sizes) == {"htmx.js", "pico.css", "console.css", "icon.svg"}
    assert all(sizes.values())
    assert not [path for path in tmp_path.rglob("django") if path.is_dir() and path.parent == tmp_path]


def test_given_a_change_of_the_console_when_hashed_then_other_functions_stay(tmp_path: Path) -> None:
    for file in (
        "requirements.txt",
        "console-requirements.txt",
        *(f"{package}/module.py" for package in CONSOLE_ASSET.packages),
    ):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("")
    before = source_hash(tmp_path), source_hash(tmp_path, CONSOLE_ASSET)

    (tmp_path / "shift_sms_console" / "module.py").write_text("# changed\n")

    assert source_hash(tmp_path) == before[0]
    assert source_hash(tmp_path, CONSOLE_ASSET) != before[1]

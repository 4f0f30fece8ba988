"""Adds each construct to another team's stack."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from shift_sms import (
    CampaignLauncher,
    DeliveryEvents,
    DomainEvents,
    FillPlanner,
    InboundSmsProcessor,
    ManagerNotices,
    OperatorInbox,
    OptionalConnectCallback,
    OutboxSender,
    PinpointCampaignLauncher,
    ShiftReconciler,
    ShiftTables,
    SmsChannel,
)
from tests.support.synthesis import CONNECT, CONTEXT, PINPOINT, SynthesizedStack

RECONCILER_FUNCTIONS = {"detect_shift_changes", "reconcile_shift"}


LAUNCHER_FUNCTIONS = {
    "launch_campaign",
    "plan_campaign",
    "reconcile_campaign",
    "send_campaign",
    "summarize_campaign",
}


def channel(stack: cdk.Stack) -> SmsChannel:
    return SmsChannel(stack, "Sms", origination_identity="+14255550100")


def with_tables(stack: cdk.Stack, props: dict[str, Any]) -> dict[str, Any]:
    """Returns the props, with new tables unless the props contain tables."""
    return props if "tables" in props else {"tables": ShiftTables(stack, "Tables"), **props}


def with_outbox(stack: cdk.Stack, props: dict[str, Any]) -> dict[str, Any]:
    """Returns the props, with a new outbox, and with new tables unless the props contain tables."""
    if "outbox" in props:
        return props
    props = with_tables(stack, props)
    return {"outbox": OutboxSender(stack, "Outbox", channel=channel(stack), tables=props["tables"]), **props}


def add_channel(stack: cdk.Stack, **props: Any) -> SmsChannel:
    return SmsChannel(stack, "Sms", **props)


def add_tables(stack: cdk.Stack, **props: Any) -> ShiftTables:
    return ShiftTables(stack, "Tables", **props)


def add_launcher(stack: cdk.Stack, **props: Any) -> CampaignLauncher:
    return CampaignLauncher(stack, "Campaigns", channel=channel(stack), **with_tables(stack, props))


def add_outbox_sender(stack: cdk.Stack, **props: Any) -> OutboxSender:
    return OutboxSender(stack, "Outbox", channel=channel(stack), **with_tables(stack, props))


def add_delivery_events(stack: cdk.Stack, **props: Any) -> DeliveryEvents:
    return DeliveryEvents(stack, "Events", **with_tables(stack, props))


def add_domain_events(stack: cdk.Stack, **props: Any) -> DomainEvents:
    return DomainEvents(stack, "DomainEvents", **with_tables(stack, props))


def add_pinpoint_launcher(stack: cdk.Stack, **props: Any) -> PinpointCampaignLauncher:
    ids = {key: value for key, value in PINPOINT.items() if key != "campaign_engine"}
    return PinpointCampaignLauncher(stack, "Campaigns", **with_tables(stack, {**ids, **props}))


def add_processor(stack: cdk.Stack, **props: Any) -> InboundSmsProcessor:
    return InboundSmsProcessor(stack, "Inbound", **with_outbox(stack, props))


def add_callback(stack: cdk.Stack, **props: Any) -> OptionalConnectCallback:
    ids = {key: value for key, value in CONNECT.items() if key != "connect_enabled"}
    return OptionalConnectCallback(stack, "Callback", **with_outbox(stack, {**ids, **props}))


def add_reconciler(stack: cdk.Stack, **props: Any) -> ShiftReconciler:
    return ShiftReconciler(stack, "Reconciler", **with_outbox(stack, props))


def add_fill_planner(stack: cdk.Stack, **props: Any) -> FillPlanner:
    tables, sms = ShiftTables(stack, "Tables"), channel(stack)
    outbox = OutboxSender(stack, "Outbox", channel=sms, tables=tables)
    launcher = CampaignLauncher(stack, "Campaigns", channel=sms, tables=tables)
    reconciler = ShiftReconciler(stack, "Reconciler", outbox=outbox, tables=tables)
    return FillPlanner(stack, "Filling", tables=tables, launcher=launcher, reconciler=reconciler, **props)


def add_manager_notices(stack: cdk.Stack, **props: Any) -> ManagerNotices:
    with_all = with_outbox(stack, props)
    tables, outbox = with_all["tables"], with_all["outbox"]
    return ManagerNotices(
        stack,
        "ManagerNotices",
        reconciler=ShiftReconciler(stack, "Reconciler", tables=tables, outbox=outbox),
        **with_all,
    )


def add_operator_inbox(stack: cdk.Stack, **props: Any) -> OperatorInbox:
    return OperatorInbox(stack, "OperatorInbox", **with_outbox(stack, props))


def iam5_findings(build: Callable[[cdk.Stack], object], outdir: Path) -> list[str]:
    """Returns the wildcards that cdk-nag finds in the roles of a stack."""
    app = cdk.App(context={**CONTEXT, "aws:cdk:bundling-stacks": []}, outdir=str(outdir))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    build(cdk.Stack(app, "Theirs"))
    app.synth()
    reports = json.loads((outdir / "validation-report.json").read_text())["pluginReports"]
    return [
        violation["ruleName"]
        for report in reports
        for violation in report["violations"]
        if "IAM5" in violation["ruleName"]
    ]


def alarms_in(stack: cdk.Stack) -> int:
    return len(SynthesizedStack(stack).of_type("AWS::CloudWatch::Alarm"))


def key_permissions(found: SynthesizedStack, function: str) -> set[tuple[str, str]]:
    """Returns the permissions of a function on keys, as (action, resource)."""
    return {
        (action, json.dumps(statement["Resource"]))
        for statement in found.statements(function)
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
        if action.startswith("kms:")
    }


KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"

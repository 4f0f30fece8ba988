"""Checks of the account: its tier, its spend limit, and the resources of Amazon Connect."""

from collections.abc import Iterator
from decimal import Decimal

from shift_sms_operator.deployment import OperatorSettings
from shift_sms_operator.health.commands import AwsCommands
from shift_sms_operator.health.facts import ConnectResources, Spending
from shift_sms_operator.health.findings import Fault, Verdict

_LOW = Decimal("0.1")
"""The share of the spend limit below which the remainder is reported."""


def check_sandbox(tier: str, aws: AwsCommands) -> Verdict:
    """Checks that the account may text numbers that nobody has verified."""
    faults: tuple[Fault, ...] = ()
    if tier == "SANDBOX":
        faults = (
            Fault(
                "the account is in the SMS sandbox",
                "only 10 verified numbers can be texted; other employees get nothing",
                "request production access in the console of AWS End User Messaging SMS; until then: "
                + aws.sms("create-verified-destination-number --destination-phone-number NUMBER"),
            ),
        )
    return Verdict(f"the account tier is {tier}", faults)


def check_text_quota(quota: float | None, messages_per_second: int, aws: AwsCommands) -> Verdict:
    """Checks that the account may call SendTextMessage as often as the deployment does."""
    if quota is None:
        return Verdict.not_used("Service Quotas lists no quota of SendTextMessage")
    faults: tuple[Fault, ...] = ()
    if messages_per_second > quota:
        faults = (
            Fault(
                f"messages_per_second is {messages_per_second}, but the quota of SendTextMessage is {quota:g} a second",
                "AWS throttles the texts, so replies and campaigns are late",
                f"request a higher quota ({aws.quota_console()}), or set messages_per_second to {quota:g}, then:"
                f" {aws.deploy()}",
            ),
        )
    return Verdict(f"SendTextMessage may be called {quota:g} times a second", faults)


def check_spend_limit(spending: Spending, aws: AwsCommands) -> Verdict:
    """Checks that the monthly spend limit leaves something to spend."""
    limit, spent = spending.limit, spending.spent
    if spent is None:
        return Verdict.of(
            f"the limit is {limit} USD a month; what is spent is not known", _no_limit(spending, aws)
        )
    remainder = max(limit - spent, Decimal(0))
    faults: tuple[Fault, ...] = tuple(_no_limit(spending, aws))
    if not faults and remainder <= limit * _LOW:
        what = (
            f"the spend limit of {limit} USD a month is reached"
            if not remainder
            else f"{remainder:.2f} USD of the spend limit of {limit} USD are left this month"
        )
        why = "AWS refuses every text above the limit: replies wait and campaigns stop"
        faults = (Fault(what, why, _raise(spending, aws)),)
    return Verdict(f"{remainder:.2f} of {limit} USD are left this month", faults)


def _no_limit(spending: Spending, aws: AwsCommands) -> Iterator[Fault]:
    if spending.limit == 0:
        yield Fault("the spend limit is 0 USD a month", "AWS refuses every text", _raise(spending, aws))


def _raise(spending: Spending, aws: AwsCommands) -> str:
    if spending.limit < spending.max_limit:
        return aws.sms(f"set-text-message-spend-limit-override --monthly-limit {spending.max_limit}")
    return (
        "request a higher TextMessageMonthlySpend of AWS End User Messaging in Service Quotas "
        f"({aws.quota_console()}), then: {aws.sms('set-text-message-spend-limit-override --monthly-limit LIMIT')}"
    )


def check_connect(resources: ConnectResources, settings: OperatorSettings, aws: AwsCommands) -> Verdict:
    """Checks that the ids of Amazon Connect name resources that can place a call."""
    instance = settings.connect_instance_id
    return Verdict.of(f"instance {instance} can place calls", _connect_faults(resources, settings, aws))


def _connect_faults(
    resources: ConnectResources, settings: OperatorSettings, aws: AwsCommands
) -> Iterator[Fault]:
    why = "employees who text AGENT are not called"
    instance = settings.connect_instance_id

    def wrong_id(setting: str, value: str, listing: str) -> Fault:
        return Fault(
            f"{setting} {value} does not exist in the instance",
            why,
            f"correct {setting} and deploy; find it with: {aws.aws(listing)}",
        )

    if resources.instance_status is None:
        yield Fault(
            f"connect_instance_id {instance} does not exist in this account and region",
            why,
            f"correct connect_instance_id and deploy; find it with: {aws.aws('connect list-instances')}",
        )
        return
    if resources.instance_status != "ACTIVE":
        yield Fault(
            f"Connect instance {instance} is {resources.instance_status}",
            why,
            aws.aws(f"connect describe-instance --instance-id {instance}"),
        )
    flow, queue = settings.connect_contact_flow_id, settings.connect_queue_id
    if resources.flow_state is None:
        yield wrong_id(
            "connect_contact_flow_id", flow, f"connect list-contact-flows --instance-id {instance}"
        )
    elif resources.flow_state != "ACTIVE" or not resources.flow_published:
        state = resources.flow_state if resources.flow_state != "ACTIVE" else "not published"
        yield Fault(
            f"contact flow {flow} is {state.lower()}",
            why,
            f"publish it in the flow designer of instance {instance}",
        )
    if resources.queue_status is None:
        yield wrong_id("connect_queue_id", queue, f"connect list-queues --instance-id {instance}")
    elif resources.queue_status != "ENABLED":
        yield Fault(
            f"Connect queue {queue} is {resources.queue_status.lower()}",
            why,
            aws.aws(
                f"connect update-queue-status --instance-id {instance} --queue-id {queue} --status ENABLED"
            ),
        )
    if not resources.number_found:
        number = settings.connect_source_phone_number
        yield wrong_id(
            "connect_source_phone_number", number, f"connect list-phone-numbers-v2 --instance-id {instance}"
        )

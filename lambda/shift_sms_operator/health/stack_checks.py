"""Checks of what the stack made: its status, its topics, its dead letters and its alarms."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from shift_sms_operator.health.commands import AwsCommands
from shift_sms_operator.health.facts import DeadLetters, Stack, Topic
from shift_sms_operator.health.findings import Fault, Verdict

_ROLLED_BACK = frozenset({"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"})


def check_stack(stack: Stack, aws: AwsCommands) -> Verdict:
    """Checks that the last deployment succeeded."""
    return Verdict.of(f"{stack.name} is {stack.status}", _stack_faults(stack, aws))


def _stack_faults(stack: Stack, aws: AwsCommands) -> Iterator[Fault]:
    reason = f" ({stack.reason})" if stack.reason else ""
    events = aws.aws(f"cloudformation describe-stack-events --stack-name {stack.name}")
    if stack.status in _ROLLED_BACK:
        yield Fault(
            f"the last deployment of {stack.name} was rolled back{reason}",
            "the stack works with the settings of the deployment before",
            f"correct the cause ({events}), then: {aws.deploy()}",
        )
    elif stack.status.endswith("_IN_PROGRESS"):
        yield Fault(
            f"{stack.name} is being changed: {stack.status}",
            "what the other checks find may be about to change",
            f"wait, then run doctor again: {aws.shift_sms('doctor')}",
        )
    elif not stack.status.endswith("_COMPLETE") or stack.status.endswith("ROLLBACK_COMPLETE"):
        yield Fault(
            f"{stack.name} is {stack.status}{reason}",
            "resources may be missing or half changed",
            f"correct the cause ({events}), then: {aws.deploy()}",
        )


def check_topic_policies(topics: Mapping[str, tuple[Topic, str, str]], aws: AwsCommands) -> Verdict:
    """Checks that AWS services may publish to the topics of the stack, and that queues receive from them.

    Args:
        topics: By what the topic carries: the topic, the service that publishes, and the ARN that it publishes for.
        aws: Writes the commands.
    """
    return Verdict.of(
        f"{len(topics)} topics accept what AWS publishes",
        (fault for carries, parts in topics.items() for fault in _topic_faults(carries, *parts, aws)),
    )


def _topic_faults(
    carries: str, topic: Topic, service: str, source_arn: str, aws: AwsCommands
) -> Iterator[Fault]:
    why = f"{carries} are lost"
    if not topic.exists:
        yield Fault(f"the topic of {carries} does not exist: {topic.arn}", why, aws.deploy())
    elif not allows_publishing(topic.policy, topic.arn, service, source_arn):
        yield Fault(
            f"the policy of the topic of {carries} does not allow {service} to publish",
            why,
            "restore the policy: delete the changes made by hand, or change a setting, then: " + aws.deploy(),
        )


def allows_publishing(policy: Mapping[str, Any], topic_arn: str, service: str, source_arn: str) -> bool:
    """Returns whether a policy lets a service publish to a topic on behalf of a resource."""
    statements = policy.get("Statement", [])
    return any(
        statement.get("Effect") == "Allow"
        and service in _strings(_principal(statement).get("Service", []))
        and any(
            fnmatchcase("sns:publish", action.lower()) for action in _strings(statement.get("Action", []))
        )
        and any(fnmatchcase(topic_arn, resource) for resource in _strings(statement.get("Resource", [])))
        and _conditions_hold(statement.get("Condition", {}), source_arn)
        for statement in statements
    )


def _principal(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    principal = statement.get("Principal", {})
    return principal if isinstance(principal, Mapping) else {}


def _conditions_hold(conditions: Mapping[str, Mapping[str, Any]], source_arn: str) -> bool:
    given = {"aws:sourceaccount": source_arn.split(":")[4], "aws:sourcearn": source_arn}
    for operator, keys in conditions.items():
        for key, allowed in keys.items():
            value = given.get(key.lower())
            if value is None:
                return False
            match = _exactly if operator in ("StringEquals", "ArnEquals") else fnmatchcase
            if not any(match(value, pattern) for pattern in _strings(allowed)):
                return False
    return True


def _exactly(value: str, pattern: str) -> bool:
    return value == pattern


def _strings(value: object) -> Sequence[str]:
    return (
        [value] if isinstance(value, str) else [str(one) for one in value] if isinstance(value, list) else []
    )


def check_dead_letters(queues: Sequence[DeadLetters], aws: AwsCommands) -> Verdict:
    """Checks that no dead-letter queue keeps a message."""
    faults = tuple(
        Fault(
            f"the dead-letter queue {queue.queue} keeps {queue.messages} message{'s' if queue.messages != 1 else ''}",
            "what they ask for was not done, and SQS deletes them after 14 days",
            aws.shift_sms(f"queues show {queue.queue}"),
        )
        for queue in queues
        if queue.messages
    )
    return Verdict(f"{len(queues)} dead-letter queues are empty", faults)


def check_alarms(topic: Topic, aws: AwsCommands) -> Verdict:
    """Checks that the alarms reach a person."""
    confirmed = sum(one.confirmed for one in topic.subscriptions)
    return Verdict.of(
        f"alarms reach {confirmed} subscriber{'s' if confirmed != 1 else ''}",
        _alarm_faults(topic, confirmed, aws),
    )


def _alarm_faults(topic: Topic, confirmed: int, aws: AwsCommands) -> Iterator[Fault]:
    if confirmed:
        return
    waiting = len(topic.subscriptions)
    subscribe = aws.aws(
        f"sns subscribe --topic-arn {topic.arn} --protocol email --notification-endpoint you@example.com"
    )
    yield Fault(
        "alarms have no subscriber"
        + (
            f": {waiting} subscription{'s wait' if waiting != 1 else ' waits'} for confirmation"
            if waiting
            else ""
        ),
        "an alarm fires, and no person learns of it",
        f"confirm the mail from SNS, or: {subscribe}" if waiting else f"{subscribe}; then confirm the mail",
    )

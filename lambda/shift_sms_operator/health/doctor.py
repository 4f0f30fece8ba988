"""Examines a deployment: reads the facts once, and judges them with every check."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, wait
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from shift_sms_operator.deployment import Deployment
from shift_sms_operator.health import account_checks, number_checks, stack_checks
from shift_sms_operator.health.commands import AwsCommands
from shift_sms_operator.health.findings import Finding, FindingStatus, HealthReport, Verdict
from shift_sms_operator.health.reads import begin, once
from shift_sms_runtime.aws.failures import AWS_FAILURES, failed_call
from shift_sms_runtime.language.lexicon import WordClass
from shift_sms_runtime.language.locale_files import lexicons
from shift_sms_runtime.messaging.ports import Clock

if TYPE_CHECKING:
    from shift_sms_operator.health.account_reader import AccountReader, ConnectReader
    from shift_sms_operator.health.facts import FiringAlarm, Sender, Topic
    from shift_sms_operator.health.number_reader import NumberReader
    from shift_sms_operator.health.stack_reader import StackReader

_COMMANDS = (
    WordClass.LIST,
    WordClass.MORE,
    WordClass.MINE,
    WordClass.DROP,
    WordClass.WAIT,
    WordClass.INFO,
    WordClass.AGENT,
    WordClass.YES,
    WordClass.NO,
)
"""The classes of words that are commands."""
_ALARMS = "firing-alarms"
_NOT_CHECKED = "what this check is about may be wrong"


class Doctor:
    """Checks a deployment. It reads only."""

    def __init__(
        self,
        deployment: Deployment,
        *,
        numbers: "NumberReader",
        account: "AccountReader",
        connect: "ConnectReader",
        stack: "StackReader",
        clock: Clock,
    ) -> None:
        """Takes the deployment, and the readers of what AWS knows of it."""
        self._deployment = deployment
        self._settings = deployment.settings
        self._numbers = numbers
        self._account = account
        self._connect = connect
        self._stack = stack
        self._clock = clock
        self._aws = AwsCommands(
            region=deployment.inbound_topic_arn.split(":")[3], environment=deployment.settings.environment
        )

    def examine(self) -> tuple[Finding, ...]:
        """Makes every check, all at the same time. One that cannot read what it needs has the status `unreadable`."""
        return _results(self._begin_checks())

    def report(self, *, seconds: float) -> HealthReport:
        """Makes every check, and reads the alarms that fire. Ends in time.

        Args:
            seconds: The most time that it takes. What is not read by then is `unreadable`.
        """
        checks = self._begin_checks()
        firing = begin(self._firing_alarms)
        under_way: set[Future[Any]] = {*checks.values(), firing}
        wait(under_way, timeout=seconds)
        alarms, unread = firing.result() if firing.done() else (None, _too_late(_ALARMS, seconds))
        return HealthReport(_results(checks, seconds) + unread, alarms)

    def _begin_checks(self) -> "dict[str, Future[tuple[Finding, ...]]]":
        return {name: begin(partial(_findings, name, check)) for name, check in self._checks().items()}

    def _firing_alarms(self) -> "tuple[tuple[FiringAlarm, ...] | None, tuple[Finding, ...]]":
        """Returns the alarms of the deployment that fire. They are no findings, unless they cannot be read."""
        try:
            return tuple(self._account.firing_alarms(self._settings.stack_name)), ()
        except AWS_FAILURES as failure:
            return None, _denied(_ALARMS, failure)

    def _checks(self) -> dict[str, Callable[[], Verdict]]:
        settings, aws, stack, numbers = self._settings, self._aws, self._stack, self._numbers
        sender = once(numbers.sender)

        def topic_policies() -> Verdict:
            return stack_checks.check_topic_policies(self._topics(sender()), aws)

        return {
            "stack": lambda: stack_checks.check_stack(stack.stack(), aws),
            "number": lambda: number_checks.check_number(sender(), aws),
            "two-way": lambda: number_checks.check_two_way(sender(), self._deployment.inbound_topic_arn, aws),
            "opt-outs": lambda: number_checks.check_opt_outs(
                sender(), self_managed=settings.self_managed_opt_outs, aws=aws
            ),
            "keywords": lambda: number_checks.check_keywords(
                sender(),
                numbers.keywords(sender()),
                _commands(settings.vocabulary),
                self_managed=settings.self_managed_opt_outs,
                aws=aws,
            ),
            "registration": lambda: number_checks.check_registration(
                sender(), numbers.registrations(sender()), aws
            ),
            "rate": lambda: number_checks.check_rate(sender(), settings.messages_per_second, aws),
            "daily-caps": lambda: number_checks.check_daily_caps(
                sender(), lambda: self._account.employees(self._deployment.employees_table_name)
            ),
            "text-quota": lambda: account_checks.check_text_quota(
                self._account.text_quota(), settings.messages_per_second, aws
            ),
            "spend-limit": lambda: account_checks.check_spend_limit(
                self._account.spending(self._clock()), aws
            ),
            "sandbox": lambda: account_checks.check_sandbox(self._account.tier(), aws),
            "connect": self._check_connect,
            "topic-policies": topic_policies,
            "dead-letters": lambda: stack_checks.check_dead_letters(
                stack.dead_letters(self._deployment.queues), aws
            ),
            "alarms": lambda: stack_checks.check_alarms(
                stack.subscribers(self._deployment.alarm_topic_arn), aws
            ),
        }

    def _check_connect(self) -> Verdict:
        if not self._settings.connect_enabled:
            return Verdict.not_used("connect_enabled is off")
        return account_checks.check_connect(self._connect.resources(), self._settings, self._aws)

    def _topics(self, sender: "Sender") -> "dict[str, tuple[Topic, str, str]]":
        """Returns the topics that AWS services publish to: what they carry, the service, and for what it publishes."""
        deployment = self._deployment
        topics = {
            "alarms": (deployment.alarm_topic_arn, "cloudwatch.amazonaws.com", "cloudwatch", "alarm:any")
        }
        # A number with a role publishes with the permissions of the role.
        if sender.exists and sender.settings.channel_role is None:
            kind = "pool" if sender.pool else "phone-number"
            topics["inbound texts"] = (
                deployment.inbound_topic_arn,
                "sms-voice.amazonaws.com",
                "sms-voice",
                f"{kind}/{sender.resource_id}",
            )
        if deployment.delivery_events_topic_arn:
            topics["delivery events"] = (
                deployment.delivery_events_topic_arn,
                "sms-voice.amazonaws.com",
                "sms-voice",
                f"configuration-set/{self._settings.configuration_set_name}",
            )
        found = {}
        for carries, (arn, service, namespace, resource) in topics.items():
            partition, region, account = (arn.split(":")[part] for part in (1, 3, 4))
            source = f"arn:{partition}:{namespace}:{region}:{account}:{resource}"
            found[carries] = (self._stack.topic(arn), service, source)
        return found


def _results(
    checks: "Mapping[str, Future[tuple[Finding, ...]]]", seconds: float | None = None
) -> tuple[Finding, ...]:
    """Returns the findings in the order of the checks. Waits for them unless there is a limit, which has passed."""
    found: list[Finding] = []
    for name, check in checks.items():
        found += check.result() if seconds is None or check.done() else _too_late(name, seconds)
    return tuple(found)


def _findings(name: str, check: Callable[[], Verdict]) -> tuple[Finding, ...]:
    try:
        return tuple(check().findings(name))
    except AWS_FAILURES as failure:
        return _denied(name, failure)


def _denied(name: str, failure: Exception) -> tuple[Finding, ...]:
    remedy = "let the role that examines read it (see docs/command-line/doctor.md), then examine again"
    return _unreadable(name, failed_call(failure), remedy)


def _too_late(name: str, seconds: float) -> tuple[Finding, ...]:
    why = f"AWS did not answer within {seconds:g} seconds"
    return _unreadable(name, why, "examine again, or run shift-sms doctor, which waits longer")


def _unreadable(name: str, why: str, remedy: str) -> tuple[Finding, ...]:
    return (Finding(name, FindingStatus.UNREADABLE, f"not checked: {why}", _NOT_CHECKED, remedy),)


@cache
def _commands(vocabulary: str) -> Collection[str]:
    """Returns the single words, in all languages, that are commands in inbound texts."""
    return frozenset(
        word
        for lexicon in lexicons(vocabulary)
        for kind in _COMMANDS
        for word in lexicon.words[kind]
        if word.isalpha()
    )

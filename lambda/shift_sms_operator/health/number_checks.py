"""Checks of the phone number or pool that the deployment texts from."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from shift_sms_operator.health.commands import AwsCommands
from shift_sms_operator.health.facts import Keyword, PhoneNumber, Registration, Sender
from shift_sms_operator.health.findings import Fault, Verdict
from shift_sms_runtime.language.carrier_keywords import CARRIER_KEYWORDS

_ACTIVE, _SMS, _OPT_OUT, _COMPLETE = "ACTIVE", "SMS", "OPT_OUT", "COMPLETE"
_REGISTERED_TYPES = frozenset({"TOLL_FREE", "TEN_DLC"})
"""Types of number that must be registered before they can send, in the United States."""
_SHOWN = 3
"""Commands that a fault names."""
_NO_NUMBER = "there is no number to check"


def check_number(sender: Sender, aws: AwsCommands) -> Verdict:
    """Checks that the number or pool exists and can send texts."""
    if not sender.exists:
        return Verdict.of(sender.configured, _missing(sender, aws))
    return Verdict.of(f"{sender.name} is active", _unusable(sender, aws))


def _missing(sender: Sender, aws: AwsCommands) -> Iterator[Fault]:
    if sender.pool:
        yield Fault(
            f"pool {sender.pool.pool_id} has no phone number",
            "no text can be sent or received",
            aws.sms(
                f"associate-origination-identity --pool-id {sender.pool.pool_id}"
                " --origination-identity PHONE_NUMBER_ID --iso-country-code US"
            ),
        )
        return
    yield Fault(
        f"origination_identity {sender.configured} is no number or pool of this account and region",
        "no text can be sent or received",
        f"find it with: {aws.sms('describe-phone-numbers')}; then correct origination_identity and deploy",
    )


def _unusable(sender: Sender, aws: AwsCommands) -> Iterator[Fault]:
    if sender.pool and sender.pool.status != _ACTIVE:
        yield Fault(
            f"pool {sender.pool.pool_id} is {sender.pool.status}",
            "texts cannot be sent from it",
            f"wait until it is ACTIVE: {aws.sms(f'describe-pools --pool-ids {sender.pool.pool_id}')}",
        )
    for number in sender.numbers:
        described = aws.sms(f"describe-phone-numbers --phone-number-ids {number.phone_number_id}")
        if number.status != _ACTIVE:
            yield Fault(
                f"phone number {number.phone_number_id} is {number.status}",
                "texts cannot be sent from it",
                f"wait until it is ACTIVE, or complete its registration: {described}",
            )
        if _SMS not in number.capabilities:
            yield Fault(
                f"phone number {number.phone_number_id} cannot send texts: it has {', '.join(number.capabilities)}",
                "texts cannot be sent from it",
                f"use a number with the capability SMS as origination_identity, and deploy: {described}",
            )


def check_two_way(sender: Sender, topic_arn: str, aws: AwsCommands) -> Verdict:
    """Checks that inbound texts are published to the topic of this deployment."""
    if not sender.exists:
        return Verdict.not_used(_NO_NUMBER)
    settings = sender.settings
    fix = aws.update(sender, f"--two-way-enabled --two-way-channel-arn {topic_arn}")
    why = "texts of employees do not reach this deployment, so no employee gets a reply"
    faults = []
    if not settings.two_way:
        faults.append(Fault(f"two-way SMS is off for {sender.name}", why, fix))
    elif settings.channel_arn != topic_arn:
        goes_to = settings.channel_arn or "no topic"
        faults.append(Fault(f"inbound texts of {sender.name} go to {goes_to}", why, fix))
    return Verdict(f"inbound texts of {sender.name} go to {topic_arn}", tuple(faults))


def check_opt_outs(sender: Sender, *, self_managed: bool, aws: AwsCommands) -> Verdict:
    """Checks that AWS and this deployment agree on who handles STOP, and that a pool has one opt-out list."""
    if not sender.exists:
        return Verdict.not_used(_NO_NUMBER)
    handler = "this system" if self_managed else "AWS"
    return Verdict.of(f"{handler} handles STOP and HELP", _opt_out_faults(sender, self_managed, aws))


def _opt_out_faults(sender: Sender, self_managed: bool, aws: AwsCommands) -> Iterator[Fault]:
    if sender.settings.self_managed_opt_outs != self_managed:
        flag = "--self-managed-opt-outs-enabled" if self_managed else "--no-self-managed-opt-outs-enabled"
        if self_managed:
            what = f"self_managed_opt_outs is on, but AWS handles STOP for {sender.name}"
            why = "this system never sees STOP, START and HELP"
        else:
            what = f"AWS leaves STOP to this system for {sender.name}, but self_managed_opt_outs is off"
            why = "an employee who texts STOP gets no confirmation"
        yield Fault(what, why, f"{aws.update(sender, flag)}; or change self_managed_opt_outs and deploy")
    if sender.pool is None:
        return
    for number in sender.numbers:
        if number.settings.opt_out_list != sender.pool.settings.opt_out_list:
            yield Fault(
                f"phone number {number.phone_number_id} has the opt-out list {number.settings.opt_out_list},"
                f" and its pool {sender.pool.settings.opt_out_list}",
                "an employee who texts STOP may still be texted",
                aws.update(sender, f"--opt-out-list-name {number.settings.opt_out_list}"),
            )


def check_keywords(
    sender: Sender,
    keywords: Sequence[Keyword],
    commands: Collection[str],
    *,
    self_managed: bool,
    aws: AwsCommands,
) -> Verdict:
    """Checks that STOP opts out, and that AWS acts on no text that is a command of this system.

    Once a number is in a pool, the keywords of the pool apply.
    """
    if not sender.exists:
        return Verdict.not_used(_NO_NUMBER)
    return Verdict.of(
        f"no keyword of {sender.name} is a command",
        _keyword_faults(sender, keywords, commands, self_managed, aws),
    )


def _keyword_faults(
    sender: Sender,
    keywords: Sequence[Keyword],
    commands: Collection[str],
    self_managed: bool,
    aws: AwsCommands,
) -> Iterator[Fault]:
    by_word = {keyword.word.upper(): keyword for keyword in keywords}
    stop = by_word.get("STOP")
    if not self_managed and (stop is None or stop.action != _OPT_OUT):
        found = f"has the action {stop.action}" if stop else "is missing"
        yield Fault(
            f"the keyword STOP of {sender.name} {found}",
            "an employee cannot opt out, which carriers and laws demand",
            aws.sms(
                f"put-keyword --origination-identity {sender.resource_id} --keyword STOP"
                ' --keyword-action OPT_OUT --keyword-message "You have opted out"'
            ),
        )
    for word in sorted(by_word.keys() - CARRIER_KEYWORDS):
        # AWS acts on a text that begins with the keyword.
        # https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
        taken = sorted(command for command in commands if command.startswith(word))
        if taken:
            action = by_word[word].action
            effect = "opts the employee out" if action == _OPT_OUT else "sends a reply of its own"
            yield Fault(
                f"{sender.name} has the keyword {word}, and employees text {', '.join(taken[:_SHOWN])}",
                f"AWS {effect} when an employee texts the command",
                aws.sms(f'delete-keyword --origination-identity {sender.resource_id} --keyword "{word}"'),
            )


def check_registration(sender: Sender, registrations: Sequence[Registration], aws: AwsCommands) -> Verdict:
    """Checks that the numbers are registered where carriers demand it."""
    if not sender.exists:
        return Verdict.not_used(_NO_NUMBER)
    if not registrations and not any(map(_must_register, sender.numbers)):
        return Verdict.not_used(f"AWS names no registration for {sender.name}")
    return Verdict.of(
        f"{sender.name} is registered",
        _registration_faults(sender, {one.registration_id: one for one in registrations}, aws),
    )


def _must_register(number: PhoneNumber) -> bool:
    return number.country == "US" and number.number_type in _REGISTERED_TYPES


def _registration_faults(
    sender: Sender, registrations: Mapping[str, Registration], aws: AwsCommands
) -> Iterator[Fault]:
    why = "carriers refuse or filter the texts of a number that is not registered"
    for number in sender.numbers:
        if number.registration_id is None:
            if _must_register(number):
                yield Fault(
                    f"phone number {number.phone_number_id} ({number.number_type}) has no registration",
                    why,
                    "register it in the console of AWS End User Messaging SMS, under Registrations",
                )
            continue
        registration = registrations.get(number.registration_id)
        status = registration.status if registration else "missing"
        if status != _COMPLETE:
            yield Fault(
                f"registration {number.registration_id} of phone number {number.phone_number_id} is {status}",
                why,
                aws.sms(f"describe-registration-versions --registration-id {number.registration_id}"),
            )


def check_rate(sender: Sender, messages_per_second: int, aws: AwsCommands) -> Verdict:
    """Checks that the deployment does not send faster than its numbers may together."""
    if not sender.exists:
        return Verdict.not_used(_NO_NUMBER)
    rates = [number.texts_per_second for number in sender.numbers if number.texts_per_second is not None]
    if not rates:
        return Verdict.not_used(f"AWS tells no rate of {sender.name}")
    faults: tuple[Fault, ...] = ()
    if messages_per_second > sum(rates):
        faults = (
            Fault(
                f"messages_per_second is {messages_per_second}, but {sender.name} sends {sum(rates)}",
                "AWS throttles the texts, so replies and campaigns are late",
                f"set messages_per_second to {sum(rates)} in cdk.json, then: {aws.deploy()}",
            ),
        )
    return Verdict(
        f"messages_per_second is {messages_per_second}, and {sender.name} sends {sum(rates)}", faults
    )


def check_daily_caps(sender: Sender, count_employees: Callable[[], int]) -> Verdict:
    """Checks that a campaign to every employee stays below the daily caps of carriers."""
    if not sender.exists:
        return Verdict.not_used(_NO_NUMBER)
    caps: dict[str, int] = {}
    for number in sender.numbers:
        for carrier, cap in number.daily_caps.items():
            caps[carrier] = min(cap, caps.get(carrier, cap))
    if not caps:
        return Verdict.not_used(f"{sender.name} has no daily cap")
    employees = count_employees()
    faults = tuple(
        Fault(
            f"{carrier} takes {cap} texts a day from {sender.name}, and there are {employees} employees",
            f"a campaign to all of them does not reach every customer of {carrier} on one day",
            "split the campaign by segment over several days, or raise the trust score of the brand (10DLC vetting)",
        )
        for carrier, cap in sorted(caps.items())
        if cap < employees
    )
    return Verdict(
        "daily caps: " + ", ".join(f"{carrier} {cap}" for carrier, cap in sorted(caps.items())), faults
    )

"""Reads the settings of an environment from `cdk.json` and the command line.

One error lists every wrong setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from shift_sms.building_blocks.validators import (
    APPROVED_NUMBERS,
    AUDIT_RETENTION_DAYS,
    CALLS_PER_DAY,
    CLAIM,
    CONFIGURATION_SET_NAME,
    CONNECT_ID,
    DOMAIN_PREFIX,
    DROP_CUTOFF_HOURS,
    EMAIL,
    EMERGENCY_REPLY,
    FILL_CONTACT_RETENTION_DAYS,
    FILL_ORDER,
    FILL_TARGET_MINUTES,
    FILL_WAVE_MINUTES,
    FILL_WAVE_SIZE,
    HOURS_PER_WEEK,
    INBOUND_TEXTS_PER_SECOND,
    LANGUAGE,
    MESSAGES_PER_SECOND,
    MINIMUM_REST_HOURS,
    OFFER_MINUTES,
    OIDC_CLIENT_ID,
    OIDC_ISSUER,
    ORIGINATION_IDENTITY,
    PHONE_NUMBER,
    PINPOINT_ID,
    QUIET_HOURS,
    REMINDER_HOURS,
    SECRET_ARN,
    SEGMENT,
    SHIFT_RETENTION_DAYS,
    SICK_CALLS,
    STRANGER_REPLY,
    TEXTS_PER_HOUR,
    TEXTS_PER_PERSON_PER_DAY,
    TIME_ZONE,
    UNFILLED_NOTICE_HOURS,
    VOCABULARY,
    Validator,
    one_of,
)
from shift_sms.settings_reader import (
    YES_OR_NO,
    SettingsError,
    SettingsReader,
    misspelled_overrides,
    settings_of,
    unknown_keys,
)
from shift_sms_runtime.environment import (
    DEFAULT_SEGMENT,
    BookingPolicy,
    FillOrder,
    Language,
    LanguageSettings,
    SickCalls,
    StrangerReply,
    Vocabulary,
    is_fictional,
)


class CampaignEngine(StrEnum):
    """What sends campaigns."""

    END_USER_MESSAGING = "end-user-messaging"
    PINPOINT = "pinpoint"


class TableRemoval(StrEnum):
    """What happens to the tables when the stack is deleted."""

    RETAIN = "retain"
    DESTROY = "destroy"


_ENGINE = one_of(CampaignEngine)
_REMOVAL = one_of(TableRemoval)


@dataclass(frozen=True)
class Settings:
    """The settings of one environment. Ids of a feature that is off are empty."""

    environment: str
    """Its name in `cdk.json`."""
    origination_identity: str
    """Phone number or pool that campaigns are sent from; an id gives the narrowest permissions.

    It must be in the stack's account and region. A sender ID is not allowed, because employees cannot reply
    to it.
    """
    messages_per_second: int = 1
    """What the origination identity may send, in message parts per second.

    A text of two parts counts twice.
    """
    configuration_set_name: str | None = None
    """An existing configuration set to send campaigns with.

    Its owner publishes its delivery events to `DeliveryEventsTopicArn`. By default the stack makes one.
    """
    campaign_engine: CampaignEngine = CampaignEngine.END_USER_MESSAGING
    """What sends campaigns. AWS retired the campaigns of Amazon Pinpoint on 2026-10-30."""
    pinpoint_application_id: str = ""
    """Id of the Pinpoint project."""
    pinpoint_segment_id: str = ""
    """Id of the segment that every Pinpoint campaign is sent to."""
    default_segment: str = DEFAULT_SEGMENT
    """Segment of a campaign or a fill plan that names none."""
    campaign_opt_out_hint: bool = False
    """Whether campaign texts say how to opt out: "STOP to end texts".

    The words are in the language of each recipient.
    """
    keep_typography: bool = False
    """Whether campaigns keep curly quotes, long dashes and the like.

    By default plain characters replace them. A text with such a character has 70 characters per message part
    instead of 160.
    """
    approved_numbers: tuple[str, ...] = ()
    """Phone numbers that may text, besides those of the Employees table."""
    connect_enabled: bool = False
    """Whether employees can ask for a call with AGENT."""
    connect_instance_id: str = ""
    """Id of the Connect instance."""
    connect_contact_flow_id: str = ""
    """Id of the contact flow that runs the call."""
    connect_queue_id: str = ""
    """Id of the queue whose agents take the call."""
    connect_source_phone_number: str = ""
    """Phone number of the Connect instance that it calls from."""
    stranger_reply: StrangerReply = StrangerReply.SILENT
    """Reply to a number that is not approved: none, or one per day (UTC)."""
    self_managed_opt_outs: bool = False
    """Whether this system handles STOP, START and HELP.

    Must equal `SelfManagedOptOutsEnabled` of the phone number.
    """
    emergency_reply: str | None = None
    """Reply to a text that reports an emergency.

    By default a sentence in the employee's language says to call 911 or 112, and that the text is marked as
    urgent.
    """
    inbound_texts_per_second: int = 100
    """Texts of all numbers that are handled per second.

    One execution handles five; more texts wait in the queue.
    """
    snap_start: bool = False
    """Whether inbound texts are handled with Lambda SnapStart.

    It shortens cold starts and lengthens deployments. AWS charges for the snapshot.
    """
    vocabulary: Vocabulary = LanguageSettings.vocabulary
    """What employees book. It selects the words of inbound texts and replies."""
    default_language: Language = LanguageSettings.default_language
    """Language of campaigns, and of employees who have no `language` or an unknown one."""
    timezone: str = BookingPolicy.timezone
    """Time zone of shifts that name none: for times without an offset, and for days and weeks."""
    minimum_rest_hours: float = BookingPolicy.minimum_rest_hours
    """Least rest between two shifts of one employee; 0 sets no limit."""
    hours_per_week: float = BookingPolicy.hours_per_week
    """Most hours that one employee may book from Monday to Sunday; 0 sets no limit."""
    drop_cutoff_hours: float = BookingPolicy.drop_cutoff_hours
    """How long before its start an employee can last drop a shift by text."""
    offer_minutes: int = BookingPolicy.offer_minutes
    """How long an offer holds a freed seat for the next employee on the waiting list."""
    reminder_hours: float = BookingPolicy.reminder_hours
    """How long before its start employees are reminded of a shift; 0 sends no reminder."""
    unfilled_notice_hours: float = BookingPolicy.unfilled_notice_hours
    """How long before its start managers are told of a shift with a free seat; 0 sends no such notice."""
    sick_calls: SickCalls = BookingPolicy.sick_calls
    """What a sick call by text does after `drop_cutoff_hours`: `refill` or `inform`.

    `refill` frees the seat and starts an urgent fill plan, as before the cut-off. `inform` keeps the booking.
    """
    quiet_hours: str = BookingPolicy.quiet_hours
    """When employees are not texted, in their time zones, such as `21:00-08:00`. By default there are none.

    Campaigns, fill plans, offers, reminders and notices to managers wait until they end. Replies are always sent.
    """
    urgent_overrides_quiet_hours: bool = False
    """Whether fill plans with `fill_urgent` text employees in quiet hours, too.

    So do the notices to managers that such a shift is not filled, or that its employee is sick.
    """
    shift_retention_days: int = 90
    """How many days after its end a shift is deleted, at least 14; 0 keeps shifts.

    One without a start is kept.
    """
    audit_retention_days: int = 400
    """How many days the audit trail keeps what operators changed; 0 keeps it."""
    fill_order: FillOrder = BookingPolicy.fill_order
    """Who is texted first by fill plans whose shifts have no `fill_order`, and by those that sick calls start."""
    fill_wave_size: int | None = BookingPolicy.fill_wave_size
    """The people of a wave of fill plans whose shifts have no `fill_wave_size`."""
    fill_wave_minutes: float | None = BookingPolicy.fill_wave_minutes
    """The minutes between waves of fill plans whose shifts have no `fill_wave_minutes`."""
    texts_per_person_per_day: int = 3
    """Most texts of fill plans per employee and day, in the employee's time zone; 0 sets no limit."""
    fill_target_minutes: int = 15
    """Fill plans with `auto` size their waves so that half of them are filled within this time."""
    fill_contact_retention_days: int = 365
    """How many days the fill plans, their waves and contacts are kept, at least 30."""
    texts_per_hour: int = 30
    """Texts that are handled per number and clock hour; 0 sets no limit."""
    calls_per_day: int = 3
    """Calls per employee and day (UTC); 0 sets no limit."""
    domain_events_enabled: bool = False
    """Whether other systems receive domain events from an EventBridge bus."""
    console_enabled: bool = False
    """Whether operators have a console in the browser."""
    console_domain_prefix: str | None = None
    """First part of the domain of the console's sign-in page, unique in the Region. By default the name of the stack
    and the number of the account."""
    console_oidc_issuer: str | None = None
    """Address of the OpenID provider that operators sign in with. By default a user pool of the console."""
    console_oidc_client_id: str = ""
    """Id of the console's client at that provider."""
    console_oidc_client_secret_arn: str | None = None
    """ARN of the secret in Secrets Manager that has the client's secret. By default the client is public."""
    console_oidc_group_claim: str = "groups"
    """Claim of that provider's ID tokens that lists groups: `viewer` reads, `manager` also changes."""
    alarm_email: str | None = None
    """Address that alarms are mailed to, after its owner confirmed the mail from SNS.

    Without one, synthesis warns.
    """
    removal_policy: TableRemoval = TableRemoval.RETAIN
    """What happens to the tables when the stack is deleted. A rollback of the first
    deployment always deletes them."""

    @property
    def booking_policy(self) -> BookingPolicy:
        """What bookings must comply with."""
        return BookingPolicy.of(self)

    @property
    def language(self) -> LanguageSettings:
        """The vocabulary and the default language."""
        return LanguageSettings(vocabulary=self.vocabulary, default_language=self.default_language)

    def for_operators(self) -> Mapping[str, object]:
        """Returns the settings that operators' programs read from the stack's output `OperatorSettings`.

        Outputs are visible to more people than the tables are, so that phone numbers of employees are only counted.
        """
        return {
            **{name: getattr(self, name) for name in _FOR_OPERATORS},
            "approved_numbers": len(self.approved_numbers),
        }

    @property
    def warnings(self) -> Mapping[str, str]:
        """Warnings about settings that deploy but do not work as they are.

        The keys are the ids that acknowledge them.
        """
        numbers = (self.origination_identity, self.connect_source_phone_number, *self.approved_numbers)
        fictional = [number for number in numbers if is_fictional(number)]
        warnings = {}
        if fictional:
            warnings["shift-sms:fictionalNumbers"] = (
                f"{', '.join(fictional)}: numbers with 555-01xx are fictional and reach no phone; "
                f"give environment {self.environment!r} numbers of your own in cdk.json"
            )
        if self.alarm_email is None:
            warnings["shift-sms:noAlarmEmail"] = (
                f"alarm_email is not set for environment {self.environment!r}: alarms reach only "
                "the subscribers of the alarm topic"
            )
        if self.campaign_engine is CampaignEngine.PINPOINT:
            warnings["shift-sms:pinpointRetired"] = (
                "AWS retired the campaigns of Amazon Pinpoint on 2026-10-30; "
                f"campaign_engine {CampaignEngine.END_USER_MESSAGING.value!r} replaces them"
            )
        return warnings

    @classmethod
    def parse(
        cls,
        environment: str,
        *,
        environments: object,
        context: Mapping[str, object],
    ) -> "Settings":
        """Reads the settings of an environment.

        Args:
            environment: Its name.
            environments: The context value `environments` of `cdk.json`, settings by the name of the environment.
            context: The context. A setting in it, such as `-c key=value`, overrides that of the environment.

        Raises:
            SettingsError: settings are missing, wrong or unknown.
        """
        configured = settings_of(environment, environments)
        overrides = {key: value for key, value in context.items() if key in SETTING_KEYS}
        reader = SettingsReader({**configured, **overrides})
        settings = cls._read(environment, reader)
        problems = [
            *reader.problems,
            *unknown_keys(configured, SETTING_KEYS),
            *misspelled_overrides(context, SETTING_KEYS),
        ]
        if problems:
            raise SettingsError(environment, problems)
        return settings

    @classmethod
    def _read(cls, environment: str, reader: SettingsReader) -> "Settings":
        engine = reader.optional("campaign_engine", _ENGINE, CampaignEngine.END_USER_MESSAGING)
        connect_enabled = reader.optional("connect_enabled", YES_OR_NO, False)

        def pinpoint_id(key: str) -> str:
            if engine is not CampaignEngine.PINPOINT:
                return ""
            return reader.required(key, PINPOINT_ID, "", why="required by the pinpoint engine")

        def connect_setting(key: str, validator: Validator[str]) -> str:
            return (
                reader.required(key, validator, "", why="required with connect_enabled")
                if connect_enabled
                else ""
            )

        issuer = reader.optional("console_oidc_issuer", OIDC_ISSUER, None)
        client_id = (
            reader.required(
                "console_oidc_client_id", OIDC_CLIENT_ID, "", why="required with console_oidc_issuer"
            )
            if issuer
            else ""
        )
        return cls(
            environment=environment,
            origination_identity=reader.required("origination_identity", ORIGINATION_IDENTITY, ""),
            messages_per_second=reader.optional("messages_per_second", MESSAGES_PER_SECOND, 1),
            campaign_engine=engine,
            pinpoint_application_id=pinpoint_id("pinpoint_application_id"),
            pinpoint_segment_id=pinpoint_id("pinpoint_segment_id"),
            default_segment=reader.optional("default_segment", SEGMENT, cls.default_segment),
            campaign_opt_out_hint=reader.optional("campaign_opt_out_hint", YES_OR_NO, False),
            keep_typography=reader.optional("keep_typography", YES_OR_NO, False),
            approved_numbers=reader.optional("approved_numbers", APPROVED_NUMBERS, ()),
            connect_enabled=connect_enabled,
            connect_instance_id=connect_setting("connect_instance_id", CONNECT_ID),
            connect_contact_flow_id=connect_setting("connect_contact_flow_id", CONNECT_ID),
            connect_queue_id=connect_setting("connect_queue_id", CONNECT_ID),
            connect_source_phone_number=connect_setting("connect_source_phone_number", PHONE_NUMBER),
            stranger_reply=reader.optional("stranger_reply", STRANGER_REPLY, StrangerReply.SILENT),
            self_managed_opt_outs=reader.optional("self_managed_opt_outs", YES_OR_NO, False),
            emergency_reply=reader.optional("emergency_reply", EMERGENCY_REPLY, None),
            inbound_texts_per_second=reader.optional(
                "inbound_texts_per_second", INBOUND_TEXTS_PER_SECOND, cls.inbound_texts_per_second
            ),
            snap_start=reader.optional("snap_start", YES_OR_NO, False),
            vocabulary=reader.optional("vocabulary", VOCABULARY, cls.vocabulary),
            default_language=reader.optional("default_language", LANGUAGE, cls.default_language),
            timezone=reader.optional("timezone", TIME_ZONE, cls.timezone),
            minimum_rest_hours=reader.optional(
                "minimum_rest_hours", MINIMUM_REST_HOURS, cls.minimum_rest_hours
            ),
            hours_per_week=reader.optional("hours_per_week", HOURS_PER_WEEK, cls.hours_per_week),
            drop_cutoff_hours=reader.optional("drop_cutoff_hours", DROP_CUTOFF_HOURS, cls.drop_cutoff_hours),
            offer_minutes=reader.optional("offer_minutes", OFFER_MINUTES, cls.offer_minutes),
            reminder_hours=reader.optional("reminder_hours", REMINDER_HOURS, cls.reminder_hours),
            unfilled_notice_hours=reader.optional(
                "unfilled_notice_hours", UNFILLED_NOTICE_HOURS, cls.unfilled_notice_hours
            ),
            sick_calls=reader.optional("sick_calls", SICK_CALLS, cls.sick_calls),
            quiet_hours=reader.optional("quiet_hours", QUIET_HOURS, cls.quiet_hours),
            urgent_overrides_quiet_hours=reader.optional("urgent_overrides_quiet_hours", YES_OR_NO, False),
            shift_retention_days=reader.optional(
                "shift_retention_days", SHIFT_RETENTION_DAYS, cls.shift_retention_days
            ),
            audit_retention_days=reader.optional(
                "audit_retention_days", AUDIT_RETENTION_DAYS, cls.audit_retention_days
            ),
            fill_order=reader.optional("fill_order", FILL_ORDER, cls.fill_order),
            fill_wave_size=reader.optional("fill_wave_size", FILL_WAVE_SIZE, cls.fill_wave_size),
            fill_wave_minutes=reader.optional("fill_wave_minutes", FILL_WAVE_MINUTES, cls.fill_wave_minutes),
            texts_per_person_per_day=reader.optional(
                "texts_per_person_per_day", TEXTS_PER_PERSON_PER_DAY, cls.texts_per_person_per_day
            ),
            fill_target_minutes=reader.optional(
                "fill_target_minutes", FILL_TARGET_MINUTES, cls.fill_target_minutes
            ),
            fill_contact_retention_days=reader.optional(
                "fill_contact_retention_days", FILL_CONTACT_RETENTION_DAYS, cls.fill_contact_retention_days
            ),
            texts_per_hour=reader.optional("texts_per_hour", TEXTS_PER_HOUR, cls.texts_per_hour),
            calls_per_day=reader.optional("calls_per_day", CALLS_PER_DAY, cls.calls_per_day),
            domain_events_enabled=reader.optional("domain_events_enabled", YES_OR_NO, False),
            console_enabled=reader.optional("console_enabled", YES_OR_NO, False),
            console_domain_prefix=reader.optional("console_domain_prefix", DOMAIN_PREFIX, None),
            console_oidc_issuer=issuer,
            console_oidc_client_id=client_id,
            console_oidc_client_secret_arn=reader.optional(
                "console_oidc_client_secret_arn", SECRET_ARN, None
            ),
            console_oidc_group_claim=reader.optional(
                "console_oidc_group_claim", CLAIM, cls.console_oidc_group_claim
            ),
            alarm_email=reader.optional("alarm_email", EMAIL, None),
            removal_policy=reader.optional("removal_policy", _REMOVAL, TableRemoval.RETAIN),
            configuration_set_name=reader.optional("configuration_set_name", CONFIGURATION_SET_NAME, None),
        )


_FOR_OPERATORS = (
    "environment",
    "origination_identity",
    "messages_per_second",
    "campaign_engine",
    "default_segment",
    "campaign_opt_out_hint",
    "keep_typography",
    "self_managed_opt_outs",
    "connect_enabled",
    "connect_instance_id",
    "connect_contact_flow_id",
    "connect_queue_id",
    "connect_source_phone_number",
    *(one.name for policy in (LanguageSettings, BookingPolicy) for one in fields(policy)),
    "shift_retention_days",
    "audit_retention_days",
    "texts_per_person_per_day",
    "fill_target_minutes",
    "urgent_overrides_quiet_hours",
)
SETTING_KEYS = frozenset(Settings.__dataclass_fields__) - {"environment"}

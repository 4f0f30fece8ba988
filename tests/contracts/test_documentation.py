"""What people may rely on is documented, and what is documented exists."""

import inspect
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from importlib.resources import files
from pathlib import Path

import pytest
from constructs import Construct

import shift_sms
import shift_sms_cli.__main__ as command_line
from shift_sms.building_blocks.send_rate import SendRate
from shift_sms.delivery_events import EVENT_TYPES
from shift_sms.settings import SETTING_KEYS, Settings
from shift_sms.shift_rules import Language, Vocabulary
from shift_sms_cli.employees import COLUMNS as EMPLOYEE_COLUMNS
from shift_sms_cli.shifts import COLUMNS as SHIFT_COLUMNS
from shift_sms_runtime.callbacks.callback_request import CallOutcome
from shift_sms_runtime.campaigns import counters
from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.delivery_events.event_recorder import RecordOutcome
from shift_sms_runtime.inbound.command_executor import MOST_CODES
from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.language.carrier_keywords import CARRIER_WORDS
from shift_sms_runtime.language.lexicon import COMMANDS, WordClass
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale, locales, vocabularies
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.messaging.hourly_limit import MOST_REPEATS
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
from shift_sms_runtime.shifts.booking import BookingOutcome
from shift_sms_runtime.shifts.shift import LONGEST_WAITING_LIST, ShiftStatus
from shift_sms_runtime.shifts.shift_item import MOST_SEATS, WRITTEN_ATTRIBUTES
from tests.support.synthesis import CONNECT, ENVIRONMENTS, PINPOINT, SynthesizedStack, synthesize

ROOT = Path(__file__).parents[2]
PAGES = tuple(sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]))
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUNBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
EVERYTHING = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
ENGLISH = locale("shifts", "en")
ENGLISH_FILE = files("shift_sms_runtime.locales") / "shifts" / "en.toml"

_FENCE = re.compile(r"^[ \t]*```(?P<language>\w*)\n(?P<code>.*?)^[ \t]*```$", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\((?P<target>[^()#\s]*)(?:#(?P<anchor>[^()\s]+))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_MAKE_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def prose(page: str) -> str:
    """Returns a page without its blocks of code."""
    return _FENCE.sub("", page)


def code(page: str) -> str:
    """Returns the code of a page, in blocks and in sentences."""
    blocks = [block["code"] for block in _FENCE.finditer(page)]
    return "\n".join([*blocks, *_INLINE_CODE.findall(prose(page))])


def section(page: str, heading: str) -> str:
    """Returns what is under a heading, up to the next of its rank or a higher one."""
    start = page.index(f"\n{heading}\n") + len(heading) + 2
    rank = len(heading) - len(heading.lstrip("#"))
    end = re.search(rf"^#{{1,{rank}}} ", page[start:], re.MULTILINE)
    return page[start:] if end is None else page[start : start + end.start()]


def table_rows(text: str) -> list[list[str]]:
    """Returns the cells of the rows of a table, the header left out; code marks are taken off."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in rows]
    return [row for row in cells[1:] if not set("".join(row)) <= {"-", "|"}]


def in_code(words: Iterable[str], page: str) -> set[str]:
    """Returns those words that the page has in code."""
    return {word for word in words if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", code(page))}


def told_word(kind: WordClass) -> str:
    """Returns the word of a class that people are told: the first that the English catalogue has."""
    listed = tomllib.loads(ENGLISH_FILE.read_text(encoding="utf-8"))["words"][kind]
    return str(listed[0])


def as_documented(reply: Template) -> str:
    """Returns a reply as a cell of a table can hold it."""
    return ENGLISH.replies[reply].replace("\n", "\\n")


def said_in_readme() -> dict[str, str]:
    """Returns the lengths that the README gives, by reply."""
    return {row[0]: row[-1] for row in table_rows(section(README, "### Every sentence"))}


def commands() -> set[str]:
    parser = command_line._parser()
    choices = (action.choices for action in parser._actions if action.choices)
    return {str(name) for names in choices for name in names}


def documented_default(key: str) -> str:
    """Returns how the README spells a setting's default."""
    default = next(field.default for field in fields(Settings) if field.name == key)
    if default is MISSING:
        return "required"
    spelt = {"": "–", "None": "–", "()": "none", "False": "false"}
    return spelt.get(str(default), str(default))


def anchors(page: str) -> set[str]:
    """Returns what a link can point at, as GitHub names it."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(page)))
    return {heading.replace(" ", "-") for heading in headings}


def relative_links() -> Iterator[tuple[Path, str, str | None]]:
    for page in PAGES:
        for link in _LINK.finditer(prose(page.read_text(encoding="utf-8"))):
            if not link["target"].startswith(("http://", "https://", "mailto:")):
                yield page, link["target"], link["anchor"]


@pytest.fixture(scope="module")
def with_connect() -> SynthesizedStack:
    return synthesize("dev", **CONNECT)


def test_given_the_settings_when_looked_up_then_the_readme_has_each_once() -> None:
    rows = table_rows(section(README, "## Settings"))
    assert Counter(row[0] for row in rows) == Counter(SETTING_KEYS)
    assert {row[0]: row[-1] for row in rows} == {key: documented_default(key) for key in SETTING_KEYS}


def test_given_a_setting_in_an_example_when_looked_up_then_it_exists() -> None:
    overridden = set(re.findall(r"(?:-c|--context)[ =]([a-z_]+)=", code(EVERYTHING)))
    blocks = [block["code"] for block in _FENCE.finditer(README) if block["language"] == "json"]
    configured = {key for block in blocks for key in re.findall(r'"(\w+)":', block)}
    assert overridden
    assert configured
    assert overridden <= SETTING_KEYS | {"env"}
    assert configured <= SETTING_KEYS | set(ENVIRONMENTS)


def test_given_the_make_targets_when_looked_up_then_the_readme_has_just_these() -> None:
    targets = set(_MAKE_TARGET.findall(MAKEFILE)) - {"help"}
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code(README))) == targets
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code(EVERYTHING))) <= targets


def test_given_the_command_line_when_looked_up_then_the_readme_has_its_commands() -> None:
    assert set(re.findall(r"bin/shift-sms ([a-z][a-z-]*)", code(README))) == commands()
    assert set(re.findall(r"\bshift-sms ([a-z][a-z-]*)", code(EVERYTHING))) <= commands()


def test_given_the_outputs_when_looked_up_then_only_the_readme_has_each(
    with_connect: SynthesizedStack,
) -> None:
    outputs = set(with_connect.json["Outputs"])
    assert {row[0] for row in table_rows(section(README, "### Outputs"))} == outputs
    assert set(re.findall(r"\boutput (\w+)\)", code(EVERYTHING))) <= outputs


@pytest.mark.parametrize("kind", [*COMMANDS, WordClass.YES, WordClass.NO])
def test_given_a_command_word_when_looked_up_then_the_readme_says_what_it_does(kind: WordClass) -> None:
    texts = [row[0] for row in table_rows(section(README, "## What people can text"))]
    assert any(re.match(rf"{told_word(kind)}\b", text) for text in texts)


def test_given_the_words_of_carriers_when_looked_up_then_the_readme_has_each() -> None:
    rows = table_rows(section(README, "## What people can text"))
    assert CARRIER_WORDS in [frozenset(row[0].split(", ")) for row in rows]


@pytest.mark.parametrize("reply", Template)
def test_given_a_reply_when_looked_up_then_the_readme_quotes_it_with_its_length(
    reply: Template,
) -> None:
    fixed = re.sub(r"\{\w+\}", "", ENGLISH.replies[reply])
    assert said_in_readme().get(as_documented(reply)) == str(measure(fixed).characters)


def test_given_the_replies_of_the_readme_when_looked_up_then_the_product_has_them() -> None:
    assert set(said_in_readme()) == {as_documented(reply) for reply in Template}


@pytest.mark.parametrize("outcome", BookingOutcome)
def test_given_a_booking_outcome_when_looked_up_then_the_readme_has_its_reply(
    outcome: BookingOutcome,
) -> None:
    assert as_documented(Template(outcome.value.replace("-", "_"))) in said_in_readme()


def test_given_what_a_campaign_adds_when_measured_then_it_is_what_the_readme_says() -> None:
    how, or_call = (
        ENGLISH.replies[reply] for reply in (Template.CAMPAIGN_HOW_TO_ANSWER, Template.CAMPAIGN_OR_CALL)
    )
    alone, with_agent = (measure(f"\n{text}").characters for text in (how, how + or_call))
    assert f"{alone} characters more, {with_agent} where AGENT is offered" in README


def test_given_limits_of_the_conversation_when_looked_up_then_the_readme_has_each() -> None:
    texts = section(README, "## What people can text")
    shifts = section(README, "## Putting up shifts")
    assert f"{MOST_CODES} at most" in texts
    assert f"more than {MOST_REPEATS} times in a row" in texts
    assert f"from 1 to {MOST_SEATS}" in shifts
    assert f"{LONGEST_WAITING_LIST} places" in shifts


def test_given_a_status_of_a_shift_or_message_when_looked_up_then_it_is_explained() -> None:
    for heading, statuses in (
        ("## Putting up shifts", ShiftStatus),
        ("### Words for a person", InboxStatus),
    ):
        explained = {row[0] for row in table_rows(section(README, heading))}
        assert {status.value for status in statuses} <= explained


def test_given_an_attribute_of_a_shift_when_looked_up_then_it_is_explained() -> None:
    page = section(README, "## Putting up shifts")
    names = {"shift_id", "shift_status", *SHIFT_COLUMNS.required, *SHIFT_COLUMNS.optional}
    told = {name for row in table_rows(page) for name in re.findall(r"\w+", row[0])}
    assert names <= told
    assert in_code(WRITTEN_ATTRIBUTES, page) == set(WRITTEN_ATTRIBUTES)


def test_given_the_columns_of_employee_files_when_looked_up_then_all_are_explained() -> None:
    names = {*EMPLOYEE_COLUMNS.required, *EMPLOYEE_COLUMNS.optional}
    assert in_code(names, section(README, "### Step by step")) == names


def test_given_languages_and_vocabularies_when_looked_up_then_the_readme_has_all() -> None:
    page = section(README, "## Languages")
    assert {row[1] for row in table_rows(page)} == set(Language)
    assert set(vocabularies()) == set(Vocabulary)
    assert in_code({Vocabulary.APPOINTMENTS}, page)
    assert all(set(locales(vocabulary)) == set(Language) for vocabulary in vocabularies())


def test_given_rates_when_looked_up_then_the_readme_has_the_share_of_campaigns() -> None:
    rows = table_rows(section(README, "### How fast a campaign goes"))
    assert rows
    for messages_per_second, *told, _ in rows:
        rate = SendRate.of(int(messages_per_second), Settings.answers_share_percent)
        assert told == [f"{rate.parts_per_second:g}", str(rate.senders), str(rate.recipients_per_item)]


def executions(stack: SynthesizedStack) -> tuple[int, int]:
    """Returns how many executions of functions the queues may have at once, and how many streams have one a shard."""
    sources = [each["Properties"] for each in stack.of_type("AWS::Lambda::EventSourceMapping").values()]
    queues = [each["ScalingConfig"]["MaximumConcurrency"] for each in sources if "ScalingConfig" in each]
    streams = [each for each in sources if "StartingPosition" in each]
    assert len(queues) + len(streams) == len(sources)
    assert all(each.get("ParallelizationFactor", 1) == 1 for each in streams)
    return sum(queues), len(streams)


def test_given_the_stacks_when_all_functions_run_then_the_readme_has_the_executions() -> None:
    (alone, streams), (with_connect, _) = (
        executions(synthesize("prod")),
        executions(synthesize("prod", **CONNECT)),
    )
    page = " ".join(section(README, "### What AWS requires first").split())
    assert f"up to {alone} executions at once, {with_connect} with Connect" in page
    assert streams == 4
    assert "each of its four streams" in page


def test_given_the_public_constructs_when_looked_up_then_the_readme_has_each() -> None:
    public = {name: getattr(shift_sms, name) for name in shift_sms.__all__}
    constructs = {
        name for name, kind in public.items() if inspect.isclass(kind) and issubclass(kind, Construct)
    }
    assert {row[0] for row in table_rows(section(README, "## As a library"))} == constructs


def test_given_the_stacks_when_their_resources_are_counted_then_the_readme_says_so(
    with_connect: SynthesizedStack,
) -> None:
    stacks = (synthesize("dev"), with_connect, synthesize("dev", **PINPOINT))
    rows = table_rows(section(README, "### What is created"))
    assert rows
    for _, resource_type, *counts in rows:
        assert counts == [str(len(stack.of_type(resource_type))) for stack in stacks], resource_type
    told = {row[1] for row in rows}
    created = {resource["Type"] for resource in with_connect.resources.values()}
    assert {kind for kind in created if not kind.endswith("Policy")} == told


def test_given_the_functions_when_looked_up_then_readme_and_runbook_have_each(
    with_connect: SynthesizedStack,
) -> None:
    functions = set(with_connect.functions())
    logs = {name[:-8] for name in with_connect.of_type("AWS::Logs::LogGroup")}
    assert in_code(functions, README) == functions
    assert in_code(logs, section(RUNBOOK, "### What to look at first")) == logs


def test_given_the_tables_when_looked_up_then_the_runbook_says_how_to_read_each(
    with_connect: SynthesizedStack,
) -> None:
    tables = {name[:-8].removeprefix("Tables") for name in with_connect.of_type("AWS::DynamoDB::GlobalTable")}
    told = {row[0].partition(",")[0] for row in table_rows(section(RUNBOOK, "## Reading the tables"))}
    assert tables <= told


def test_given_the_alarms_when_looked_up_then_the_runbook_has_each_and_no_other(
    with_connect: SynthesizedStack,
) -> None:
    alarms = with_connect.of_type("AWS::CloudWatch::Alarm").values()
    described = [alarm["Properties"]["AlarmDescription"] for alarm in alarms]
    paths = {description.partition(":")[0].partition("/")[2] for description in described}
    rows = table_rows(RUNBOOK[: RUNBOOK.index("### What to look at first")])
    assert {row[0] for row in rows} == paths


def test_given_the_alarms_of_a_queue_when_looked_up_then_the_runbook_has_each(
    with_connect: SynthesizedStack,
) -> None:
    names = [name for name in with_connect.of_type("AWS::CloudWatch::Alarm") if "DeadLetters" in name]
    queues = {name.split("DeadLetters")[0] for name in names}
    kinds = {re.sub(r"[0-9A-F]{8}$", "", name.split("DeadLetters")[1]) for name in names}
    assert len(names) == len(queues) * len(kinds)
    assert in_code(kinds, RUNBOOK) == kinds


@pytest.mark.parametrize(
    ("helper", "resource_type"),
    [("queue", "AWS::SQS::Queue"), ("queue_arn", "AWS::SQS::Queue"), ("logs", "AWS::Logs::LogGroup")],
)
def test_given_a_command_of_the_runbook_when_it_names_a_resource_then_it_is_unique(
    helper: str, resource_type: str, with_connect: SynthesizedStack
) -> None:
    looked_for = set(re.findall(rf"\$\({helper} ([A-Z]\w+)\)", code(RUNBOOK)))
    assert looked_for
    for prefix in looked_for:
        found = [name for name in with_connect.of_type(resource_type) if name.startswith(prefix)]
        assert len(found) == 1, prefix


def test_given_a_status_in_a_table_when_looked_up_then_the_runbook_explains_it() -> None:
    statuses = {status.value for status in (*DeliveryStatus, *CampaignStatus, *ShiftStatus, *InboxStatus)}
    assert in_code(statuses, RUNBOOK) == statuses


def test_given_what_tables_store_when_looked_up_then_the_runbook_explains_it() -> None:
    page = section(RUNBOOK, "## Reading the tables")
    names = {*counters.ATTRIBUTES, *WRITTEN_ATTRIBUTES, *(status.value for status in DeliveryStatus)}
    assert in_code(names, page) == names


def test_given_the_metrics_when_looked_up_then_the_runbook_has_just_these() -> None:
    page = section(RUNBOOK, "## Nothing in a queue, and still something is wrong").partition("Counts are in")[
        2
    ]
    never_given_by_senders = {DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.DELIVERED}
    outcomes: dict[str, Iterable[str]] = {
        "Text": InboundOutcome,
        "Campaign": [*CampaignStatus, "skipped"],
        "Delivery": set(DeliveryStatus) - never_given_by_senders,
        "Event": RecordOutcome,
        "Call": CallOutcome,
        "Message": set(InboxStatus) - {InboxStatus.OPEN},
        "Record": ["delayed", "failed"],
    }
    named = set(re.findall(rf"\b(?:{'|'.join(outcomes)})(?:[A-Z][a-z]+)+\b", code(page)))
    counted = {
        subject + outcome.title().replace("-", "") for subject in outcomes for outcome in outcomes[subject]
    }
    assert named == counted


def test_given_an_own_configuration_set_when_looked_up_then_all_events_are_named() -> None:
    assert Counter(re.findall(r"\bTEXT_[A-Z_]+\b", code(README))) == Counter(EVENT_TYPES)


def test_given_an_environment_of_the_readme_when_looked_up_then_cdk_json_has_it() -> None:
    assert set(re.findall(r"(?:ENV|-c env)=(\w+)", code(README))) <= set(ENVIRONMENTS)
    assert json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]["environments"]


def test_given_a_relative_link_when_followed_then_file_and_heading_exist() -> None:
    broken = []
    for page, target, anchor in relative_links():
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(f"{page.name}: {target}#{anchor or ''}")
    assert broken == []

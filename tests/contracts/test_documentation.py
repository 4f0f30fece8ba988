"""What users may rely on is documented, and what is documented exists."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from scripts.reference import alarms, diagram, generate, product, resources
from scripts.reference.command_line import pages as command_line_reference
from shift_sms import Language, Vocabulary
from shift_sms.building_blocks.send_rate import SendRate
from shift_sms.delivery_events import EVENT_TYPES
from shift_sms.settings import SETTING_KEYS
from shift_sms_operator.employees.employee_entry import COLUMNS as EMPLOYEE_COLUMNS
from shift_sms_operator.shifts.shift_drafts import DETAILS
from shift_sms_runtime.callbacks.callback_request import CallOutcome
from shift_sms_runtime.campaigns import counters
from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.delivery_events.event_recorder import RecordOutcome
from shift_sms_runtime.inbound.command_executor import MAX_CODES
from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.language.carrier_keywords import CARRIER_KEYWORDS
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.messaging.hourly_limit import MAX_REPEATS
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
from shift_sms_runtime.shifts.shift import ShiftStatus
from shift_sms_runtime.shifts.shift_item import MAX_SEATS, WRITTEN_ATTRIBUTES
from shift_sms_runtime.shifts.waiting_list import MAX_WAITING_LIST_LENGTH

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *DOCS.glob("**/*.md")])
}
OPERATING = "\n".join(text for path, text in PAGES.items() if path.startswith("docs/operating/"))
EVERYTHING = "\n".join(PAGES.values())
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

TOP_FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()}
# What the pages name and a checkout has not.
MADE_LATER = {"site/"}

MOST_LINES, MOST_LINES_OF_README, MOST_COLUMNS = 200, 150, 100
# The first has a row for each call of each function, the second one for each permission.
MOST_LINES_OF_FAULT_TABLE = MOST_LINES_OF_PERMISSIONS = 300
MOST_LINES_OF_SHIFT_COMMANDS = 240
"""Each attribute of a shift is an option of two commands."""

_FENCE = re.compile(r"^[ \t]*```(?P<language>\w*)\n(?P<code>.*?)^[ \t]*```$", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\((?P<target>[^()#\s]*)(?:#(?P<anchor>[^()\s]+))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_MAKE_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def page(name: str) -> str:
    """Returns a page of the site."""
    return PAGES[f"docs/{name}.md"]


def prose(text: str) -> str:
    """Returns a page without its blocks of code."""
    return _FENCE.sub("", text)


def code(text: str) -> str:
    """Returns the code of a page, in blocks and in sentences."""
    blocks = [block["code"] for block in _FENCE.finditer(text)]
    return "\n".join([*blocks, *_INLINE_CODE.findall(prose(text))])


def section(text: str, heading: str) -> str:
    """Returns what is under a heading, up to the next of its rank or a higher one."""
    start = text.index(f"\n{heading}") + len(heading) + 1
    rank = len(heading) - len(heading.lstrip("#"))
    end = re.search(rf"^#{{1,{rank}}} ", text[start:], re.MULTILINE)
    return text[start:] if end is None else text[start : start + end.start()]


def rows(text: str) -> list[list[str]]:
    """Returns the cells of tables, without headers and code marks."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines]
    ruled = [number for number, row in enumerate(cells) if set("".join(row)) <= {"-", " ", "|"}]
    return [row for number, row in enumerate(cells) if number not in ruled and number + 1 not in ruled]


def in_code(words: Iterable[str], text: str) -> set[str]:
    """Returns those words that the page has in code."""
    found = code(text)
    return {word for word in words if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", found)}


def commands() -> set[str]:
    return set(command_line_reference.groups())


def anchors(text: str) -> set[str]:
    """Returns what a link can point at, as the site and GitHub name it."""
    headings = _HEADING.findall(prose(text))
    plain = (re.sub(r"[^\w\- ]", "", heading.partition(" {")[0].lower()) for heading in headings)
    named = re.findall(r"\{ #([\w-]+) \}", text)
    return {*(heading.replace(" ", "-") for heading in plain), *named}


def relative_links() -> Iterator[tuple[Path, str, str | None]]:
    for path, text in PAGES.items():
        for link in _LINK.finditer(prose(text)):
            if not link["target"].startswith(("http://", "https://", "mailto:")):
                yield ROOT / path, link["target"], link["anchor"]


def too_long(line: str) -> bool:
    """Returns whether a line could end earlier; a table, and a word alone, cannot."""
    return len(line) > MOST_COLUMNS and not line.startswith("|") and " " in line.strip().lstrip("- ")


@pytest.fixture(scope="module")
def stack() -> product.Stack:
    return product.synthesized("connect", "console", "events")


def test_given_the_code_when_generated_then_no_page_is_stale() -> None:
    assert generate.stale() == [], "make reference writes these pages"


def test_given_a_description_when_looked_up_then_it_is_of_something_there(stack: product.Stack) -> None:
    known = {
        "settings": SETTING_KEYS,
        "commands": {kind.value for kind in product.COMMAND_CLASSES},
        "replies": {template.value for template in Template},
        "outputs": stack.outputs.keys(),
        "resources": set(stack.types),
    }
    assert [name for kind, names in known.items() for name in product.described_names(kind) - names] == []


def test_given_a_page_when_measured_then_it_is_short_and_wrapped() -> None:
    others = {
        "README.md": MOST_LINES_OF_README,
        "docs/reference/faults.md": MOST_LINES_OF_FAULT_TABLE,
        "docs/reference/permissions.md": MOST_LINES_OF_PERMISSIONS,
        "docs/reference/command-line/shifts.md": MOST_LINES_OF_SHIFT_COMMANDS,
    }
    most = {path: others.get(path, MOST_LINES) for path in PAGES}
    long_pages = {path: len(text.splitlines()) for path, text in PAGES.items()}
    assert {path: lines for path, lines in long_pages.items() if lines > most[path]} == {}
    wide = [f"{path}: {line}" for path, text in PAGES.items() for line in text.splitlines() if too_long(line)]
    assert wide == []


def test_given_the_settings_when_looked_up_then_each_is_there_once() -> None:
    named = re.findall(r"^- \*\*`(\w+)`\*\*", page("reference/settings"), re.MULTILINE)
    assert Counter(named) == Counter(SETTING_KEYS)


def test_given_a_setting_in_an_example_when_looked_up_then_it_exists() -> None:
    overridden = set(re.findall(r"(?:-c|--context)[ =]([a-z_]+)=", code(EVERYTHING)))
    blocks = [block["code"] for block in _FENCE.finditer(page("deploying")) if block["language"] == "json"]
    configured = {key for block in blocks for key in re.findall(r'"(\w+)":', block)}
    assert overridden
    assert configured
    assert overridden | configured <= SETTING_KEYS | {"env"}


def test_given_the_make_targets_when_looked_up_then_each_is_there_and_no_other() -> None:
    targets = set(_MAKE_TARGET.findall(MAKEFILE)) - {"help"}
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code(PAGES["CONTRIBUTING.md"]))) == targets
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code(EVERYTHING))) <= targets


def test_given_the_command_line_when_looked_up_then_pages_have_its_commands() -> None:
    assert set(re.findall(r"bin/shift-sms ([a-z][a-z-]*)", code(EVERYTHING))) == commands()
    assert set(re.findall(r"\bshift-sms ([a-z][a-z-]*)", code(EVERYTHING))) <= commands()


@pytest.mark.parametrize("group", command_line_reference.groups())
def test_given_a_group_of_commands_when_looked_up_then_its_page_has_each(group: str) -> None:
    commands = getattr(command_line_reference.groups()[group], "commands", None) or {"": None}
    own = f"command-line/{group}"
    text = code(page(own if f"docs/{own}.md" in PAGES else group))
    named = set(re.findall(rf"bin/shift-sms {group}(?: ([a-z][a-z-]*))?", text))
    assert set(commands) <= named


def test_given_the_options_of_commands_when_looked_up_then_each_is_explained() -> None:
    assert in_code(command_line_reference.COMMON_OPTIONS, page("command-line/index")) == set(
        command_line_reference.COMMON_OPTIONS
    )
    for name, group in command_line_reference.groups().items():
        text = page(f"{command_line_reference.FOLDER}/{name}")
        for command in getattr(group, "commands", {name: group}).values():
            given = {option.opts[0] for option in command_line_reference.options(command)}
            own = given - set(command_line_reference.COMMON_OPTIONS)
            assert in_code(own, text) == own, f"{name} {command.name}"


def test_given_an_output_in_a_command_when_looked_up_then_it_exists(stack: product.Stack) -> None:
    used = set(re.findall(r"\boutput (\w+)\)", code(EVERYTHING)))
    looped = re.findall(r"for table in ([\w ]+); do", code(EVERYTHING))
    used |= {f"{table}TableName" for tables in looped for table in tables.split()}
    assert used
    assert used <= stack.outputs.keys()


def test_given_a_command_word_when_looked_up_then_texting_says_what_it_does() -> None:
    texts = [row[0] for row in rows(section(page("texting"), "## Commands"))]
    told = [product.words("shifts", "en", kind)[0] for kind in product.COMMAND_CLASSES]
    assert [word for word in told if not any(re.match(rf"{word}\b", text) for text in texts)] == []


def test_given_the_opt_out_words_when_looked_up_then_texting_has_each() -> None:
    text = " ".join(section(page("texting"), "## Opt-out words").split())
    assert [word for word in CARRIER_KEYWORDS if not re.search(rf"(?<![\w-]){word}(?![\w-])", text)] == []


@pytest.mark.parametrize("language", Language)
def test_given_a_template_when_looked_up_then_its_page_has_it_verbatim(language: Language) -> None:
    text = " ".join(page(f"reference/replies-{language}").split())
    for vocabulary in Vocabulary:
        replies = product.locale_file(vocabulary, language)["replies"]
        assert replies.keys() == {template.value for template in Template}
        missing = [
            reply for reply in replies.values() if " ".join(reply.replace("\n", "\\n").split()) not in text
        ]
        assert missing == []


def test_given_what_a_campaign_adds_when_measured_then_campaigns_say_so() -> None:
    replies = product.locale_file("shifts", "en")["replies"]
    how, or_call = (replies[Template.CAMPAIGN_HOW_TO_REPLY], replies[Template.CAMPAIGN_OR_CALL])
    alone, with_agent = (measure(f"\n{text}").characters for text in (how, how + or_call))
    assert f"{alone} characters more, {with_agent} where AGENT is offered" in " ".join(
        page("campaigns").split()
    )


def test_given_limits_of_texting_when_looked_up_then_pages_have_each() -> None:
    texting, shifts, bookings = (" ".join(page(name).split()) for name in ("texting", "shifts", "bookings"))
    assert f"up to {MAX_CODES} " in texting
    assert f"more than {MAX_REPEATS} times in a row" in texting
    assert f"from 1 to {MAX_SEATS}" in shifts
    assert f"{MAX_WAITING_LIST_LENGTH} places" in bookings


def test_given_a_status_when_looked_up_then_a_table_says_what_it_means() -> None:
    explained = {
        "shifts": {status.value for status in ShiftStatus},
        "campaigns": {status.value for status in CampaignStatus},
        "operator-inbox": {status.value for status in InboxStatus},
        "operating/tables": {status.value for status in DeliveryStatus},
    }
    for name, statuses in explained.items():
        assert statuses <= {row[0] for row in rows(page(name))}, name


def test_given_columns_of_files_when_looked_up_then_pages_say_what_they_are() -> None:
    shift = {"shift_id", "shift_status", *DETAILS}
    employee = {*EMPLOYEE_COLUMNS.required, *EMPLOYEE_COLUMNS.optional}
    explained = [*rows(page("shifts")), *rows(page("filling-shifts"))]
    assert shift <= {name for row in explained for name in re.findall(r"\w+", row[0])}
    assert employee <= {row[0] for row in rows(page("employees"))}


def test_given_what_is_written_into_tables_when_looked_up_then_a_page_explains_it() -> None:
    assert in_code(WRITTEN_ATTRIBUTES, page("shifts")) == set(WRITTEN_ATTRIBUTES)
    names = {*counters.SUMMARY_ATTRIBUTES, *WRITTEN_ATTRIBUTES}
    assert in_code(names, page("operating/tables")) == names


def test_given_the_tables_when_looked_up_then_a_page_says_how_to_read_each(stack: product.Stack) -> None:
    names = {
        resources.short(name).removeprefix("Tables") for name in stack.of_type("AWS::DynamoDB::GlobalTable")
    }
    words = set(re.findall(r"\w+", page("operating/tables") + page("employees")))
    assert names - words == set()


def test_given_the_languages_when_looked_up_then_the_page_has_each_and_no_other() -> None:
    assert {row[1] for row in rows(page("languages"))} == set(Language)
    assert set(product.languages()) == set(Language)
    assert set(product.vocabularies()) == set(Vocabulary)
    assert in_code({Vocabulary.APPOINTMENTS}, page("languages"))


def test_given_rates_when_looked_up_then_campaigns_say_what_they_get() -> None:
    table = rows(section(page("campaigns"), "## How fast a campaign goes"))
    assert table
    for messages_per_second, *told, _ in table:
        rate = SendRate.of(int(messages_per_second))
        assert told == [str(rate.senders), str(rate.recipients_per_item)]


def executions(found: product.Stack) -> tuple[int, int]:
    """Returns the executions that the queues may have at once, and how many streams there are."""
    sources = list(found.of_type("AWS::Lambda::EventSourceMapping").values())
    queues = [each["ScalingConfig"]["MaximumConcurrency"] for each in sources if "ScalingConfig" in each]
    assert all(each.get("ParallelizationFactor", 1) == 1 for each in sources)
    return sum(queues), sum("StartingPosition" in each for each in sources)


def test_given_all_functions_run_when_counted_then_the_page_has_the_executions(stack: product.Stack) -> None:
    (alone, streams), (with_connect, with_events) = executions(product.synthesized()), executions(stack)
    text = " ".join(page("aws-requirements").split())
    assert f"up to {alone} executions at once, {with_connect} with Connect" in text
    assert (streams, with_events) == (6, 8)
    assert "Each of the six streams" in text
    assert "domain events read two of them a second time" in text


def test_given_the_constructs_when_looked_up_then_each_has_a_row_and_no_other() -> None:
    constructs = {name for name in product.public_classes() if product.is_construct(name)}
    assert {row[0] for row in rows(page("constructs/index"))} == constructs


def test_given_the_functions_when_drawn_then_the_drawing_has_each(stack: product.Stack) -> None:
    functions = stack.of_type("AWS::Lambda::Function").values()
    handlers = {function["Handler"].split(".")[-2] for function in functions}
    drawn = {
        "".join(line.removesuffix("-") for line in node.lines)
        for node in diagram.NODES.values()
        if node.kind == "function"
    }
    assert drawn == handlers
    assert in_code(handlers, page("architecture")) == handlers


def test_given_the_alarms_when_looked_up_then_the_runbook_names_each(stack: product.Stack) -> None:
    described = [alarm["AlarmDescription"] for alarm in stack.of_type("AWS::CloudWatch::Alarm").values()]
    paths = {text.partition(":")[0].partition("/")[2] for text in described}
    sources = {path.removesuffix("/DeadLetters") for path in paths}
    waiting = {path for path in sources if f"{path}/DeadLetters" in paths and path in paths}
    assert alarms.RUNBOOK.keys() == sources
    named = in_code(paths - waiting, OPERATING)
    assert named == paths - waiting


@pytest.mark.parametrize(
    ("helper", "resource_type"),
    [("queue", "AWS::SQS::Queue"), ("logs", "AWS::Logs::LogGroup")],
)
def test_given_a_helper_of_the_runbook_when_it_looks_then_it_finds_one(
    helper: str, resource_type: str, stack: product.Stack
) -> None:
    looked_for = set(re.findall(rf"\$\({helper} ([A-Z]\w+)\)", code(OPERATING)))
    assert looked_for
    names = stack.of_type(resource_type)
    assert {prefix: sum(name.startswith(prefix) for name in names) for prefix in looked_for} == dict.fromkeys(
        looked_for, 1
    )


def test_given_a_log_group_in_the_runbook_when_looked_up_then_it_exists(stack: product.Stack) -> None:
    groups = {resources.short(name) for name in stack.of_type("AWS::Logs::LogGroup")}
    assert set(re.findall(r"\b[A-Z]\w+Logs\b", code(OPERATING))) == groups


def test_given_what_functions_count_when_looked_up_then_a_page_has_each_metric() -> None:
    never_given_by_senders = {DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.DELIVERED}
    never_given_by_launchers = {CampaignStatus.REQUESTED, CampaignStatus.FINISHED}
    outcomes: dict[str, Iterable[str]] = {
        "Text": InboundOutcome,
        "Campaign": [*(set(CampaignStatus) - never_given_by_launchers), "skipped"],
        "Delivery": set(DeliveryStatus) - never_given_by_senders,
        "Event": RecordOutcome,
        "Call": CallOutcome,
        "OperatorReply": ["sent", "not-sent"],
        "Record": ["delayed", "failed"],
    }
    table = "\n".join(" ".join(row) for row in rows(section(page("operating/problems"), "## Metrics")))
    named = set(re.findall(rf"\b(?:{'|'.join(outcomes)})(?:[A-Z][a-z]+)+\b", table))
    counted = {
        subject + outcome.title().replace("-", "") for subject in outcomes for outcome in outcomes[subject]
    }
    assert named == counted


def test_given_an_own_configuration_set_when_looked_up_then_all_events_are_named() -> None:
    assert Counter(re.findall(r"\bTEXT_[A-Z_]+\b", code(page("deploying")))) == Counter(EVENT_TYPES)


def test_given_an_environment_in_a_command_when_looked_up_then_cdk_json_has_it() -> None:
    named = set(re.findall(r"(?:ENV|-c env)=(\w+)", code(EVERYTHING)))
    assert named - {"name"} <= {*product.CONTEXT["environments"], "local"}


def test_given_a_price_when_looked_up_then_it_has_a_source_or_is_not_known() -> None:
    prices = rows(section(page("costs"), "## Prices"))
    assert prices
    for what, price, source in prices:
        assert price == "not known" or re.search(r"\[\d\], \d{4}-\d\d-\d\d$", source), what


def test_given_the_decisions_when_listed_then_the_list_has_each_with_its_title() -> None:
    listed = set(re.findall(r"^- \[(.+)\]\((.+)\)$", page("decisions/index"), re.MULTILINE))
    records = {file.name: file.read_text(encoding="utf-8") for file in DOCS.glob("decisions/0*.md")}
    assert listed == {(text.splitlines()[0].removeprefix("# "), name) for name, text in records.items()}


def test_given_the_picture_of_the_demo_when_read_then_the_product_says_the_same() -> None:
    shown = html.unescape((DOCS / "images" / "demo.svg").read_text(encoding="utf-8")).replace("\xa0", " ")
    replies = product.locale_file("shifts", "en")["replies"]
    for template in (Template.BOOKED, Template.UNKNOWN, Template.CAMPAIGN_HOW_TO_REPLY):
        assert replies[template].partition("{")[0] in shown, "make picture draws it anew"


def test_given_a_path_of_a_file_when_looked_up_then_the_file_is_there() -> None:
    named = set(re.findall(r"`((?:[\w-]+/)+[\w-]+(?:\.\w+)?/?)`", EVERYTHING))
    roots = [ROOT, *(ROOT / "lambda" / "shift_sms_runtime" / part for part in ("", "locales"))]
    written = {path for path in named if path.partition("/")[0] in TOP_FOLDERS or "." in path}
    assert written
    missing = {path for path in written if not any((root / path).exists() for root in roots)}
    assert missing <= MADE_LATER


def test_given_a_relative_link_when_followed_then_its_file_and_heading_are_there() -> None:
    broken = []
    for source, target, anchor in relative_links():
        file = (source.parent / target).resolve() if target else source
        is_page = file.suffix == ".md" and file.exists()
        if not file.exists() or (
            anchor and is_page and anchor not in anchors(file.read_text(encoding="utf-8"))
        ):
            broken.append(f"{source.name}: {target}#{anchor or ''}")
    assert broken == []

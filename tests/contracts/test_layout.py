"""Tests the limits of the repository's layout, and that each name and each table has one place."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("lambda", "shift_sms", "shift_sms_cli", "lab", "scripts", "examples")
RUNTIME = ROOT / "lambda" / "shift_sms_runtime"
MODULES = {
    # One file per construct, function and table.
    ROOT / "shift_sms": 20,
    RUNTIME / "handlers": 20,
    RUNTIME / "tables": 20,
}
MOST_MODULES = 12
MOST_LINES = 450
LONGEST_TEST_NAME = 79


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_given_the_packages_when_counted_then_none_has_too_many_modules() -> None:
    modules = Counter(path.parent for path in python_files(*PRODUCT) if path.name != "__init__.py")
    crowded = {
        shown(folder): count for folder, count in modules.items() if count > MODULES.get(folder, MOST_MODULES)
    }
    assert crowded == {}


def test_given_the_modules_when_counted_then_none_has_too_many_lines() -> None:
    long = {
        shown(path): lines
        for path in python_files(*PRODUCT, "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_given_the_tests_when_read_then_their_names_are_short() -> None:
    names = (
        node.name
        for path in python_files("tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )
    assert [name for name in names if len(name) > LONGEST_TEST_NAME] == []


def test_given_the_tests_when_read_then_none_imports_another() -> None:
    imports = {
        shown(path): node.module
        for path in python_files("tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and re.match(r"tests\.(?!support\b)", node.module or "")
    }
    assert imports == {}


# Names that an earlier layout had for what the glossary calls otherwise.
# fmt: off
OLD_NAMES = (
    "shift_keeping", "ShiftKeeping", "ShiftKeeper", "keep_shifts", "kept_shifts", "KeptShifts",
    "look_after", "wake_ups", "WakeUps", "front_desk", "FrontDesk", "Arrival", "ListingPlace", "Wish",
    "Wishes", "Decided", "agenda", "agendas", "Agenda", "Agendas", "Clash", "ClashKind", "Standing",
    "Patience", "InvocationPatience", "Wording", "Catalogue", "catalogue", "catalogues", "Tongue",
    "Halt", "TurnTooLate", "Tally", "tally", "tally_of", "tallies_of", "Roster", "RosterEngine",
    "DynamoRoster", "CampaignBoard", "campaign_board", "ProgressBoard", "progress_table", "LeftOut",
    "leave_out", "Receipt", "Receipts", "receipts", "read_receipt", "DeliveryTracking",
    "delivery_tracking", "OperatorMessages", "operator_messages", "answer_messages", "OperatorAnswers",
    "CampaignProgress", "campaign_progress", "follow_shifts", "connect_callback",
    "ShiftBook", "shift_book", "MessageDesk", "AnswerDesk", "CallCentre", "call_centre", "ShiftRules",
    "shift_rules", "take_apart", "TextParts", "possible_ids", "Switchboard", "MemoryFrontDesk",
    "is_local", "acknowledgements", "take_turns", "_patience",
)
# fmt: on
# Words of AWS, of SQS (ReceiptHandle) or of everyday prose that are spelled like an old name.
OLD_NAME = re.compile(rf"\b({'|'.join(map(re.escape, OLD_NAMES))})\b")


def test_given_the_code_when_searched_then_no_old_name_is_left() -> None:
    found = {
        f"{shown(path)}:{number}": match[0]
        for path in python_files(*PRODUCT, "tests")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := OLD_NAME.search(line))
    }
    assert found == {}


def test_given_the_constructs_when_searched_then_none_names_an_endpoint() -> None:
    found = [
        shown(path)
        for path in python_files("shift_sms")
        if re.search(r"endpoint_url|ENDPOINT_URL", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_given_the_constructs_when_searched_then_no_parameter_switches_tls_off() -> None:
    found = [
        f"{shown(path)}: {node.name}"
        for path in python_files("shift_sms")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and "enforce_ssl" in {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
    ]
    assert found == []


# Attributes and keys that one table alone has, by the module that knows the table.
ATTRIBUTES = {
    "audit_trail": ("actor",),
    "campaigns": ("campaign_error", "campaign_note"),
    "campaign_counters": ("plan_status", "part"),
    "conversations": ("last_digest", "repeats"),
    "deliveries": ("event_final",),
    "employee_bookings": ("booked_at",),
    "employees": ("opted_out", "only_opt_out", "opt_changed_at"),
    "operator_inbox": ("received_at",),
    "outbox": ("lane", "position"),
    "segment_members": ("segment", "added_at"),
    "send_permits": ("free_from", "slow_down"),
    "shifts": ("shift_status",),
}


def strings(path: Path) -> set[str]:
    """Returns the words of every string of a module except docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return {
        word
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
        for word in re.findall(r"\w+", node.value)
    }


@pytest.mark.parametrize("table", ATTRIBUTES)
def test_given_a_table_when_its_attributes_are_searched_then_one_module_has_them(table: str) -> None:
    modules = sorted((RUNTIME / "tables").glob("*.py"))
    knowing = {path.stem for path in modules if not strings(path).isdisjoint(ATTRIBUTES[table])}
    assert knowing == {table}


def test_given_the_runtime_when_searched_then_only_tables_name_a_table() -> None:
    naming = {
        path.relative_to(RUNTIME).parts[0] for path in RUNTIME.rglob("*.py") if "TableName" in strings(path)
    }
    assert naming <= {"tables"}

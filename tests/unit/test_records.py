"""Tests that records behave like frozen dataclasses, as mypy checks them."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

import pytest

import shift_sms_runtime
from shift_sms_runtime.records import record

_MOST_FROZEN_DATACLASSES = 12


@record
class _Seat:
    shift: str
    holder: str = ""
    stored_row: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@record
class _PinnedSeat(_Seat):
    by: str = ""


@record
class _Other:
    shift: str
    holder: str = ""


@record
class _Nothing:
    """Has no field."""


@record
class _NothingElse:
    """Has no field either."""


def test_given_records_of_one_class_when_compared_then_their_fields_decide() -> None:
    seat = _Seat("A1", "Ann", {"version": "1"})
    assert seat == _Seat(shift="A1", holder="Ann", stored_row={"version": "2"})
    assert seat != replace(seat, holder="Bob")
    assert len({seat, _Seat("A1", "Ann"), _Seat("A1")}) == 2
    assert _Nothing() == _Nothing()
    assert len({_Nothing(), _Nothing()}) == 1


def test_given_records_of_two_classes_when_compared_then_they_differ() -> None:
    records: list[object] = [
        _Seat("A1"),
        _PinnedSeat("A1"),
        _Other("A1"),
        _Nothing(),
        _NothingElse(),
        ("A1", ""),
    ]
    assert all((left == right) is (left is right) for left in records for right in records)


def test_given_a_record_when_shown_then_hidden_fields_are_left_out() -> None:
    assert repr(_PinnedSeat("A1", by="Ann")) == "_PinnedSeat(shift='A1', holder='', by='Ann')"
    assert repr(_Nothing()) == "_Nothing()"


def test_given_a_record_when_matched_or_made_wrongly_then_it_is_a_dataclass() -> None:
    match _Seat("A1", "Ann"):
        case _Seat(shift, holder):
            assert (shift, holder) == ("A1", "Ann")
        case _:
            pytest.fail("the pattern does not match")
    with pytest.raises(TypeError, match="shift"):
        _Seat()  # type: ignore[call-arg]


def test_given_the_inbound_function_when_imported_then_few_dataclasses_are_frozen() -> None:
    code = """
import gc
from dataclasses import is_dataclass
from shift_sms_runtime.handlers import process_inbound_sms
import shift_sms_runtime.environment, shift_sms_runtime.inbound.delayed_replies
import shift_sms_runtime.inbound.command_executor
import shift_sms_runtime.tables.inbound_store, shift_sms_runtime.outbox.sender
print(*{f"{c.__module__}.{c.__name__}" for c in gc.get_objects() if isinstance(c, type)
    and is_dataclass(c) and "__setattr__" in vars(c) and c.__module__.startswith("shift_sms")})
"""
    frozen = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(Path(shift_sms_runtime.__file__).parents[1])},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout.split()
    # The types of environment settings, which constructs share.
    assert len(frozen) <= _MOST_FROZEN_DATACLASSES, frozen

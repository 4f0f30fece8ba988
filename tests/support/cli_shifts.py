"""Lists shifts that the command line works with, and loads files of them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from shift_sms_cli.shift_table import ShiftTable
from tests.support.operator_cli import OperatorCli

ANN, BOB, CY = "+14255550101", "+14255550102", "+14255550103"


SINCE = "2026-08-01T09:00:00+00:00"


COLUMNS = "shift_id,shift_info,starts_at,ends_at,respond_by,timezone,site,role,seats"


NIGHT = {
    "shift_id": "N1",
    "shift_info": "Night",
    "shift_status": "available",
    "starts_at": "2099-08-15T22:00",
    "ends_at": "2099-08-16T06:00",
    "timezone": "Europe/Berlin",
    "site": "Harbour",
    "role": "bar",
    "seats": Decimal(3),
}


NIGHT_ROW = "N1,Night,2099-08-15T22:00,2099-08-16T06:00,,Europe/Berlin,Harbour,bar,3"


TWO_HAVE_IT = {**NIGHT, "employees": {ANN: SINCE, BOB: SINCE}, "waiting_list": [CY]}


MOON = "not in the GSM alphabet, so that a segment has 70 characters instead of 160: \u263e (U+263E LAST QUARTER MOON)"


def load_rows(operator_cli: OperatorCli, *rows: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
    return operator_cli.run("load-shifts", operator_cli.file("\n".join((COLUMNS, *rows))), *options)


def meanwhile(monkeypatch: pytest.MonkeyPatch, method: str, *happens: Callable[[], object]) -> None:
    """Have something happen right before a table is written, each time something else."""
    as_it_is: Callable[..., object] = getattr(ShiftTable, method)
    events = list(happens)

    def later(*arguments: Any, **named: Any) -> object:
        if events:
            events.pop(0)()
        return as_it_is(*arguments, **named)

    monkeypatch.setattr(ShiftTable, method, later)

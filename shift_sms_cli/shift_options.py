"""The arguments and options of the commands on shifts."""

from collections.abc import Mapping
from typing import Annotated

import typer

from shift_sms_runtime.shifts.filling.fill_details import FillOrder

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="The code of the shift, its shift_id.")]
NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help="The employee's number, such as +14255550101.")
]
InfoOption = Annotated[
    str | None,
    typer.Option("--info", metavar="TEXT", help="What employees read, such as 15/08 5h nightshift."),
]
_TIME = "such as 2026-08-15T22:00, in the shift's time zone, or with an offset"
StartsOption = Annotated[str | None, typer.Option("--starts", metavar="TIME", help=f"The start, {_TIME}.")]
EndsOption = Annotated[
    str | None, typer.Option("--ends", metavar="TIME", help="The end, written like the start.")
]
RespondByOption = Annotated[
    str | None,
    typer.Option("--respond-by", metavar="TIME", help="When booking ends; by default at the start."),
]
TimezoneOption = Annotated[
    str | None,
    typer.Option(
        "--timezone", metavar="ZONE", help="A time zone, such as Europe/Berlin; by default the stack's."
    ),
]
SiteOption = Annotated[str | None, typer.Option("--site", metavar="TEXT", help="The place.")]
RoleOption = Annotated[
    str | None,
    typer.Option("--role", metavar="TEXT", help="The role that an employee needs; by default none."),
]
SeatsOption = Annotated[
    str | None, typer.Option("--seats", metavar="NUMBER", help="The seats; by default 1.")
]
FillByOption = Annotated[
    str | None,
    typer.Option("--fill-by", metavar="TIME", help="When the fill plan ends; by default at respond_by."),
]
FillOrderOption = Annotated[
    str | None,
    typer.Option("--fill-order", metavar="ORDER", help=f"Who is texted first: {', '.join(FillOrder)}."),
]
FillSegmentOption = Annotated[
    str | None, typer.Option("--fill-segment", metavar="NAME", help="The segment that the fill plan texts.")
]
FillWaveSizeOption = Annotated[
    str | None,
    typer.Option("--fill-wave-size", metavar="N|auto", help="How many people a wave of the fill plan has."),
]
FillWaveMinutesOption = Annotated[
    str | None,
    typer.Option("--fill-wave-minutes", metavar="N|auto", help="The minutes between waves of the fill plan."),
]
FillUrgentOption = Annotated[
    str | None,
    typer.Option(
        "--fill-urgent",
        metavar="true|false",
        help="Also text people in quiet hours, if the setting allows it.",
    ),
]


def given(values: Mapping[str, str | None]) -> dict[str, str]:
    """Returns the attributes that options were given for."""
    return {name: value for name, value in values.items() if value is not None}

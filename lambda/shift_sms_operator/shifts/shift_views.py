"""What operations on shifts return."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shift_sms_operator.audit.change_texts import DescribedChange
from shift_sms_operator.pages import Page
from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.messaging.encoding import TextSize
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.shift import Shift


@dataclass(frozen=True)
class TextPreview:
    """A text that employees receive, in the default language, and its size."""

    text: str
    size: TextSize


@dataclass(frozen=True)
class ChangeNotice:
    """The text to the holders of a shift that is at another time or place."""

    numbers: tuple[str, ...]
    """The holders. Those who may not be texted receive nothing."""
    text: TextPreview


@dataclass(frozen=True)
class ShiftDraft:
    """A shift as it would be after a change, which is not written yet."""

    shift: Shift
    changes: Mapping[str, object]
    """The attributes to write. None removes one. For a new shift, all attributes."""
    preview: TextPreview
    """The reply to an employee who books the shift."""
    before: Shift | None = None
    """The shift as it is; None for a new one."""
    notice: ChangeNotice | None = None
    """What holders are told of the change; None if they are told nothing."""


@dataclass(frozen=True)
class ShiftChange:
    """The result of an operation on one shift."""

    shift: Shift
    """After the operation."""
    changed: bool
    """False if the shift was so already."""
    preview: TextPreview | None = None
    notice: ChangeNotice | None = None
    """What holders are told of another time or place; None if they are told nothing."""
    told: tuple[str, ...] = ()
    """The employees who are told of a cancellation."""


@dataclass(frozen=True)
class SeatResult:
    """The result of assigning or releasing a seat."""

    shift: Shift
    """After the operation."""
    employee: EmployeeRow
    changed: bool
    """False if the employee had, or had not, the seat already."""
    text: TextPreview | None = None
    """The text that informs the employee, in the employee's language; None if no text is sent."""
    not_informed: str = ""
    """Why no text is sent."""
    overridden: tuple[str, ...] = ()
    """The rules that the operator has overridden."""
    offered_to: tuple[str, ...] = ()
    """The employees who are offered the freed seat."""


@dataclass(frozen=True)
class ShiftDetails:
    """Everything that an operator sees of one shift."""

    shift: Shift
    preview: TextPreview
    employees: Mapping[str, EmployeeRow] = field(default_factory=dict)
    """The employees with a seat, an offer or a place, by phone number."""
    informed: Mapping[str, DeliveryStatus] = field(default_factory=dict)
    """For holders whom an operator assigned, the status of the text that informs them."""
    changes: Page[DescribedChange] = field(default_factory=lambda: Page(()))
    """The last changes by operators."""

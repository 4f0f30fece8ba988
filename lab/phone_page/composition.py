"""Makes the phone page of a running lab."""

from lab.lab_system import LabSystem
from lab.phone_page.fault_injector import FaultInjector
from lab.phone_page.lab_view import LabView
from lab.phone_page.page_server import PhonePage


def phone_page(system: LabSystem) -> PhonePage:
    """Returns the phone page of the system; it is served while the page is entered as a context manager."""
    tables = system.outputs
    view = LabView(
        system.network,
        read_employees=lambda at_most: system.rows(tables.employees_table_name, at_most),
        read_shifts=lambda at_most: system.rows(tables.shifts_table_name, at_most),
    )
    faults = FaultInjector(system.network, system.gateway.faults, system.quick_redelivery)
    return PhonePage(system.network, view, faults, console_url=tables.console_url)

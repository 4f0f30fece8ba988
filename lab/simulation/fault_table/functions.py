"""Says which functions the fault table covers, and why it leaves out the others."""

from collections.abc import Mapping

from lab.simulation.execution.deployment import Deployment, SimulatedSettings
from shift_sms_runtime.environment import LaunchPinpointCampaign, PublishDomainEvents, ServeConsole

COVERED = frozenset(function.name for function in Deployment(SimulatedSettings()).functions)
"""The functions that queues and streams invoke. The simulation runs all of them."""

LEFT_OUT: Mapping[str, str] = {
    ServeConsole.handler(): (
        "It answers requests of operators. No queue or stream invokes it again after a failure: the operator "
        "sees an error and repeats the request. The tests of the operations repeat changes."
    ),
    LaunchPinpointCampaign.handler(): (
        "It belongs to the retired campaign engine. The simulation has no Amazon Pinpoint."
    ),
    PublishDomainEvents.handler(): (
        "It reads and writes no table, and sends no text. Its only call, PutEvents, may be repeated: an event keeps "
        "its id. Its own tests refuse events, throttle and stop it."
    ),
}
"""Functions that the simulation does not run, with the reason."""

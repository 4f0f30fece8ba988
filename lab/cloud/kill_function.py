"""Kills a function during a call, like a crash or a Lambda timeout."""

import psutil

from lab.phone_network import ApiCall, drop_connection


def calling_function(call: ApiCall) -> str:
    """Returns the name of the function that made this call."""
    return _caller(call).environ()["AWS_LAMBDA_FUNCTION_NAME"]


def kill_caller(call: ApiCall) -> None:
    """Kills the process that made this call.

    With `Moment.BEFORE_EFFECT`, the call has no effect.
    """
    process = _caller(call)
    process.kill()
    process.wait(10)
    drop_connection(call)


def _caller(call: ApiCall) -> psutil.Process:
    for process in psutil.Process().children(recursive=True):
        try:
            if any(connection.laddr == call.peer for connection in process.net_connections("tcp4")):
                return process
        except psutil.NoSuchProcess:
            continue
    raise LookupError(f"no process of this lab has the address {call.peer}")

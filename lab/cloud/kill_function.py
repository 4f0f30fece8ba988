"""Kills a function during a call, like a crash or a Lambda timeout."""

import psutil

from lab.phone_network import ApiCall, drop_connection


def kill_caller(call: ApiCall) -> None:
    """Kills the process that made this call.

    With `Moment.BEFORE_EFFECT`, the call has no effect.
    """
    for process in psutil.Process().children(recursive=True):
        try:
            if any(connection.laddr == call.peer for connection in process.net_connections("tcp4")):
                process.kill()
                process.wait(10)
                drop_connection(call)
        except psutil.NoSuchProcess:
            continue
    raise LookupError(f"no process of this lab has the address {call.peer}")

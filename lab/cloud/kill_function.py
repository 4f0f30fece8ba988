"""The death of a function in the middle of a call, as Lambda's time-out or a crash would have it: SIGKILL."""

import psutil

from lab.phone_network import ApiCall, drop_connection


def kill_caller(call: ApiCall) -> None:
    """Kill the process that made this call; before its effect, the call has none."""
    for process in psutil.Process().children(recursive=True):
        try:
            if any(connection.laddr == call.peer for connection in process.net_connections("tcp4")):
                process.kill()
                process.wait(10)
                drop_connection(call)
        except psutil.NoSuchProcess:
            continue
    raise LookupError(f"no process of this lab is at {call.peer}")

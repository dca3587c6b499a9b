"""Answers go out at once.

Streamlit makes its listening socket without naming TCP, so asyncio does not see that connections
to it are TCP and leaves Nagle's algorithm on: a body that follows its headers then waits for the
browser's acknowledgement, up to 40 ms for each of the hundred files of a first visit.
"""

import logging
import os
import socket

import psutil

log = logging.getLogger(__name__)


def send_at_once() -> None:
    """Switch Nagle's algorithm off for this process's listening sockets, and so for all that they
    accept from now on."""
    try:
        connections = psutil.Process().net_connections("tcp")
    except psutil.Error as error:
        log.warning("Cannot list this process's sockets (%s): answers may wait for 40 ms", error)
        return
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.fd >= 0:
            with socket.socket(fileno=os.dup(connection.fd)) as listening:
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

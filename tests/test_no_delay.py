"""Connections to Streamlit's kind of listening socket send small pieces at once."""

import socket

from latent_plane.no_delay import send_at_once

OPTION = (socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_is_accepted_from_now_on_does_not_wait() -> None:
    with socket.socket(family=socket.AF_INET) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert accepted(listening) == 0
        send_at_once()
        assert accepted(listening) != 0


def accepted(listening: socket.socket) -> int:
    """The option of a connection that `listening` accepts."""
    with socket.create_connection(listening.getsockname()), listening.accept()[0] as connection:
        return connection.getsockopt(*OPTION)

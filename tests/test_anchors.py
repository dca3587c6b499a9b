"""Anchors on the plane: whose word counts, the browser's or Python's, and what makes no sense."""

from typing import Any

import numpy as np
import pytest

from latent_plane.plane_state import Memory, PlaneEvent, read_gesture

TWO = np.array([[0, 1], [2, 3]], np.float32)


def heard(memory: Memory, anchors: object, *, arrangement: object) -> Any:
    """What the memory holds after a message with these anchors."""
    gesture = {"z": [0.0, 0.0], "serial": memory.serial + 1, "anchors": anchors}
    read = read_gesture(gesture, latent_dim=2)
    if read:
        memory.hear(*read, arrangement=arrangement)
    known = memory.event.anchors
    return known.tolist() if known is not None else None


@pytest.fixture
def memory() -> Memory:
    memory = Memory(PlaneEvent(np.zeros(2, np.float32)))
    memory.arrange(TWO)
    return memory


def test_dragged_anchors_are_heard_and_their_echo_moves_nothing(memory: Memory) -> None:
    dragged = [[0.5, 1.0], [2.0, 3.0]]
    assert heard(memory, dragged, arrangement=memory.arrangement) == dragged
    before = memory.arrangement
    memory.arrange(np.array(dragged, np.float32))
    assert memory.arrangement == before


def test_python_has_the_last_word_when_two_moves_cross(memory: Memory) -> None:
    old = memory.arrangement
    memory.arrange(TWO + 1)
    assert heard(memory, TWO.tolist(), arrangement=old) == (TWO + 1).tolist()
    assert memory.event.z.tolist() == [0, 0]


@pytest.mark.parametrize(
    "anchors",
    [
        None,
        [],
        [[0.0, 1.0]],
        [[0.0, 1.0, 2.0]] * 2,
        [[0.0, float("nan")]] * 2,
        [["far", 1.0]] * 2,
        "ab",
        7,
    ],
)
def test_anchors_that_make_no_sense_leave_those_that_are_known(
    memory: Memory, anchors: object
) -> None:
    assert heard(memory, anchors, arrangement=memory.arrangement) == TWO.tolist()


def test_without_anchors_a_browser_brings_none() -> None:
    memory = Memory(PlaneEvent(np.zeros(2, np.float32)))
    assert heard(memory, TWO.tolist(), arrangement=memory.arrangement) is None

"""What somebody changed in the middle of a training run, as part of its specification."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from vae_core.frozen import Frozen

BETA_LIMIT = 100.0
LEARNING_RATES = (1e-5, 0.1)


Beta = Annotated[float, Field(ge=0, le=BETA_LIMIT, strict=True), AfterValidator(abs)]
LearningRate = Annotated[float, Field(ge=LEARNING_RATES[0], le=LEARNING_RATES[1], strict=True)]


class Intervention(Frozen, strict=False):
    """New settings in the middle of a run, from the start of `epoch` (counted from 1) on.

    `beta` replaces the weight of the KL term; `learning_rate` replaces the size of the steps at
    their largest, and the schedule keeps its shape. None leaves a setting as it is.
    """

    epoch: int = Field(ge=2, le=10_000, strict=True)
    beta: Beta | None = None
    learning_rate: LearningRate | None = None


class RunCommand(Frozen, strict=False):
    """What somebody wants of the rest of a run; None leaves a setting as it is.

    `stop` ends the run after the present epoch and keeps the best so far, as `stop_after` in the
    specification does.
    """

    beta: Beta | None = None
    learning_rate: LearningRate | None = None
    stop: bool = False


def effective(
    changes: Iterable[Intervention], beta: float, learning_rate: float
) -> tuple[Intervention, ...]:
    """The changes without what sets a value that holds already."""
    kept = []
    for change in changes:
        new_beta = None if change.beta == beta else change.beta
        new_rate = None if change.learning_rate == learning_rate else change.learning_rate
        if new_beta is not None or new_rate is not None:
            kept.append(Intervention(epoch=change.epoch, beta=new_beta, learning_rate=new_rate))
        beta = beta if new_beta is None else new_beta
        learning_rate = learning_rate if new_rate is None else new_rate
    return tuple(kept)

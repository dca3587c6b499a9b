"""What a worker tells while it trains: one JSON object a line, and a reader that follows them."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from vae_core.artifacts.manifest import Epoch
from vae_core.frozen import Tolerant
from vae_core.latent.posterior import collapsed_dimensions
from vae_core.spec.training_spec import TrainingSpec

RECENT = 20

Stage = Literal["starting", "loading", "training", "exporting", "done"]


class StageEvent(Tolerant):
    """The worker goes on to another part of its work."""

    kind: Literal["stage"] = "stage"
    stage: Stage


class EpochEvent(Tolerant):
    """An epoch has ended. `kl` is each latent dimension's KL in nats, averaged over the probes.

    `best` is the epoch with the lowest validation loss so far.
    """

    kind: Literal["epoch"] = "epoch"
    epoch: Epoch
    best: int
    kl: tuple[float, ...]


class FrameEvent(Tolerant):
    """The film holds this epoch: its probes and its decoder can be read."""

    kind: Literal["frame"] = "frame"
    epoch: int


class SpecEvent(Tolerant):
    """The specification now, after something was changed or the run was stopped."""

    kind: Literal["spec"] = "spec"
    spec: TrainingSpec


class PublishedEvent(Tolerant):
    """The model is stored under this name."""

    kind: Literal["published"] = "published"
    model_id: str


class RestartEvent(Tolerant):
    """The worker is gone, and another one begins anew: what was told before no longer holds."""

    kind: Literal["restart"] = "restart"


Event = StageEvent | EpochEvent | FrameEvent | SpecEvent | PublishedEvent | RestartEvent
_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


@dataclass
class Feed:
    """Everything that a run has told so far; `poll` reads only what is new. Safe for threads.

    `history`, `kl` and `best` have one entry an epoch; `frame` is the newest epoch of the film.
    A half-written last line waits for its end, a damaged or unknown one is passed over.
    """

    path: Path
    stage: Stage = "starting"
    history: list[Epoch] = field(default_factory=list)
    kl: list[tuple[float, ...]] = field(default_factory=list)
    best: list[int] = field(default_factory=list)
    frame: int = 0
    spec: TrainingSpec | None = None
    model_id: str | None = None
    version: int = 0
    _offset: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def collapsed(self) -> tuple[int, ...]:
        """Latent dimensions, counted from 0, that `collapsed_dimensions` finds now."""
        return collapsed_dimensions(self.kl[-1] if self.kl else ())

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest validation loss so far, 0 before the first."""
        return self.best[-1] if self.best else 0

    def seconds_left(self, spec: TrainingSpec) -> float | None:
        """What the epochs to come will take, judged by the newest `RECENT`.

        None before the second: the first one compiles the model and says nothing of the others.
        """
        recent = self.history[1:][-RECENT:]
        if not recent:
            return None
        seconds = sum(epoch.seconds for epoch in recent) / len(recent)
        return max(0, (self.spec or spec).last_epoch - len(self.history)) * seconds

    def poll(self) -> "Feed":
        """Read what has been written since; `version` grows with each event."""
        with self._lock:
            for line in self._new_lines():
                try:
                    self._take(_EVENT.validate_json(line))
                except ValidationError:
                    continue
                self.version += 1
        return self

    def _new_lines(self) -> list[bytes]:
        try:
            with self.path.open("rb") as stream:
                stream.seek(self._offset)
                text = stream.read()
        except FileNotFoundError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        return whole.splitlines()

    def _take(self, event: Event) -> None:
        match event:
            case StageEvent():
                self.stage = event.stage
            case EpochEvent():
                self.history.append(event.epoch)
                self.kl.append(event.kl)
                self.best.append(event.best)
            case FrameEvent():
                self.frame = max(self.frame, event.epoch)
            case SpecEvent():
                self.spec = event.spec
            case PublishedEvent():
                self.model_id = event.model_id
            case RestartEvent():
                self.stage, self.frame, self.spec = "starting", 0, None
                self.history, self.kl, self.best = [], [], []

"""Measuring everything of a model: minutes of work, once for all visitors, away from the page."""

import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field

from pages.shared.cache import shared
from pages.shared.models import ServedModel, by_name
from vae_core.artifacts import registry
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import Metric
from vae_core.datasets import is_available, load
from vae_core.evaluation.complete import all_metrics

Metrics = tuple[Metric, ...]

_one_at_a_time = threading.Lock()
"""Each measurement takes a whole core."""


@dataclass
class Measurement:
    """All numbers of one model, once somebody has asked for them with `begin`."""

    model_id: str
    stage: str = "waiting for another measurement"
    share: float = 0.0
    _future: Future[Metrics] | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def running(self) -> bool:
        return self._future is not None and not self._future.done()

    @property
    def metrics(self) -> Metrics | None:
        """The numbers, None before they are there and after a failure."""
        future = self._future
        return future.result() if future and future.done() and not future.exception() else None

    @property
    def failure(self) -> str:
        """Why the last attempt failed, '' if it didn't."""
        future = self._future
        return str(future.exception() or "") if future and future.done() else ""

    def begin(self) -> None:
        """Measure in the background, unless that has begun; again after a failure."""
        with self._turn:
            if self.running or self.metrics:
                return
            self._future = Future()
            # A daemon, since a server that is told to stop should not wait for minutes.
            threading.Thread(target=self._fulfil, args=(self._future,), daemon=True).start()

    def _fulfil(self, future: Future[Metrics]) -> None:
        with _one_at_a_time:
            try:
                future.set_result(self._measure())
            except Exception as error:  # whoever looks at the page is told
                future.set_exception(error)

    def _measure(self) -> Metrics:
        artifact = registry.open_model(self.model_id)
        spec = artifact.manifest.spec
        dataset = load(spec.dataset, seed=spec.split_seed, without=spec.without)
        found = all_metrics(artifact, OnnxCodec(artifact), dataset, progress=self._tell)
        own = artifact.path.parent == registry.user_root()  # what is shipped stays as it is
        if own and is_available(spec.dataset):  # with all numbers, PCA's too
            with suppress(OSError):
                registry.keep_metrics(artifact, found)
        return found

    def _tell(self, stage: str, done: int, total: int) -> None:
        self.stage, self.share = stage, done / total


@shared(most=64, key=by_name)
def measurement(model: ServedModel) -> Measurement:
    """The measurement of a model; the same for all visitors."""
    return Measurement(model.model_id)

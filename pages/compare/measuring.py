"""What each model scores on each held-out example: seconds of work, once for all visitors."""

from concurrent.futures import Future, ThreadPoolExecutor

from pages.shared.cache import shared
from pages.shared.models import ServedModel, by_name
from vae_core.datasets import has_test, load
from vae_core.evaluation.comparison import ExampleValues, example_values

_one_at_a_time = ThreadPoolExecutor(1, thread_name_prefix="compare")
"""Each measurement takes a whole core."""


def can_measure(model: ServedModel) -> bool:
    """Whether the examples themselves are on this machine."""
    return has_test(model.manifest.spec.dataset)


def measured(model: ServedModel) -> Future[ExampleValues]:
    """The values of a model, which somebody is waiting for; begins with the first who asks."""
    return _latest(model)[-1]


def measure_again(model: ServedModel) -> None:
    """Begin anew where measuring has failed."""
    if measured(model).done() and measured(model).exception():
        _latest(model).append(_one_at_a_time.submit(_measure, model))


@shared(most=64, key=by_name)
def _latest(model: ServedModel) -> list[Future[ExampleValues]]:
    """The attempts to measure a model, the newest last."""
    return [_one_at_a_time.submit(_measure, model)]


def _measure(model: ServedModel) -> ExampleValues:
    spec = model.manifest.spec
    return example_values(model.artifact, model.codec, load(spec.dataset, seed=spec.split_seed))

"""Which running trials are hopeless: the median rule, on the validation ELBO at beta 1.

The trials' own losses can't be compared, since beta weighs them differently; each epoch's
reconstruction and KL are recorded unweighted, so their sum can.
"""

from collections.abc import Sequence
from typing import Any

from vae_core.artifacts.manifest import Epoch
from vae_core.spec.training_spec import TrainingSpec
from vae_core.sweeps.proposer import new_study
from vae_core.sweeps.store import Ending
from vae_core.text import number

COMPARED = 5
"""So many trials must be done before one is pruned."""
EARLY = 0.2
"""No trial is judged in this first share of its epochs, nor while beta or the rate warm up."""


class Judge:
    """Compares a running trial with the finished ones by Optuna's median rule.

    A trial is pruned when the best of its epochs so far is below the median of what the finished
    trials had at that epoch (Golovin et al., 'Google Vizier', 2017).
    """

    def __init__(self) -> None:
        self._study: Any = None
        self._learnt: set[str] = set()

    def knows(self, model_id: str) -> bool:
        """Whether a finished trial was taken into account."""
        return model_id in self._learnt

    def learn(self, model_id: str, history: Sequence[Epoch]) -> None:
        """Take the epochs of a finished trial into account, once."""
        if not self.knows(model_id) and history:
            self._known().add_trial(_frozen(history, done=True))
        self._learnt.add(model_id)

    def verdict(self, spec: TrainingSpec, history: Sequence[Epoch]) -> Ending | None:
        """How a running trial ends now, None if it goes on."""
        if len(history) <= first_judged(spec) or not self._study:
            return None
        from optuna.pruners import MedianPruner

        pruner = MedianPruner(n_startup_trials=COMPARED, n_min_trials=COMPARED)
        if not pruner.prune(self._study, _frozen(history, done=False)):
            return None
        last = history[-1]
        best = max(epoch.validation.elbo for epoch in history)
        message = (
            f"Pruned after epoch {last.epoch}: its best validation ELBO so far, "
            f"{number(best, '.1f', unit='nats')}, is below the median of the finished trials then."
        )
        return Ending(state="pruned", message=message, epoch=last.epoch, elbo=last.validation.elbo)

    def _known(self) -> Any:
        if self._study is None:
            self._study = new_study()
        return self._study


def first_judged(spec: TrainingSpec) -> int:
    """Epochs before anything is said of a trial."""
    return max(spec.kl_warmup_epochs, spec.warmup_epochs, round(EARLY * spec.epochs))


def _frozen(history: Sequence[Epoch], *, done: bool) -> Any:
    from optuna.trial import TrialState, create_trial

    values = {epoch.epoch: epoch.validation.elbo for epoch in history}
    return create_trial(
        state=TrialState.COMPLETE if done else TrialState.RUNNING,
        value=history[-1].validation.elbo if done else None,
        intermediate_values=values,
    )

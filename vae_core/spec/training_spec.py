"""The training specification: one frozen record that decides a model completely.

The bounds, titles and one-line helps here are the only ones: the command line, the sliders and
the checks read them from the fields.
"""

import hashlib
import json
from math import inf
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from vae_core.errors import SpecInvalid
from vae_core.spec.intervention import BETA_LIMIT, LEARNING_RATES, Intervention, effective
from vae_core.spec.network import Network

Schedule = Literal["constant", "cosine"]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


class TrainingSpec(Network):
    """Everything that decides a trained model: the same specification is the same model.

    `changes` and `stop_after` record what somebody did to a run while it went, so that the
    recorded specification trains to the same model without them.

    Raises `SpecInvalid` through `create`, pydantic's `ValidationError` when called directly.
    """

    beta: Annotated[float, AfterValidator(abs)] = Field(  # -0.0 is 0.0
        default=1.0,
        ge=0.0,
        le=BETA_LIMIT,
        title="Beta",
        description="Weight of the KL term; above 1 gives tidier maps, below 1 sharper pictures",
    )
    kl_warmup_epochs: int = Field(
        default=0,
        ge=0,
        le=1000,
        title="KL warm-up epochs",
        description="Epochs over which beta grows from 0 to its value",
    )
    learning_rate: float = Field(
        default=1e-3,
        ge=LEARNING_RATES[0],
        le=LEARNING_RATES[1],
        title="Learning rate",
        description="Largest learning rate of Adam, before the schedule lowers it",
    )
    schedule: Schedule = Field(
        default="cosine",
        title="Schedule",
        description="cosine: the learning rate falls to zero at the end; constant: it stays",
    )
    warmup_epochs: int = Field(
        default=0,
        ge=0,
        le=100,
        title="Learning-rate warm-up epochs",
        description="Epochs over which the learning rate grows from 0",
    )
    batch_size: int = Field(
        default=128,
        ge=1,
        le=8192,
        title="Batch size",
        description="Examples in each training step",
    )
    epochs: int = Field(
        default=20, ge=1, le=10_000, title="Epochs", description="Passes over the training examples"
    )
    drawn_input: bool = Field(
        default=False,
        title="Drawn input",
        description="Show the encoder black or white pixels, drawn anew with the grey values as "
        "probabilities, which reduces overfitting",
    )
    hide_cells: float = Field(
        default=0.0,
        ge=0.0,
        le=0.9,
        title="Hidden cells",
        description="Hide up to this share of a row's known cells from the encoder, drawn anew at "
        "each step: it learns to fill gaps (mixed tables only)",
    )
    patience: int = Field(
        default=0,
        ge=0,
        le=1000,
        title="Patience",
        description="Stop after this many epochs without a better validation loss and keep the "
        "best; 0 never stops early",
    )
    subset: int | None = Field(
        default=None,
        ge=16,
        title="Subset",
        description="Train on only this many examples, drawn evenly over the labels",
    )
    without: str | None = Field(
        default=None,
        title="Class left out",
        description="Label that training leaves out",
    )
    start_from: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9_-]*(@[1-9][0-9]*)?$",
        title="Start from",
        description="Continue with the weights of this stored model of the same architecture, or "
        "with those that a run had after an epoch: model@epoch",
    )
    changes: tuple[Intervention, ...] = Field(
        default=(),
        max_length=1000,
        strict=False,
        title="Changes",
        description="New beta or learning rate from an epoch on, as 5:beta=4,9:learning_rate=1e-4",
    )
    stop_after: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        title="Stop after",
        description="End after this epoch and keep the best so far by validation loss",
    )
    seed: Seed = Field(default=0, title="Seed", description="Makes the run repeatable")
    split_seed: Seed = Field(
        default=0, title="Split seed", description="Decides which examples are held out"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.drawn_input and self.likelihood != "bernoulli":
            raise ValueError(
                "`drawn_input` draws from grey values, as only the likelihood 'bernoulli' sees "
                f"them. Received: likelihood={self.likelihood!r}"
            )
        if self.hide_cells and self.likelihood != "mixed":
            raise ValueError(
                "`hide_cells` needs the likelihood 'mixed', which alone knows of missing cells. "
                f"Received: hide_cells={self.hide_cells}, likelihood={self.likelihood!r}"
            )
        self._check_interventions()
        return self

    def _check_interventions(self) -> None:
        end = self.last_epoch
        epochs = [change.epoch for change in self.changes]
        if end > self.epochs or epochs != sorted(set(epochs)) or (epochs and epochs[-1] > end):
            raise ValueError(
                "`changes` must name each epoch once, in order, none after the end, and "
                f"`stop_after` no later epoch than the last. Received: changes at {epochs}, "
                f"stop_after={self.stop_after}, epochs={self.epochs}"
            )
        if self.changes != effective(self.changes, self.beta, self.learning_rate):
            raise ValueError(
                "`changes` must each change something: two specifications of one model would "
                f"have two names. Received: {self.model_dump(mode='json')['changes']}"
            )

    def changed(self, change: Intervention) -> Self:
        """This specification with one more change; a later word on the same epoch wins.

        What then changes nothing is left out, so that one meaning keeps one digest.
        """
        planned = {earlier.epoch: earlier for earlier in self.changes}
        before = planned.get(change.epoch, change)
        planned[change.epoch] = before.model_copy(update=change.model_dump(exclude_none=True))
        changes = effective(
            [planned[epoch] for epoch in sorted(planned)], self.beta, self.learning_rate
        )
        return self._with(changes=changes)

    def stopped(self, epoch: int) -> Self:
        """This specification ended after `epoch`, without what was planned for later."""
        return self._with(changes=self._changes_until(epoch), stop_after=epoch)

    def until(self, epoch: int) -> Self:
        """The specification whose first `epoch` epochs are the same as this one's.

        It leaves out what was changed or stopped later, so that a run has one name for its state
        after each epoch, whatever was done to it afterwards.
        """
        return self._with(changes=self._changes_until(epoch), stop_after=None)

    def continued(self, start_from: str, **settings: Any) -> Self:
        """A new run that begins with the weights of `start_from`; `settings` win."""
        fresh = {"changes": (), "stop_after": None, "start_from": start_from}
        return self._with(**{**fresh, **settings})

    @property
    def last_epoch(self) -> int:
        """The epoch after which the run ends: the one that it was stopped at, or the last."""
        return self.stop_after or self.epochs

    def state_after(self, epoch: int) -> str:
        """The name of this run's weights after `epoch`, for another one's `start_from`."""
        return f"{self.until(epoch).model_id}@{epoch}"

    def _changes_until(self, epoch: int) -> tuple[Intervention, ...]:
        return tuple(change for change in self.changes if change.epoch <= epoch)

    def _with(self, **values: Any) -> Self:
        return self.create(**{**self.model_dump(), **values})

    @classmethod
    def create(cls, **values: Any) -> Self:
        """Build a specification, or raise `SpecInvalid` naming each field that is off."""
        try:
            return cls(**values)
        except ValidationError as error:
            raise SpecInvalid(_explain(error)) from error

    @property
    def digest(self) -> str:
        """sha256 of the canonical JSON.

        Fields at their default are left out, so that a field added later (with a default that
        means 'as before') does not rename the models that exist.
        """
        values = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(values, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def model_id(self) -> str:
        """`<dataset>-<architecture>-z<dim>-<first 8 digits of the digest>`."""
        return f"{self.dataset}-{self.architecture}-z{self.latent_dim}-{self.digest[:8]}"


def bounds(name: str) -> tuple[float, float]:
    """Smallest and largest value that the field `name` of a `TrainingSpec` takes.

    An end that is not there is infinite. Raises `KeyError` for a name that is no field.
    """
    low, high = -inf, inf
    for rule in TrainingSpec.model_fields[name].metadata:
        low, high = getattr(rule, "ge", low), getattr(rule, "le", high)
    return low, high


def _explain(error: ValidationError) -> str:
    return "The training specification is not valid. " + " | ".join(map(_sentence, error.errors()))


def _sentence(item: Any) -> str:
    """What is wrong with a field; what contradicts another one says itself what it received."""
    message = str(item["msg"]).removeprefix("Value error, ")
    if not item["loc"]:
        return message
    name = ".".join(map(str, item["loc"]))
    return f"`{name}`: {message}. Received: {_shortened(item['input'])}"


def _shortened(value: object, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def read_widths(text: str, *, name: str) -> tuple[int, ...]:
    """Layer widths as people write them, '512, 256, 128'; raises `SpecInvalid` with `name`."""
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SpecInvalid(
            f"Expected {name} as whole numbers with commas, such as 512, 256, 128. "
            f"Received: {text!r}"
        ) from error

"""A variational autoencoder as a scikit-learn estimator, for tables in notebooks and pipelines."""

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    check_array,
    check_is_fitted,
    validate_data,
)

from vae_core.arrays import Float32Array, Float64Array
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import FILES, MANIFEST
from vae_core.datasets import Dataset, Split
from vae_core.datasets.description import Description
from vae_core.errors import InvalidInput
from vae_core.estimator.columns import Columns, is_mixed_frame
from vae_core.latent.posterior import kl_divergence
from vae_core.latent.sampling import prior
from vae_core.metrics import reconstruction
from vae_core.metrics.imputation import impute
from vae_core.metrics.likelihood import drawn, observation_model
from vae_core.spec.training_spec import TrainingSpec

DRAWS = 16
STORED = ["latent_dim", "beta", "hidden", "epochs", "batch_size", "learning_rate", "hide_cells"]
"""Parameters that a stored model's specification has under the same name."""
WATCHED = 500
"""Rows on which the loss is followed; all rows train."""


class VAE(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A variational autoencoder of a table: `fit(X)`, `transform(X)`, `sample(n)`, `impute(X)`.

    X is an array of numbers (n, features) or a data frame, whose words and truth values are
    categories; NaN is a gap. `kinds` says by column name (or position) which numbers are
    'positive' or 'count' and which categories are 'ordinal'. The other parameters are fields of
    `TrainingSpec`. `transform` gives the posterior means (n, latent_dim), `inverse_transform` the
    most plausible rows. All rows given to `fit` train; score others.
    """

    def __init__(
        self,
        latent_dim: int = 2,
        *,
        beta: float = 1.0,
        hidden: tuple[int, ...] = (64, 64),
        epochs: int = 100,
        batch_size: int = 64,
        learning_rate: float = 5e-3,
        hide_cells: float = 0.1,
        kinds: Any = None,
        random_state: Any = 0,
    ) -> None:
        self.latent_dim, self.beta, self.hidden = latent_dim, beta, hidden
        self.epochs, self.batch_size, self.learning_rate = epochs, batch_size, learning_rate
        self.hide_cells, self.kinds, self.random_state = hide_cells, kinds, random_state

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002, N803
        """Train on all rows of X; imports TensorFlow. `y` is not looked at."""
        from vae_core.worker.pipeline import train_on

        x = self._learn_columns(X)
        split = Split(x, np.full(len(x), -1, np.int64), np.arange(len(x)))
        watched = split.take(np.arange(min(WATCHED, len(x))))
        description = _described(self.columns_, x)
        dataset = Dataset.of(description, train=split, validation=watched, test=watched)
        with tempfile.TemporaryDirectory() as folder:
            artifact = train_on(dataset, self._spec(description.name), root=Path(folder))
            self.files_ = _read(artifact.path)
        self._open()
        return self

    def transform(self, X: Any) -> Float64Array:  # noqa: N803
        """Posterior means (n, latent_dim)."""
        return np.asarray(self._codec.encode(self._stored(X))[0], np.float64)

    def inverse_transform(self, Z: ArrayLike) -> Any:  # noqa: N803
        """The most plausible rows at points Z (n, latent_dim), in the form of the training data."""
        check_is_fitted(self)
        z = check_array(Z, dtype=np.float32)
        return self.columns_.decode(self._codec.decode(z))

    def sample(self, n: int = 1, *, random_state: int = 0) -> Any:
        """So many synthetic rows: z from the prior, each cell from its column's likelihood."""
        check_is_fitted(self)
        z = prior(n, self.latent_dim, seed=random_state)
        rng = np.random.default_rng((random_state, 1))
        return self.columns_.decode(drawn(self._codec.parameters(z), self._observation, rng))

    def impute(self, X: Any) -> Any:  # noqa: N803
        """X with its gaps filled; known cells stay as they are."""
        x = self._stored(X)
        return self.columns_.decode(impute(self._codec, x, self._observation).x)

    def score(self, X: Any, y: Any = None) -> float:  # noqa: ARG002, N803
        """Mean ELBO of rows, nats of the data's own units."""
        return float(self.score_samples(X).mean())

    def score_samples(self, X: Any) -> Float64Array:  # noqa: N803
        """ELBO (n,) of each row, nats; `DRAWS` draws of z, with the same noise for all rows."""
        x = self._stored(X)
        mean, log_var = self._codec.encode(x)
        noise = np.random.default_rng(0).standard_normal((DRAWS, mean.shape[1]), np.float32)
        total = np.zeros(len(x))
        for one in noise:
            said = self._codec.parameters(mean + np.exp(0.5 * log_var) * one)
            total += reconstruction(x, said, self._observation)
        return np.asarray(-total / DRAWS - kl_divergence(mean, log_var).sum(axis=1))

    def save(self, root: Path | str) -> Path:
        """Write the model as a directory of `root`, which the app and `open_model` read."""
        check_is_fitted(self)
        with tempfile.TemporaryDirectory() as folder:
            artifact = _written(self.files_, Path(folder))
            target = Path(root) / artifact.manifest.model_id
            shutil.copytree(artifact.path, target, dirs_exist_ok=True)
        return target

    @classmethod
    def load(cls, model: Path | str) -> Self:
        """The fitted estimator of a stored model of a table: a directory, or a name as
        `open_model` takes it; also one that the app has trained.

        With words among its columns it takes and gives pandas frames. Raises `NotFound`,
        `ArtifactCorrupt`, `InvalidInput` for a model that is none of a mixed table.
        """
        path = Path(model)
        artifact = Artifact.open(path) if path.is_dir() else registry.open_model(str(model))
        spec, features = artifact.manifest.spec, artifact.manifest.description.features
        if spec.likelihood != "mixed" or spec.conditional:
            raise InvalidInput(
                "Expected an unconditional model of a mixed table. "
                f"Received: {artifact.manifest.model_id}, likelihood={spec.likelihood!r}, "
                f"conditional={spec.conditional}"
            )
        own = {name: getattr(spec, name) for name in STORED}
        kinds = {feature.name: feature.kind for feature in features}
        loaded = cls(**own, kinds=kinds, random_state=spec.seed)
        mixed = any(feature.categories for feature in features)
        loaded.columns_ = Columns(features, "pandas" if mixed else "")
        loaded.n_features_in_ = len(features)
        if mixed:
            loaded.feature_names_in_ = np.array([feature.name for feature in features], object)
        loaded.files_ = _read(artifact.path)
        loaded._open()
        return loaded

    @property
    def _n_features_out(self) -> int:
        return self.latent_dim

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {name: v for name, v in state.items() if name not in ("_codec", "_observation")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "files_" in state:
            self._open()

    def _open(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            artifact = _written(self.files_, Path(folder))
            self._codec: OnnxCodec = OnnxCodec(artifact)
            self._observation = observation_model(artifact.manifest)

    def _learn_columns(self, x: Any) -> Float32Array:
        kinds = dict(self.kinds or {})
        if is_mixed_frame(x):
            _check_feature_names(self, x, reset=True)
            _check_n_features(self, x, reset=True)
            self.columns_ = Columns.of_frame(x, kinds)
            return self.columns_.encode(x)
        x = validate_data(
            self, x, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        names = getattr(self, "feature_names_in_", [f"x{place}" for place in range(x.shape[1])])
        self.columns_ = Columns.of_array(x, [str(name) for name in names], kinds)
        return self.columns_.encode(x)

    def _stored(self, x: Any) -> Float32Array:
        check_is_fitted(self)
        if is_mixed_frame(x) and self.columns_.backend:
            _check_feature_names(self, x, reset=False)
            return self.columns_.encode(x)
        x = validate_data(self, x, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return self.columns_.encode(x)

    def _spec(self, dataset: str) -> TrainingSpec:
        seed = self.random_state
        if not isinstance(seed, int | np.integer):
            seed = check_random_state(seed).randint(2**31 - 1)
        return TrainingSpec.create(
            dataset=dataset,
            architecture="table",
            likelihood="mixed",
            activation="silu",
            hidden=tuple(self.hidden),
            latent_dim=self.latent_dim,
            beta=float(self.beta),
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            hide_cells=self.hide_cells,
            kl_warmup_epochs=min(self.epochs // 4, 1000),
            seed=int(seed),
        )


def _described(columns: Columns, x: Float32Array) -> Description:
    """What was given, named by its content: other data are another dataset."""
    content = hashlib.sha256(repr(columns.features).encode() + x.tobytes()).hexdigest()
    return Description(
        name=f"table-{content[:8]}",
        title="A table",
        kind="table",
        shape=(len(columns.features),),
        features=columns.features,
        licence="not stated",
        source="given to vae_core.VAE",
        citation="",
    )


def _read(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in (*FILES, MANIFEST)}


def _written(files: dict[str, bytes], folder: Path) -> Artifact:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return Artifact.open(folder)

"""The pages of the app, in the order of the menu; a link names its page by the key here."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page: its script, relative to `pages/`, and how the menu shows it."""

    script: str
    title: str
    icon: str
    help: str


PAGES: Mapping[str, Page] = {
    "explore": Page(
        "explore/page.py",
        "Explore",
        ":material/explore:",
        "Walk over the latent plane of a trained model and watch what it decodes.",
    ),
    "reconstruct": Page(
        "reconstruct/page.py",
        "Reconstruct",
        ":material/compare:",
        "Draw, bring or pick an example and see what a model makes of it.",
    ),
    "morph": Page(
        "morph/page.py",
        "Morph",
        ":material/timeline:",
        "Walk from one example to another, straight, on arcs, or where examples are.",
    ),
    "generate": Page(
        "generate/page.py",
        "Generate",
        ":material/auto_awesome:",
        "New samples from the model, and what each latent dimension changes.",
    ),
    "card": Page(
        "card/page.py",
        "Model card",
        ":material/id_card:",
        "How good a model is, in stated units, how it was made, and its files.",
    ),
    "anomalies": Page(
        "anomalies/page.py",
        "Anomalies",
        ":material/troubleshoot:",
        "How strange an example is to a model, and how well that tells outliers apart.",
    ),
    "train": Page(
        "train/page.py",
        "Train",
        ":material/model_training:",
        "Train a model with settings of your own and watch it learn.",
    ),
    "jobs": Page(
        "jobs/page.py",
        "Jobs",
        ":material/list:",
        "Everything that trains, waits or has ended on this server.",
    ),
}
"""By the path in the page's address; the first is also the root."""

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
        "Move through the latent plane of a trained model and see what it decodes.",
    ),
    "reconstruct": Page(
        "reconstruct/page.py",
        "Reconstruct",
        ":material/compare:",
        "Draw, upload or pick an example and see how a model reconstructs it.",
    ),
    "morph": Page(
        "morph/page.py",
        "Morph",
        ":material/timeline:",
        "Morph one example into another: straight, along an arc, or through the data.",
    ),
    "generate": Page(
        "generate/page.py",
        "Generate",
        ":material/auto_awesome:",
        "Draw new samples from a model, and see what each latent dimension changes.",
    ),
    "gaps": Page(
        "gaps/page.py",
        "Fill gaps",
        ":material/select_check_box:",
        "Fill the missing cells of a table, with how sure the model is.",
    ),
    "card": Page(
        "card/page.py",
        "Model card",
        ":material/id_card:",
        "How good a model is, how it was trained, and its files.",
    ),
    "compare": Page(
        "compare/page.py",
        "Compare",
        ":material/balance:",
        "Put models side by side: their planes linked by the examples, their numbers in pairs.",
    ),
    "anomalies": Page(
        "anomalies/page.py",
        "Anomalies",
        ":material/troubleshoot:",
        "How unusual an example is to a model, and how well that reveals outliers.",
    ),
    "data": Page(
        "data/page.py",
        "Data",
        ":material/table_chart:",
        "Add a table of your own, and see which datasets are here.",
    ),
    "train": Page(
        "train/page.py",
        "Train",
        ":material/model_training:",
        "Train a model with settings of your own and watch it learn.",
    ),
    "sweep": Page(
        "sweep/page.py",
        "Sweep",
        ":material/scatter_plot:",
        "Train many settings of one dataset, and see which is best and why.",
    ),
    "jobs": Page(
        "jobs/page.py",
        "Jobs",
        ":material/list:",
        "All training runs on this server: running, waiting and finished.",
    ),
}
"""By the path in the page's address; the first is also the root."""

"""Sweeps beta on digits and writes what `docs/choosing-beta.md` shows: its table and figures.

`python docs/sweep_pictures.py [--seeds 2]`. What is trained already is not trained again.
"""

import argparse
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from plotly.offline import get_plotlyjs  # noqa: E402

from tests.browser.running import chromium  # noqa: E402
from vae_core.api import sweep  # noqa: E402
from vae_core.figures.figure import Figure  # noqa: E402
from vae_core.figures.rate_distortion import rate_distortion_figure  # noqa: E402
from vae_core.figures.sweep_objective import active_units_figure, objective_figure  # noqa: E402
from vae_core.sweeps import SettingResult, SweepResults  # noqa: E402
from vae_core.text import number, plus_minus  # noqa: E402

BETAS = [0.1, 0.15, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.4, 2.0, 2.8, 4.0]
SIZE = {"width": 680, "height": 420}
MARKS = ("<!-- sweep -->", "<!-- end of sweep -->")


def main() -> None:
    """Sweep, then write pictures and table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    results = sweep("digits", beta=BETAS, latent_dim=8, seeds=parser.parse_args().seeds)
    figures = {
        "rate-distortion": rate_distortion_figure(results),
        "beta-elbo": objective_figure(results),
        "beta-active-units": active_units_figure(results),
    }
    write_pictures({name: figure for name, figure in figures.items() if figure})
    page = DOCS / "choosing-beta.md"
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    page.write_text(
        f"{before}{MARKS[0]}\n\n{table(results)}\n\n{MARKS[1]}{after}", encoding="utf-8"
    )


def table(results: SweepResults) -> str:
    """One row per beta; the chosen one is bold."""
    lines = [
        "| beta | validation ELBO | rate | distortion | active units of 8 | test ELBO |",
        "| --: | --: | --: | --: | --: | --: |",
    ]
    for setting in sorted(results.settings, key=lambda setting: float(setting.values["beta"])):
        cells = _cells(setting)
        if setting is results.best_setting:
            cells = [f"**{cell}**" for cell in cells]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(setting: SettingResult) -> list[str]:
    return [
        f"{setting.values['beta']:g}",
        plus_minus(setting.elbo, setting.error, ".2f"),
        number(setting.rate, ".2f"),
        number(setting.distortion, ".2f"),
        f"{setting.active_units:.3g}",
        number(setting.test_elbo, ".2f"),
    ]


def write_pictures(figures: dict[str, Figure]) -> None:
    """Each figure as an SVG, whose grey text reads on light and dark pages."""
    from playwright.sync_api import sync_playwright

    draw = """async ([figure, size]) => {
        const layout = {...figure.layout, font: {family: "sans-serif"}};
        return await Plotly.toImage({data: figure.data, layout}, {format: "svg", ...size});
    }"""
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page()
        page.add_script_tag(content=get_plotlyjs())
        for name, figure in figures.items():
            address = page.evaluate(
                f"([json, size]) => ({draw})([JSON.parse(json), size])", [figure.to_json(), SIZE]
            )
            svg = page.evaluate("address => decodeURIComponent(address.split(',')[1])", address)
            (DOCS / f"{name}.svg").write_text(svg + "\n", encoding="utf-8")
        browser.close()


if __name__ == "__main__":
    main()

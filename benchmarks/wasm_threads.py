"""Whether decoding in the browser gains from threads, which only an isolated page may have.

A page of its own is served with the two headers that isolate it, decodes with the vendored
onnxruntime-web, whose wasm is the threaded build, and says how long that takes.
"""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import ROOT, Result, browser, home, main, model_of, use_shared_data, visitor

COUNTS = (1, 64)
THREADS = (1, 2)
CONV = ["fashion_mnist", "--architecture", "conv", "--subset", "2000", "--epochs", "1"]
"""Weights change no time: the shape of the dataset's own convolutional network is what counts."""
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}

# Milliseconds of decoding each number of points, the shortest: other work on the machine only adds.
DECODE = """async ([runtime, graph, threads, counts, seconds]) => {
    if (!crossOriginIsolated) throw new Error("the page is not isolated");
    const base = new URL(runtime, document.baseURI).href;
    const ort = await import(`${base}/ort.wasm.min.mjs`);
    ort.env.wasm.numThreads = threads;
    ort.env.wasm.wasmPaths = {
        mjs: `${base}/ort-wasm-simd-threaded.mjs`, wasm: `${base}/ort-wasm-simd-threaded.wasm` };
    const weights = new Uint8Array(await (await fetch(graph)).arrayBuffer());
    const session = await ort.InferenceSession.create(weights);
    const shortest = [];
    for (const count of counts) {
        const z = new ort.Tensor("float32", new Float32Array(2 * count).fill(0.5), [count, 2]);
        for (let warm = 0; warm < 20; warm++) await session.run({ z });
        const end = performance.now() + 1000 * seconds;
        let best = Infinity;
        while (performance.now() < end) {
            const start = performance.now();
            await session.run({ z });
            best = Math.min(best, performance.now() - start);
        }
        shortest.push(best);
    }
    return [shortest, ort.env.wasm.numThreads];
}"""


def measure(seconds: float) -> Iterator[Result]:
    """Milliseconds for each decoder, number of points and number of threads."""
    use_shared_data()
    with home(), browser() as running:
        decoders = {
            "mnist, dense": _shipped("mnist"),
            "fashion_mnist, dense": _shipped("fashion_mnist"),
            "fashion_mnist, conv": _trained(CONV),
        }
        with serving() as address:
            for name, decoder in decoders.items():
                one, two = (_times(running, address, decoder, n, seconds) for n in THREADS)
                for count, alone, shared in zip(COUNTS, one, two, strict=True):
                    what = f"{name}, {count} point{'s' if count > 1 else ''}"
                    yield Result(f"{what}, one thread", alone, "ms")
                    yield Result(
                        f"{what}, two threads", shared, "ms",
                        times=shared / alone, baseline="one thread",
                    )  # fmt: skip


def _times(
    running: Any, address: str, decoder: Path, threads: int, seconds: float
) -> tuple[float, ...]:
    """Milliseconds for each of `COUNTS`, in a page of its own."""
    from latent_plane import assets

    runtime = assets.serve_directory(ROOT / "latent_plane" / "onnxruntime")
    with visitor(running) as page:
        page.goto(address)
        given = [runtime, assets.serve_file(decoder), threads, list(COUNTS), seconds]
        times, used = page.evaluate(DECODE, given)
    if used != threads:
        raise SystemExit(f"Expected {threads} threads. Received: {used}")
    return tuple(times)


@contextmanager
def serving() -> Iterator[str]:
    """Address of an empty, isolated page beside which the app's files are served."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.datastructures import MutableHeaders
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    from latent_plane.routes import OwnRoutes

    page = Starlette(routes=[Route("/", lambda _: HTMLResponse("<!doctype html><title>t</title>"))])
    routes = OwnRoutes(page)

    async def isolated(scope: Any, receive: Any, send: Any) -> None:
        async def send_isolated(message: Any) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(ISOLATION)
            await send(message)

        await routes(scope, receive, send_isolated)

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(isolated, log_level="error", lifespan="off"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        try:
            yield f"http://localhost:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def _shipped(dataset: str) -> Path:
    from vae_core.artifacts import registry
    from vae_core.artifacts.manifest import DECODER

    return registry.open_model(model_of(dataset)).file(DECODER)


def _trained(arguments: list[str]) -> Path:
    """The decoder of a model that is trained now, in this benchmark's home."""
    command = [sys.executable, "-m", "vae_core", "train", "--dataset", *arguments]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return next(Path(os.environ["LATENT_HOME"]).glob("models/*/decoder.onnx"))


if __name__ == "__main__":
    main(
        "Decoding in the browser with one thread and with two",
        measure,
        seconds={"type": float, "default": 3.0, "help": "seconds of each measurement"},
    )

import assert from "node:assert/strict";
import test from "node:test";
import {
  downloadBytes,
  downloadJson,
  FileMissing,
  failureKind,
  failureOf,
  NetworkFailure,
  persistently,
} from "../../latent_plane/frontend/shared/download.js";

const NO_PAUSES = [0, 0, 0];

// A pause ends as soon as everything else has.
test.before(() => {
  globalThis.setTimeout = (callback) => setImmediate(callback);
});

function serving(...answers) {
  const asked = [];
  globalThis.fetch = async (url) => {
    asked.push(url);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer();
  };
  return asked;
}

test("a network that fails for a while is waited for", async () => {
  let calls = 0;
  const answer = await persistently(async (failures) => {
    assert.equal(failures, calls++);
    if (calls < 3) throw new NetworkFailure("not yet");
    return "here";
  }, NO_PAUSES);
  assert.equal(answer, "here");
  assert.equal(calls, 3);
});

test("a network that fails for good is given up after the last pause", async () => {
  let calls = 0;
  const attempt = async () => {
    calls += 1;
    throw new NetworkFailure(`no. ${calls}`);
  };
  await assert.rejects(persistently(attempt, NO_PAUSES), {
    name: "NetworkFailure",
    message: "no. 4",
  });
  assert.equal(calls, 4);
});

test("what is not the network's fault is not tried again", async () => {
  let calls = 0;
  const attempt = async () => {
    calls += 1;
    throw new RangeError("no WebAssembly");
  };
  await assert.rejects(persistently(attempt, NO_PAUSES), RangeError);
  assert.equal(calls, 1);
});

test("an answer that broke off and a server in trouble are asked again", async () => {
  const broken = () =>
    new Response(new ReadableStream({ start: (body) => body.error(new TypeError("cut off")) }));
  const asked = serving(
    new TypeError("Failed to fetch"),
    broken,
    () => new Response("busy", { status: 503 }),
    () => Response.json({ fine: true }),
  );
  assert.deepEqual(await downloadJson("figure.json"), { fine: true });
  assert.equal(asked.length, 4);
});

test("a file that is not there is missing at once", async () => {
  const asked = serving(() => new Response("", { status: 404 }));
  await assert.rejects(downloadBytes("none.onnx"), FileMissing);
  assert.equal(asked.length, 1);
});

test("failures keep their kind on the way through a worker", () => {
  for (const error of [new NetworkFailure("a"), new FileMissing("b"), new Error("c")]) {
    const copy = failureOf(failureKind(error), error.message);
    assert.equal(copy.constructor, error.constructor);
    assert.equal(copy.message, error.message);
  }
  assert.equal(failureKind("a string"), "browser");
});

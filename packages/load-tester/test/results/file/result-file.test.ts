import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { TroupeError } from "@troupe/control";
import { parseResult, readResult, writeResult } from "../../../src/results/file/result-file.ts";
import { RunTotals } from "../../../src/results/merge/run-totals.ts";
import { fakeResult } from "../../support/fake-result.ts";

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "troupe-result-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test("a result is read back as it was written, and only it is in the folder", async (t) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "run.json");
  const result = fakeResult();
  await writeResult(path, fakeResult({ name: "before" }));
  await writeResult(path, result);
  const read = await readResult(path);
  t.is(JSON.stringify(read), JSON.stringify(result));
  t.deepEqual(await readdir(folder.path), ["run.json"]);
  t.is(RunTotals.ofResult(read).histogram("request_block").count, 30);
});

test("remarks of generators are read back, and a lost generator stays lost", (t) => {
  const generators = [
    { name: "a", threads: 1, peers: 5, lostAt: 3, remarks: ["peers dial from elsewhere"] },
    { name: "b", threads: 1, peers: 5, lostAt: undefined },
  ];
  const text = JSON.stringify(fakeResult({ generators }));
  t.deepEqual(parseResult(text, "f").generators, generators);
});

test("a result that cannot be written leaves the file of before", async (t) => {
  await using folder = await temporaryFolder();
  const error = await t.throwsAsync(
    writeResult(join(folder.path, "absent", "run.json"), fakeResult()),
    { code: "result-not-saved" },
  );
  t.regex(error?.message ?? "", /cannot write the result .*: ENOENT$/);
  t.deepEqual(await readdir(folder.path), []);
});

test("a file that is missing, a folder, or no text is refused in a sentence", async (t) => {
  await using folder = await temporaryFolder();
  const bytes = join(folder.path, "bytes");
  await writeFile(bytes, Buffer.from([0x7b, 0xff, 0x7d]));
  for (const [path, reason] of [
    [join(folder.path, "none"), /there is no such file/],
    [folder.path, /cannot read the result/],
    [bytes, /cannot read the result/],
  ] as const) {
    await t.throwsAsync(readResult(path), { code: "result-unreadable", message: reason });
  }
});

for (const [change, reason] of [
  [{ format: "another" }, 'format is "another", allowed is one of troupe-load-test'],
  [{ version: 2 }, "version is 2, allowed is 1"],
  [{ name: 5 }, "name is 5, allowed is a text of at most 100 characters"],
  [{ durationMs: -1 }, "durationMs is -1, allowed is a number from 0"],
  [{ startedAt: "yesterday" }, "allowed is a time such as"],
  [{ outcome: { kind: "won" } }, 'outcome.kind is "won", allowed is one of passed'],
  [{ outcome: { kind: "aborted" } }, "outcome.budget is missing"],
  [{ seconds: [{ second: 1 }] }, "seconds[0].counts is missing, allowed is an object"],
  [{ seconds: {} }, "seconds is an object, allowed is a list"],
  [{ groups: [null] }, "groups[0] is null, allowed is an object"],
  [
    { counts: [{ counter: "made_up", group: "", phase: "", label: "", value: 1 }] },
    'counts[0].counter is "made_up"',
  ],
  [{ budgets: [{ text: "p99 < 5ms", allowed: 1, holds: true }] }, "is wrong at column 1"],
] as const) {
  test(`a result is refused where ${reason}`, (t) => {
    const text = JSON.stringify({ ...fakeResult(), ...change });
    const error = t.throws(() => parseResult(text, "run.json"), { code: "result-malformed" });
    t.true(error?.message.startsWith("run.json is not a result of a load test: "));
    t.true(error?.message.includes(reason), error?.message);
  });
}

test("a group with a name that no budget can spell is refused", (t) => {
  const text = JSON.stringify(fakeResult()).replaceAll('"leech"', '"a}.p50 < 1"');
  t.throws(() => parseResult(text, "f"), {
    message: /is "a\}.p50 < 1", allowed is a name without/,
  });
});

test("a second out of its place is refused", (t) => {
  const { seconds, ...rest } = fakeResult();
  const text = JSON.stringify({ ...rest, seconds: seconds.toReversed() });
  t.throws(() => parseResult(text, "f"), { message: /seconds\[0\].second is 9, allowed is 0/ });
});

test("a result with a histogram that is none is refused", (t) => {
  const histograms = [{ measure: "connect", group: "", phase: "", hdr: "AAAA" }] as const;
  const text = JSON.stringify(fakeResult({ histograms }));
  t.throws(() => parseResult(text, "f"), { code: "histogram-malformed" });
});

test("texts of a result are clean, and unknown keys are left out", (t) => {
  const [target] = fakeResult().targets;
  const client = "evil\u001b[31m client\u202e";
  const text = JSON.stringify({ ...fakeResult(), targets: [{ ...target, client }], extra: 1 });
  const result = parseResult(text, "f");
  t.is(result.targets[0]?.client, "evil[31m client");
  t.false("extra" in result);
});

test("a name of JavaScript's own is a name like any other", (t) => {
  const text = JSON.stringify(fakeResult()).replaceAll('"leech"', '"__proto__"');
  const result = parseResult(text, "f");
  t.deepEqual(Object.keys(result.seconds[0]?.gauges ?? {}), ["__proto__"]);
});

test("any change of a result is read, or refused with a code", (t) => {
  const text = JSON.stringify(fakeResult());
  const change = fc.record({
    at: fc.nat(text.length - 1),
    cut: fc.nat(40),
    put: fc.constantFrom("", "0", "-1", "null", "[]", "{}", '"', "1e999", ",", "\\u0000"),
  });
  fc.assert(
    fc.property(change, ({ at, cut, put }) => {
      try {
        parseResult(text.slice(0, at) + put + text.slice(at + cut), "f");
      } catch (error) {
        if (!(error instanceof TroupeError)) throw error;
        t.true(["result-malformed", "histogram-malformed"].includes(error.code));
      }
    }),
    { numRuns: 400 },
  );
  t.pass();
});

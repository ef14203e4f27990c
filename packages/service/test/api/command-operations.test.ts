import { TroupeError } from "@troupe/control";
import { commands, type CommandRow } from "@troupe/control/commands";
import test from "ava";
import type { RequestBody } from "../../src/routes/route.ts";
import { allOperations, apiRoute } from "../support/api.ts";
import { exampleRow } from "../support/example-row.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf, jsonOf } from "../support/request.ts";

const url = "/api/v1/commands/start";
const json = (value: unknown): RequestBody => ({ kind: "json", value });

test("each command has a route, and each question a second one without a body", (t) => {
  const rows: readonly (readonly [string, CommandRow])[] = Object.entries(commands);
  const paths = allOperations()
    .filter(({ path }) => path.startsWith("/api/v1/commands/"))
    .map(({ method, path, right }) => `${method} ${path.split("/")[4]} ${right}`);
  const expected = rows.flatMap(([name, { right = "local" }]) => [
    `POST ${name} ${right}`,
    ...(right === "read" ? [`GET ${name} read`] : []),
  ]);
  t.deepEqual(paths, expected);
  t.true(rows.length > 40);
});

test("only the body of `add` may be long", (t) => {
  const long = allOperations().filter(({ body }) => body === "add");
  t.deepEqual(
    long.map(({ path }) => path),
    ["/api/v1/commands/add"],
  );
});

test("a body becomes the arguments, and the answer has the result and the version", async (t) => {
  const calls = new RecordedCalls([exampleRow()], { add: "aa".repeat(20) });
  const body = json({ source: "magnet:?x", labels: ["a"] });
  const response = await answerOf(apiRoute("POST", "commands/add"), calls, { url, body });
  t.deepEqual(calls.made, [["add", { source: "magnet:?x", labels: ["a"] }]]);
  t.is(response.status, 200);
  t.deepEqual(jsonOf(response), { result: "aa".repeat(20), version: 1 });
});

test("a command without a body has no arguments, and one without a result answers with the version", async (t) => {
  const calls = new RecordedCalls();
  const response = await answerOf(apiRoute("POST", "commands/start"), calls, { url });
  t.deepEqual(calls.made, [["start", {}]]);
  t.deepEqual(jsonOf(response), { version: 1 });
});

test("the version is that after the command", async (t) => {
  class ChangingCalls extends RecordedCalls {
    override run(): Promise<never> {
      this.change([exampleRow({ peers: 9 })]);
      return super.run("stop", {});
    }
  }
  const calls = new ChangingCalls([exampleRow()]);
  const response = await answerOf(apiRoute("POST", "commands/stop"), calls, { url });
  t.deepEqual(jsonOf(response), { version: 2 });
});

for (const [body, seen] of [
  [json(["a"]), "a list"],
  [json(null), "null"],
  [json("text"), '"text"'],
  [{ kind: "form", fields: [] }, "a form body"],
] as const) {
  test(`a body that is ${seen} is refused before the command runs`, async (t) => {
    const calls = new RecordedCalls();
    const response = await answerOf(apiRoute("POST", "commands/start"), calls, { url, body });
    t.is(response.status, 400);
    t.deepEqual(jsonOf(response)["error"], {
      code: "option-out-of-range",
      message: `option body is ${seen}; allowed is a JSON object`,
      details: { option: "body", seen, allowed: "a JSON object" },
    });
    t.deepEqual(calls.made, []);
  });
}

for (const [code, status, retry] of [
  ["command-deadline", 504, undefined],
  ["engine-restarting", 503, "1"],
  ["not-permitted", 403, undefined],
  ["no-torrent", 404, undefined],
  ["disk-full", 400, undefined],
] as const) {
  test(`the error ${code} of a command has the status ${status}`, async (t) => {
    const calls = new RecordedCalls([], { start: new TroupeError(code, "cannot start") });
    const response = await answerOf(apiRoute("POST", "commands/start"), calls, { url });
    t.is(response.status, status);
    t.is(response.headers?.["Retry-After"], retry);
    t.deepEqual(jsonOf(response), { error: { code, message: "cannot start" } });
  });
}

test("an error that is none of Troupe's passes: it is a bug", async (t) => {
  const calls = new RecordedCalls([], { start: new Error("bug") });
  await t.throwsAsync(answerOf(apiRoute("POST", "commands/start"), calls, { url }), {
    message: "bug",
  });
});

test("a question is asked by GET too, with its arguments in the query", async (t) => {
  const calls = new RecordedCalls([], { why: { code: "no-peers", message: "There are none." } });
  const torrent = "ab".repeat(20);
  const response = await answerOf(apiRoute("GET", "commands/why"), calls, {
    url: `${url}?torrent=${torrent}`,
  });
  t.deepEqual(calls.made, [["why", { torrent }]]);
  t.deepEqual(jsonOf(response)["result"], { code: "no-peers", message: "There are none." });
});

for (const [query, code] of [
  ["?torrent=x", "option-out-of-range"],
  [`?torrent=${"ab".repeat(20)}&torrent=${"ab".repeat(20)}`, "option-out-of-range"],
  ["?torrents=x", "option-unknown"],
  ["?__proto__=x", "option-unknown"],
] as const) {
  test(`a question with the query ${query} is refused ${code}`, async (t) => {
    const calls = new RecordedCalls();
    const response = await answerOf(apiRoute("GET", "commands/why"), calls, {
      url: `${url}${query}`,
    });
    t.is(response.status, 400);
    t.like(jsonOf(response)["error"], { code });
    t.deepEqual(calls.made, []);
  });
}

import { seededRandom } from "@troupe/actor-runtime/testing";
import { TroupeError } from "@troupe/control";
import test from "ava";
import { numberedRows, TransmissionService, type ClassicAnswer } from "../support/transmission.ts";
import { specMethods } from "../support/transmission-keys.ts";
import { classicName } from "../../src/transmission/names/classic-names.ts";
import { randomArguments, randomJson } from "../support/random-json.ts";

const version = "4.1.1 (Troupe 0.1.0)";

test("a classic call gets its arguments, the result success and its tag", async (t) => {
  const service = new TransmissionService();
  const given = { method: "session-get", arguments: { fields: ["version"] }, tag: 4 };
  t.deepEqual(await service.send(given), {
    status: 200,
    value: { result: "success", arguments: { version }, tag: 4 },
  });
  for (const tag of ["4", null, 4.5, [4]]) {
    const { value } = await service.send({ ...given, tag });
    t.deepEqual(Object.keys(value as object), ["arguments", "result"]);
  }
});

test("a call of JSON-RPC gets its result and its id", async (t) => {
  const service = new TransmissionService();
  const call = { jsonrpc: "2.0", method: "session_get", params: { fields: ["version"] } };
  for (const id of [912_313, "a", null, 1.5])
    t.deepEqual(await service.send({ ...call, id }), {
      status: 200,
      value: { jsonrpc: "2.0", result: { version }, id },
    });
});

test("an error of JSON-RPC has the sentence and what the method tells beside it", async (t) => {
  const service = new TransmissionService();
  const params = { ip_protocol: "ipv6" };
  const { value } = await service.send({ jsonrpc: "2.0", method: "port_test", params, id: 3 });
  t.like(value, {
    jsonrpc: "2.0",
    error: {
      code: 8,
      message: "HTTP error from backend service",
      data: { result: { ip_protocol: "ipv6" } },
    },
    id: 3,
  });
  const classic = await service.classic("port-test", { ip_protocol: "ipv6" });
  t.regex(classic.result, /^Couldn't test port: /);
  t.deepEqual(classic.arguments, { ip_protocol: "ipv6" });
});

test("a notification has no answer, and is carried out if it has effects", async (t) => {
  const service = new TransmissionService(numberedRows(1, () => ({ state: "stopped" })));
  const call = { jsonrpc: "2.0", method: "torrent_start", params: { ids: 1 } };
  t.deepEqual(await service.send(call), { status: 204, value: undefined });
  t.is(service.calls.made.length, 1);
  t.is((await service.send({ jsonrpc: "2.0", method: "session_stats" })).status, 204);
  t.is((await service.send({ jsonrpc: "2.0", method: "no_such" })).status, 204);
  t.is(service.calls.made.length, 1);
});

test("a batch is answered in its order, without its notifications", async (t) => {
  const service = new TransmissionService();
  const call = { jsonrpc: "2.0", method: "session_get", params: { fields: ["rpc_version"] } };
  const { status, value } = await service.send([
    { ...call, id: "b" },
    { jsonrpc: "2.0", method: "torrent_stop", params: { ids: [] } },
    { jsonrpc: "2.0", method: "no_such", id: "a" },
    { method: "session-get" },
    7,
  ]);
  t.is(status, 200);
  const codes = (value as readonly { id: unknown; error?: { code: number } }[]).map(
    ({ id, error }) => [id, error?.code] as const,
  );
  t.deepEqual(codes, [
    ["b", undefined],
    ["a", -32_601],
    [null, -32_600],
    [null, -32_600],
  ]);
  t.is((await service.send([{ jsonrpc: "2.0", method: "session_stats" }])).status, 204);
});

test("a batch has 1 to 32 calls", async (t) => {
  const service = new TransmissionService();
  const call = { jsonrpc: "2.0", method: "session_get", params: { fields: ["version"] }, id: 1 };
  const many = await service.send(Array(32).fill(call));
  t.is((many.value as readonly unknown[]).length, 32);
  for (const batch of [[], Array(33).fill(call)])
    t.like((await service.send(batch)).value, { error: { code: -32_600 }, id: null });
});

test("values that are no call of either dialect are refused", async (t) => {
  const service = new TransmissionService();
  for (const value of [undefined, null, 3, "a", true])
    t.like((await service.send(value)).value, { error: { code: -32_600 }, id: null });
  t.like((await service.send({ jsonrpc: "1.0", method: "session_get" })).value, {
    error: { code: -32_600, data: { error_string: "JSON-RPC version is not 2.0" } },
  });
  const wrongId = { jsonrpc: "2.0", method: "session_get", id: {} };
  t.like((await service.send(wrongId)).value, { error: { code: -32_600 }, id: null });
});

test("an unknown method, and arguments that are no object, are errors of each dialect", async (t) => {
  const service = new TransmissionService();
  t.is((await service.classic("no-such")).result, "no method name");
  t.is((await service.classic("session_get", {})).result, "success");
  const { value } = await service.send({ method: "session-get", arguments: ["version"] });
  t.regex((value as ClassicAnswer).result, /option arguments is a list; allowed is an object/);
  t.is((await service.jsonRpc("no_such")).error?.code, -32_601);
  t.is((await service.jsonRpc("session-get")).error?.code, -32_601);
  const byPosition = { jsonrpc: "2.0", method: "session_get", params: ["version"], id: 1 };
  t.like((await service.send(byPosition)).value, { error: { code: -32_602 } });
});

test("an engine that restarts gives 503, a late command 504, and other errors 200", async (t) => {
  const statuses = [
    ["engine-restarting", 503],
    ["restore-running", 503],
    ["command-deadline", 504],
    ["not-permitted", 200],
    ["disk-full", 200],
  ] as const;
  for (const [code, status] of statuses) {
    const error = new TroupeError(code, `a sentence about ${code}`);
    const service = new TransmissionService([], { totals: error });
    const classic = await service.send({ method: "session-stats" });
    t.is(classic.status, status, code);
    t.is((classic.value as ClassicAnswer).result, error.message);
    const call = { jsonrpc: "2.0", method: "session_stats", id: 1 };
    const { value } = await service.send(call);
    t.like(value, { error: { code: 5, data: { error_string: error.message } } });
  }
});

test("an error that is no refusal of the engine is not hidden", async (t) => {
  const service = new TransmissionService([], { totals: new RangeError("bug: a fault of ours") });
  await t.throwsAsync(service.send({ method: "session-stats" }), { message: /bug/ });
});

test("U13: random calls of every method are answered in the form of their dialect", async (t) => {
  const random = seededRandom(1);
  const service = new TransmissionService(numberedRows(3), { add: "0".repeat(39) + 1 });
  let succeeded = 0;
  for (let round = 0; round < 4_000; round++) {
    const method = specMethods[random.integer(specMethods.length)] ?? "";
    const given = randomArguments(random);
    const classic = await service.classic(classicName(method), given);
    t.is(typeof classic.result, "string");
    t.is(typeof classic.arguments, "object");
    if (classic.result === "success") succeeded++;
    const { jsonrpc, result, error } = await service.jsonRpc(method, given);
    t.is(jsonrpc, "2.0");
    t.true((result === undefined) !== (error === undefined));
  }
  t.true(succeeded > 400, `${succeeded} calls succeeded`);
  t.true(succeeded < 3_600, `${succeeded} calls succeeded`);
});

test("random JSON is answered with an object, a list or nothing", async (t) => {
  const random = seededRandom(2);
  const service = new TransmissionService(numberedRows(2));
  for (let round = 0; round < 3_000; round++) {
    const { status, value } = await service.send(randomJson(random, 4));
    t.true(status === 204 ? value === undefined : typeof value === "object");
  }
});

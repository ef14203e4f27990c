import test from "ava";
import { CommandError } from "../../src/failure.ts";
import { RowFollower, type RowChange } from "../../src/service-client/row-follower.ts";
import { settle } from "../support/fake-environment.ts";
import { notRunning, rowOf } from "../support/fake-service.ts";
import { serviceScene } from "../support/service-calls.ts";

const [one, two] = [rowOf("1", 1), rowOf("2", 2)];
const faster = { ...one, downBytesPerSecond: 5 };

/** A follower that has loaded, and its changes as numbers of torrents. */
async function follow(rows = [one, two]) {
  const { service, environment } = serviceScene(rows);
  const follower = new RowFollower(service, environment);
  await follower.load();
  const changes: RowChange[] = [];
  const end = follower.follow((change) => changes.push(change));
  const pass = async (ms: number): Promise<void> => {
    environment.pass(ms);
    await settle();
  };
  await settle();
  return { service, environment, follower, changes, end, pass };
}

function numbersOf({ rows, removed }: RowChange): readonly (readonly number[])[] {
  return [rows, removed].map((list) => list.map(({ number }) => number));
}

test("events change, add and remove rows", async (t) => {
  const { service, follower, changes } = await follow();
  const [stream] = service.streams;
  stream?.send({ kind: "open" });
  await settle();
  stream?.send({ kind: "rows", version: 2, rows: [faster, rowOf("3", 3)], removed: [two.torrent] });
  await settle();
  t.deepEqual(changes.map(numbersOf), [[[1, 3], [2]]]);
  t.deepEqual(follower.rows, [faster, rowOf("3", 3)]);
});

test("a reset asks for all rows, because changes before it have no event", async (t) => {
  const { service, changes } = await follow();
  service.rows = [faster];
  service.streams[0]?.send({ kind: "open" });
  service.streams[0]?.send({ kind: "reset" });
  await settle();
  t.deepEqual(changes.map(numbersOf), [[[1], [2]]]);
  t.is(service.lists, 2);
});

test("a reset during an older question asks again", async (t) => {
  const { service, follower } = await follow();
  const { promise, resolve } = Promise.withResolvers<void>();
  const usual = service.torrents.bind(service);
  service.torrents = async () => {
    const list = await usual();
    await promise;
    return list;
  };
  service.streams[0]?.send({ kind: "reset" });
  await settle();
  service.rows = [faster];
  service.streams[0]?.send({ kind: "reset" });
  await settle();
  resolve();
  await settle();
  t.deepEqual(follower.rows, [faster]);
  t.is(service.lists, 3);
});

test("a stream that begins without a reset is followed after one more question", async (t) => {
  const { service, pass } = await follow();
  service.streams[0]?.send({ kind: "open" });
  await settle();
  t.is(service.lists, 1);
  await pass(2_000);
  await pass(10_000);
  t.is(service.lists, 2);
});

test("a stream with signs of life is kept without a question; one that is silent for 40 s is opened again", async (t) => {
  const { service, pass } = await follow();
  service.streams[0]?.send({ kind: "reset" });
  await settle();
  await pass(30_000);
  service.streams[0]?.send({ kind: "alive" });
  await settle();
  await pass(38_000);
  t.deepEqual([service.streams.length, service.lists], [1, 2]);
  await pass(4_000);
  await pass(2_000);
  t.deepEqual([service.streams.length, service.lists], [2, 3]);
});

test("a row that is too long for an event is asked for", async (t) => {
  const { service, follower } = await follow();
  const [stream] = service.streams;
  service.rows = [faster, two];
  stream?.send({
    kind: "rows",
    version: 2,
    rows: [],
    removed: [],
    long: [one.torrent, "f".repeat(40)],
  });
  await settle();
  t.deepEqual(follower.rows, [faster, two]);
  t.deepEqual(
    service.calls.map(([name]) => name),
    ["status", "status"],
  );
});

test("the pieces of a long change have the version before it, and are taken", async (t) => {
  const { service, follower } = await follow();
  service.streams[0]?.send({ kind: "rows", version: 1, rows: [faster], removed: [] });
  service.streams[0]?.send({ kind: "rows", version: 2, rows: [], removed: [two.torrent] });
  await settle();
  t.deepEqual(follower.rows, [faster]);
});

test("without events the rows are asked for every two seconds, and the stream is tried again", async (t) => {
  const { service, changes, pass } = await follow();
  service.streams[0]?.end();
  await settle();
  service.rows = [faster, two];
  await pass(2_000);
  t.is(service.lists, 2);
  t.deepEqual(changes.map(numbersOf), [[[1], []]]);
  t.is(service.streams.length, 2);
});

test("an event that comes before the answer of an older question is not lost", async (t) => {
  const { service, follower } = await follow();
  const { promise, resolve } = Promise.withResolvers<void>();
  const old = { version: 1, rows: [one, two] };
  service.torrents = async () => {
    await promise;
    return old;
  };
  const [stream] = service.streams;
  stream?.send({ kind: "reset" });
  stream?.send({ kind: "rows", version: 2, rows: [faster], removed: [two.torrent] });
  await settle();
  resolve();
  await settle();
  t.deepEqual(follower.rows, [faster]);
});

test("an event that is older than the rows changes nothing", async (t) => {
  const { service, follower, changes } = await follow();
  service.streams[0]?.send({ kind: "rows", version: 0, rows: [faster], removed: [] });
  await settle();
  t.deepEqual(changes, []);
  t.deepEqual(follower.rows, [one, two]);
});

test("a service that is away keeps the last rows and tells why, until it answers again", async (t) => {
  const { service, follower, pass } = await follow();
  service.streams[0]?.end();
  service.listFailure = notRunning();
  await pass(2_000);
  t.is(follower.failure?.code, "no-service");
  t.is(follower.rows.length, 2);
  service.listFailure = undefined;
  await pass(2_000);
  t.is(follower.failure, undefined);
});

test("a credential that no longer holds ends the follower", async (t) => {
  const { service, follower, pass } = await follow();
  service.streams[0]?.end();
  service.listFailure = new CommandError("token-unknown", "revoked");
  await pass(2_000);
  await t.throwsAsync(follower.ended, { message: "revoked" });
});

test("an ended follower keeps no time", async (t) => {
  const { environment, end } = await follow();
  end[Symbol.dispose]();
  t.is(environment.timers, 0);
});

// Networks that carry small packets only.

import test from "ava";

import { type Connected, End, second, UtpPair } from "./utp-pair.ts";

const line = { delayMs: 10, bytesPerSecond: 2_000_000 };
/** Bytes of UDP payload in an MTU of 1,280 over IPv4. */
const smallBytes = 1_252;

/** The dialler writes without end. */
function flood(connected: Connected): void {
  const { dialled } = connected;
  const block = new Uint8Array(16_384);
  const go = (): void => {
    while (dialled.stream?.write(block) === true);
  };
  dialled.onDrained = go;
  go();
}

test("packets begin with 1,232 bytes, and are 1,472 when such a packet has passed", async (t) => {
  const pair = new UtpPair({ line });
  const lengths: number[] = [];
  pair.toSecond.filter = (bytes) => lengths.push(bytes.length) > 0;
  flood(pair.connect());
  await pair.scheduler.run(2_000);
  const large = lengths.filter((length) => length > 1_232);
  t.deepEqual(
    [...new Set(lengths)].toSorted((a, b) => a - b),
    [20, 1_232, 1_472],
  );
  t.is(lengths.lastIndexOf(1_232) < lengths.length - large.length / 2, true);
});

test("a dial with 1,232 bytes at most keeps to them", async (t) => {
  const pair = new UtpPair({ line: { ...line, mostBytes: smallBytes } });
  const accepted = new End({});
  pair.b.accept = () => accepted;
  const dialled = new End({});
  dialled.stream = pair.a.dial(second, dialled, { timeoutMs: 5_000, largestPacketBytes: 1_232 });
  flood({ dialled, accepted });
  await pair.scheduler.run(5_000);
  t.is(pair.toSecond.droppedPackets, 0);
  t.true(accepted.receivedBytes > 5_000_000);
});

test("where large packets vanish the connection ends with packet-too-large, and the next one passes", async (t) => {
  const pair = new UtpPair({ line: { ...line, mostBytes: smallBytes } });
  const connected = pair.connect();
  flood(connected);
  await pair.scheduler.runUntil(() => connected.dialled.end !== undefined, 20_000);
  t.deepEqual(connected.dialled.end, { reason: "packet-too-large" });
  const again = pair.connect();
  flood(again);
  const { nowMs } = pair.scheduler;
  await pair.scheduler.run(nowMs + 5_000);
  t.is(again.dialled.end, undefined);
  t.true(again.accepted.receivedBytes > 5_000_000);
});

test("an MTU of 1,280 from the midst of a transfer on, without ICMP, ends it with packet-too-large", async (t) => {
  const pair = new UtpPair({ line });
  const connected = pair.connect();
  flood(connected);
  await pair.scheduler.run(3_000);
  pair.line = { ...line, mostBytes: smallBytes };
  await pair.scheduler.runUntil(() => connected.dialled.end !== undefined, 20_000);
  t.deepEqual(connected.dialled.end, { reason: "packet-too-large" });
  const again = pair.connect();
  flood(again);
  await pair.scheduler.run(pair.scheduler.nowMs + 3_000);
  t.true(again.accepted.receivedBytes > 3_000_000);
});

test("a line that breaks ends the connection with ETIMEDOUT, also with large packets under way", async (t) => {
  const pair = new UtpPair({ line });
  const connected = pair.connect();
  flood(connected);
  await pair.scheduler.run(3_000);
  pair.line = { ...line, loss: 1 };
  await pair.scheduler.runUntil(() => connected.dialled.end !== undefined, 60_000);
  t.deepEqual(connected.dialled.end, { reason: "ETIMEDOUT" });
});

test("a refused large packet that is sent in fragments later leaves packets small", async (t) => {
  const pair = new UtpPair({ line });
  const connected = pair.connect();
  const lengths: number[] = [];
  pair.toSecond.filter = (bytes) => {
    lengths.push(bytes.length);
    const isRefused = lengths.filter((length) => length === 1_472).length === 1;
    if (!isRefused || bytes.length !== 1_472) return true;
    pair.scheduler.timers.soon(() => pair.a.notSent(second, "EMSGSIZE"));
    return false;
  };
  flood(connected);
  await pair.scheduler.run(2_000);
  t.is(connected.dialled.end, undefined);
  t.is(lengths.filter((length) => length === 1_472).length, 2);
  t.true(lengths.some((length) => length > 1_232 && length < 1_472));
});

test("another error of the system is like a loss", async (t) => {
  const pair = new UtpPair({ line });
  const connected = pair.connect();
  flood(connected);
  await pair.scheduler.run(500);
  pair.a.notSent(second, "ENETUNREACH");
  await pair.scheduler.run(1_000);
  t.is(connected.dialled.end, undefined);
});

test("a datagram that an interface which is down refuses ends the connections to its host and port", async (t) => {
  const pair = new UtpPair({ line });
  const [one, other] = [pair.connect(), pair.connect()];
  await pair.scheduler.run(500);
  pair.a.notSent({ ...second, port: second.port + 1 }, "interface-down");
  await pair.scheduler.run(600);
  t.is(one.dialled.end, undefined);
  pair.a.notSent(second, "interface-down");
  await pair.scheduler.run(700);
  for (const { dialled } of [one, other]) t.deepEqual(dialled.end, { reason: "interface-down" });
});

test("beside a proxy packets are smaller by its header, and a header that comes later counts for later connections", async (t) => {
  let headerBytes = 10;
  const pair = new UtpPair({ line, options: { headerBytesTo: () => headerBytes } });
  const lengthsOf = async (): Promise<readonly number[]> => {
    const lengths = new Set<number>();
    pair.toSecond.filter = (bytes) => lengths.add(bytes.length).size > 0;
    const connected = pair.connect();
    flood(connected);
    await pair.scheduler.run(pair.scheduler.nowMs + 2_000);
    connected.dialled.stream?.destroy();
    return [...lengths].filter((length) => length > 1_000).toSorted((a, b) => a - b);
  };
  t.deepEqual(await lengthsOf(), [1_222, 1_462]);
  await pair.scheduler.run(pair.scheduler.nowMs + 20_000);
  headerBytes = 22;
  t.deepEqual(await lengthsOf(), [1_210, 1_450]);
});

test("a relay that is lost ends dials, and an open connection goes on by resends when it is back", async (t) => {
  const pair = new UtpPair({ line });
  const open = pair.connect();
  flood(open);
  await pair.scheduler.run(500);
  pair.toSecond.filter = () => {
    pair.scheduler.timers.soon(() => pair.a.notSent(second, "proxy-unreachable"));
    return false;
  };
  const late = pair.connect();
  await pair.scheduler.run(1_500);
  t.deepEqual(late.dialled.end, { reason: "proxy-unreachable" });
  t.is(open.dialled.end, undefined);
  const before = open.accepted.receivedBytes;
  pair.toSecond.filter = () => true;
  await pair.scheduler.run(6_000);
  t.is(open.dialled.end, undefined);
  t.true(open.accepted.receivedBytes > before + 1_000_000);
});

test("a relay that stays away ends an open connection with ETIMEDOUT", async (t) => {
  const pair = new UtpPair({ line });
  const { dialled, accepted } = pair.connect();
  flood({ dialled, accepted });
  await pair.scheduler.run(500);
  pair.toSecond.filter = () => {
    pair.scheduler.timers.soon(() => pair.a.notSent(second, "proxy-unreachable"));
    return false;
  };
  await pair.scheduler.runUntil(() => dialled.end !== undefined, 60_000);
  t.deepEqual(dialled.end, { reason: "ETIMEDOUT" });
});

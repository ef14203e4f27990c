// Packets of a connection that an honest peer would not send, or that arrive late, twice or changed.

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "./raw-peer.ts";
import { End } from "./utp-pair.ts";

const { data, fin, state, syn, reset } = utpTypes;
const kibibyte = "k".repeat(1_024);

test("a fin waits for the data before it, and data after it is dropped", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.give({ type: "fin", seq: 5 });
  peer.give({ seq: 6, payload: "after" });
  peer.give({ type: "fin", seq: 4 });
  peer.give({ seq: 4, payload: "c" });
  await peer.pass(100);
  t.is(peer.text, "hi");
  t.false(peer.sent.some(({ type }) => type === fin));
  peer.give({ seq: 3, payload: "b" });
  t.is(peer.text, "hibc");
  const ours = peer.takeSent().findLast(({ type }) => type === fin);
  t.is(ours?.ack, 5);
  peer.acknowledge(ours?.seq ?? 0);
  await peer.pass(1);
  t.deepEqual(peer.end.end, { reason: undefined });
  peer.give({ seq: 6, payload: "after" });
  t.is(peer.text, "hibc");
});

test("the fin of a peer that answers ours is acknowledged with both numbers that clients take, also when repeated", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.end.stream?.end();
  peer.sockets.batchEnded();
  const ours = peer.takeSent().find(({ type }) => type === fin)?.seq ?? 0;
  const numbers = (): unknown => peer.takeSent().map(({ type, seq, ack }) => [type, seq, ack]);
  const expected = [
    [state, seqPlus(ours, 1), 3],
    [state, ours, 3],
  ];
  peer.give({ type: "fin", seq: 3, ack: ours });
  t.deepEqual(numbers(), expected);
  await peer.pass(500);
  t.deepEqual(peer.end.end, { reason: undefined });
  peer.give({ type: "fin", seq: 3, ack: ours });
  t.deepEqual(numbers(), expected);
  await peer.pass(2_000);
  t.is(peer.sockets.stats.connections, 0);
});

test("a fin before data that is there already is dropped", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.give({ seq: 5, payload: "c" });
  peer.give({ type: "fin", seq: 4 });
  peer.give({ seq: 3, payload: "a" });
  peer.give({ seq: 4, payload: "b" });
  await peer.pass(100);
  t.is(peer.text, "hiabc");
  t.is(peer.end.end, undefined);
});

test("a packet that comes twice is handed on once, and acknowledged again at once", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.say("a");
  peer.takeSent();
  peer.give({ payload: "a" });
  t.is(peer.text, "hia");
  t.deepEqual(
    peer.takeSent().map(({ type, ack }) => [type, ack]),
    [[state, 3]],
  );
});

test("sequence numbers far outside the window are dropped, with their acknowledgements", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.end.stream?.write(new TextEncoder().encode("x"));
  peer.sockets.batchEnded();
  const ours = peer.takeSent()[0]?.seq ?? 0;
  const { droppedPackets } = peer.sockets.stats;
  for (const seq of [2 + 4_097, 40_000, seqPlus(2, -4_200)])
    peer.give({ seq, ack: ours, payload: "z" });
  t.is(peer.sockets.stats.droppedPackets - droppedPackets, 3);
  t.deepEqual(peer.takeSent(), []);
  t.is(peer.text, "hi");
  t.is(peer.sockets.stats.heldBytes, 0);
});

test("an acknowledgement of what was never sent is dropped, with its data", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  let written = 0;
  peer.end.stream?.write(new TextEncoder().encode("x"), () => written++);
  peer.sockets.batchEnded();
  const ours = peer.takeSent()[0]?.seq ?? 0;
  peer.give({ seq: 3, ack: seqPlus(ours, 1), payload: "forged" });
  peer.give({ seq: 3, ack: seqPlus(ours, 30_000), payload: "forged" });
  t.is(peer.text, "hi");
  t.is(written, 0);
  peer.acknowledge(ours);
  t.is(written, 1);
  await peer.pass(60_000);
  t.is(peer.end.end, undefined);
});

test("a selective ack of what was never sent changes nothing", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.end.stream?.write(new TextEncoder().encode("x"));
  peer.sockets.batchEnded();
  const before = peer.takeSent();
  peer.acknowledge(peer.ack, { selective: new Array<number>(250).fill(255) });
  t.deepEqual(peer.takeSent(), []);
  await peer.pass(1_100);
  const [again] = peer.takeSent();
  t.is(again?.seq, before[0]?.seq);
  t.is(again?.payload, "x");
});

test("a selective ack of six bytes has only the missing packet sent again, once", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  const write = (): boolean | undefined =>
    peer.end.stream?.write(new TextEncoder().encode(kibibyte.repeat(4)));
  write();
  peer.sockets.batchEnded();
  const sent = peer.takeSent();
  t.is(sent.length, 4);
  const [lost] = sent;
  peer.acknowledge(peer.ack, { selective: [0b111, 0, 0, 0, 0, 0] });
  peer.acknowledge(peer.ack, { selective: [0b111, 0, 0, 0, 0, 0] });
  const again = peer.takeSent();
  t.deepEqual(
    again.map(({ seq, payload }) => [seq, payload]),
    [[lost?.seq, lost?.payload]],
  );
});

test("three repeated acknowledgements have the oldest packet sent again, to a peer without selective acks", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.end.stream?.write(new TextEncoder().encode(kibibyte.repeat(4)));
  peer.sockets.batchEnded();
  const [oldest] = peer.takeSent();
  for (const expected of [0, 0, 1]) {
    peer.acknowledge(peer.ack);
    const again = peer.takeSent();
    t.is(again.length, expected);
    if (expected === 1) t.is(again[0]?.seq, oldest?.seq);
  }
});

test("a reset with another id, address or acknowledgement is dropped", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.give({ type: "reset", id: 99 });
  peer.give({ type: "reset", id: 102 });
  peer.give({ type: "reset", from: { host: "10.0.0.8", port: 9_999 } });
  peer.give({ type: "reset", from: { host: "10.0.0.9", port: 9_998 } });
  peer.give({ type: "reset", ack: seqPlus(peer.ack, 50) });
  await peer.pass(100);
  t.is(peer.end.end, undefined);
  peer.give({ type: "reset" });
  await peer.pass(1);
  t.deepEqual(peer.end.end, { reason: "ECONNRESET" });
  t.is(peer.sockets.stats.connections, 0);
});

test("a reset that names the id of our own packets ends the connection, too", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.give({ type: "reset", id: 100 });
  await peer.pass(1);
  t.deepEqual(peer.end.end, { reason: "ECONNRESET" });
});

test("a reset in answer to a SYN refuses the dial; one that acknowledges another packet does not", async (t) => {
  const peer = new RawPeer();
  const end = new End({});
  peer.sockets.dial({ host: "10.0.0.9", port: 9_999 }, end, { timeoutMs: 5_000 });
  const [asked] = peer.takeSent();
  t.is(asked?.type, syn);
  t.is(asked?.lengthBytes, 20);
  peer.id = asked?.connectionId ?? 0;
  peer.give({ type: "reset", ack: seqPlus(asked?.seq ?? 0, 1) });
  await peer.pass(1);
  t.is(end.end, undefined);
  peer.give({ type: "reset", ack: asked?.seq ?? 0 });
  await peer.pass(1);
  t.deepEqual(end.end, { reason: "ECONNREFUSED" });
});

test("a SYN is sent three times, and then the dial has failed", async (t) => {
  const peer = new RawPeer();
  const end = new End({});
  peer.sockets.dial({ host: "10.0.0.9", port: 1 }, end, { timeoutMs: 15_000 });
  await peer.pass(15_000);
  t.is(peer.takeSent().length, 3);
  t.deepEqual(end.end, { reason: "ETIMEDOUT" });
});

test("a dial without an answer fails with dial-timeout at its time, and late answers open nothing", async (t) => {
  const peer = new RawPeer();
  const end = new End({});
  peer.sockets.dial({ host: "10.0.0.9", port: 9_999 }, end, { timeoutMs: 2_000 });
  const [asked] = peer.takeSent();
  await peer.pass(1_990);
  t.is(end.end, undefined);
  await peer.pass(20);
  t.deepEqual(end.end, { reason: "dial-timeout" });
  peer.takeSent();
  peer.give({ type: "state", id: asked?.connectionId ?? 0, ack: asked?.seq ?? 0 });
  t.false(end.isOpened);
  t.is(peer.takeSent()[0]?.type, reset);
});

test("a packet is sent four times to a silent peer, then the connection has failed", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  let written = 0;
  peer.end.stream?.write(new TextEncoder().encode("x"), () => written++);
  await peer.pass(60_000);
  t.is(peer.takeSent().filter(({ type }) => type === data).length, 4);
  t.deepEqual(peer.end.end, { reason: "ETIMEDOUT" });
  t.is(peer.end.closedTimes, 1);
  t.is(written, 1);
});

test("packets larger than a slot that come early are dropped, and taken in order", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  const large = "L".repeat(9_000);
  peer.give({ seq: 4, payload: large });
  t.is(peer.sockets.stats.heldBytes, 0);
  peer.give({ seq: 3, payload: "a" });
  peer.give({ seq: 4, payload: large });
  t.is(peer.text, `hia${large}`);
});

test("packets that come early and never get their predecessor hold no more than the budget", (t) => {
  const budgetBytes = 100_000;
  const peer = new RawPeer({ windowBudgetBytes: budgetBytes });
  peer.dialIn();
  for (let ahead = 2; ahead < 4_000; ahead++) peer.give({ seq: 2 + ahead, payload: "e" });
  const { heldBytes } = peer.sockets.stats;
  t.true(heldBytes > budgetBytes / 2 && heldBytes <= budgetBytes, `${heldBytes} bytes`);
  peer.give({ type: "reset" });
  t.is(peer.sockets.stats.heldBytes, 0);
});

test("early packets are named by a selective ack of a multiple of four bytes", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  for (const seq of [4, 5, 8, 40]) peer.giveInBatch({ seq, payload: `${seq}` });
  peer.sockets.batchEnded();
  const [ack, ...others] = peer.takeSent();
  t.deepEqual(others, []);
  t.is(ack?.ack, 2);
  t.deepEqual(ack?.selective, [2, 3, 6, 38]);
  t.is((ack?.selectiveAckBytes ?? 0) % 4, 0);
});

test("forged clocks do not keep the window small, and no round trip counts as longer than it was", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  const block = new TextEncoder().encode(kibibyte.repeat(60));
  const go = (): void => {
    while (peer.end.stream?.write(block) === true);
  };
  peer.end.onDrained = go;
  go();
  peer.sockets.batchEnded();
  const forged = [5, 0xffff_fff0, 0x8000_0000, 77];
  for (let round = 0; round < 60; round++) {
    const last = peer.takeSent().findLast(({ type }) => type === data)?.seq;
    await peer.pass(10);
    const differenceUs = round < 20 ? (forged[round % 4] ?? 0) : 5_000;
    peer.acknowledge(last ?? peer.ack, { differenceUs });
  }
  t.is(peer.end.end, undefined);
  const perRound = peer.takeSent().filter(({ type }) => type === data).length;
  t.true(perRound > 20, `${perRound} packets in a round trip`);
});

// Extensions without end, selective acks that lie, closed windows, numbers and clocks at their edges (case 68).

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "./raw-peer.ts";

const { data, state } = utpTypes;
const bytes = (count: number): Uint8Array => new Uint8Array(count).fill(7);

/** A state packet for the connection with these bytes behind its header. */
function withExtensions(peer: RawPeer, first: number, rest: readonly number[]): void {
  const datagram = new Uint8Array(20 + rest.length);
  datagram.set([0x21, first, 0, peer.id]);
  datagram.set([0, 3, peer.ack >> 8, peer.ack & 255], 16);
  datagram.set(rest, 20);
  peer.sockets.received(datagram, { host: "10.0.0.9", port: 9_999 });
  peer.sockets.batchEnded();
}

test("case 68: a chain of extensions that does not end, or leaves the datagram, is dropped", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  const { droppedPackets } = peer.sockets.stats;
  const chains = [
    Array.from({ length: 1_400 }, (_, at) => (at % 2 === 0 ? 9 : 0)),
    [9, 255],
    [1, 4, 0, 0],
    [1],
    [],
    [0, 250, ...new Array<number>(249).fill(255)],
  ];
  for (const rest of chains) withExtensions(peer, 1, rest);
  t.is(peer.sockets.stats.droppedPackets - droppedPackets, chains.length);
  t.deepEqual(peer.takeSent(), []);
  peer.say("on");
  t.is(peer.text, "hion");
});

test("case 68: a thousand selective acks of 252 bytes free nothing that is in flight, and have each packet sent again few times", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  let written = 0;
  peer.end.stream?.write(bytes(4_000), () => written++);
  peer.sockets.batchEnded();
  const first = peer.takeSent().filter(({ type }) => type === data);
  t.true(first.length > 1);
  for (let count = 0; count < 1_000; count++)
    peer.acknowledge(peer.ack, { selective: new Array<number>(252).fill(255) });
  await peer.pass(100);
  t.is(written, 0);
  const again = peer.takeSent().filter(({ type }) => type === data).length;
  t.true(again <= 4 * first.length, `${again} packets`);
});

test("case 68: a peer with a window of 0 gets one packet a time-out, and is closed when it acknowledges none", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.give({ type: "state", seq: 3, windowBytes: 0 });
  peer.end.stream?.write(bytes(100_000));
  peer.sockets.batchEnded();
  t.deepEqual(peer.takeSent(), []);
  await peer.pass(60_000);
  const sent = peer.takeSent().filter(({ type }) => type === data);
  t.true(sent.length > 0 && sent.length <= 4, `${sent.length} packets`);
  t.deepEqual(peer.end.end, { reason: "ETIMEDOUT" });
});

test("case 68: a peer that opens and closes its window a thousand times is sent no byte beyond it", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.give({ type: "state", seq: 3, windowBytes: 0 });
  peer.end.stream?.write(bytes(100_000));
  peer.sockets.batchEnded();
  let sentBytes = 0;
  for (let count = 0; count < 1_000; count++) {
    peer.acknowledge(peer.ack, { windowBytes: count % 2 === 0 ? 1 : 0 });
    for (const { payload } of peer.takeSent()) sentBytes += payload.length;
  }
  t.true(sentBytes <= 1_000, `${sentBytes} bytes`);
});

test("case 68: numbers wrap around in both directions", async (t) => {
  const peer = new RawPeer();
  peer.seq = 0xfffc;
  peer.dialIn();
  for (const payload of ["a", "b", "c", "d", "e", "f"]) peer.say(payload);
  t.is(peer.seq, 3);
  t.is(peer.text, "hiabcdef");
  peer.give({ seq: 5, payload: "h" });
  peer.give({ seq: 0xffff, payload: "old" });
  peer.give({ seq: 4, payload: "g" });
  await peer.pass(1);
  t.is(peer.text, "hiabcdefgh");
});

test("case 68: early packets that never get their predecessor keep the budget, over all connections", (t) => {
  const budgetBytes = 200_000;
  const peer = new RawPeer({ windowBudgetBytes: budgetBytes });
  for (let number = 0; number < 20; number++) {
    const from = { host: `10.4.0.${number}`, port: 7_000 };
    peer.takeSent();
    peer.give({ type: "syn", id: 100, from, seq: 1 });
    const ack = seqPlus(peer.takeSent()[0]?.seq ?? 0, -1);
    peer.give({ from, seq: 2, ack, payload: "a" });
    for (let ahead = 4; ahead < 400; ahead++)
      peer.giveInBatch({ from, seq: ahead, ack, payload: "e" });
    peer.sockets.batchEnded();
    t.true(peer.sockets.stats.heldBytes <= budgetBytes);
  }
  t.is(peer.sockets.stats.connections, 20);
});

test("case 68: clocks that jump do not stop a transfer, and delays stay finite", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  const clocks = [0, 0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 1];
  let acked = 0;
  for (let round = 0; round < 50; round++) {
    peer.end.stream?.write(bytes(1_000), () => acked++);
    peer.sockets.batchEnded();
    const last = peer.takeSent().findLast(({ type }) => type === data);
    const clock = clocks[round % clocks.length] ?? 0;
    // One round trip after the other. oxlint-disable-next-line no-await-in-loop
    await peer.pass(5);
    const numbers = { timestampUs: clock, differenceUs: clocks[(round + 2) % 5] ?? 0 };
    if (last !== undefined) peer.acknowledge(last.seq, numbers);
    for (const { differenceUs } of peer.takeSent()) t.true(Number.isSafeInteger(differenceUs));
  }
  await peer.pass(10);
  t.true(acked >= 45, `${acked} of 50`);
  t.is(peer.end.end, undefined);
  t.true(peer.sent.every(({ type }) => type === data || type === state));
});

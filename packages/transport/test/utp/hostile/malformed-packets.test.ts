// Packets that break the format, or name more memory, time or distance than there is.

import { seqPlus, utpTypes, writeUtpHeader } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "../raw-peer.ts";

const { data, state } = utpTypes;
const kibibyte = "k".repeat(1_024);

test("case 68: packets larger than a slot that come early are dropped, and taken in order", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  const large = "L".repeat(9_000);
  peer.give({ seq: 4, payload: large });
  t.is(peer.sockets.stats.heldBytes, 0);
  peer.give({ seq: 3, payload: "a" });
  peer.give({ seq: 4, payload: large });
  t.is(peer.text, `hia${large}`);
});

test("case 68: packets that come early and never get their predecessor hold no more than the budget", (t) => {
  const budgetBytes = 100_000;
  const peer = new RawPeer({ windowBudgetBytes: budgetBytes });
  peer.dialIn();
  for (let ahead = 2; ahead < 4_000; ahead++) peer.give({ seq: 2 + ahead, payload: "e" });
  const { heldBytes } = peer.sockets.stats;
  t.true(heldBytes > budgetBytes / 2 && heldBytes <= budgetBytes, `${heldBytes} bytes`);
  peer.give({ type: "reset" });
  t.is(peer.sockets.stats.heldBytes, 0);
});

test("case 68: early packets are named by a selective ack of a multiple of four bytes", (t) => {
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

test("case 68: forged clocks do not keep the window small, and no round trip counts as longer than it was", async (t) => {
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

test("case 68: a datagram that is no uTP gets no answer", (t) => {
  const peer = new RawPeer();
  for (const bytes of [new Uint8Array(0), new Uint8Array(19).fill(1), new Uint8Array(40).fill(9)])
    peer.sockets.received(bytes, { host: "10.0.0.8", port: 1 });
  peer.sockets.batchEnded();
  t.deepEqual(peer.takeSent(), []);
  t.is(peer.sockets.stats.droppedPackets, 3);
});

/** A packet of a connection, with extensions behind its header. */
function withExtensions(peer: RawPeer, type: number, extensions: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(20 + extensions.length);
  const { id: connectionId, seq, ack } = peer;
  const times = { timestampUs: 0, differenceUs: 0, windowBytes: 65_536 };
  writeUtpHeader(bytes, { type: state, connectionId, seq: seqPlus(seq, 1), ack, ...times });
  bytes[1] = type;
  bytes.set(extensions, 20);
  return bytes;
}

test("case 68: a chain of more than eight extensions, and one that is cut, is dropped without an answer", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  const from = { host: "10.0.0.9", port: 9_999 };
  const chains = [Array.from({ length: 700 }, () => [1, 0]).flat(), [1], [0, 200, 1], [2, 1]];
  const { droppedPackets } = peer.sockets.stats;
  for (const chain of chains) peer.sockets.received(withExtensions(peer, 1, chain), { ...from });
  peer.sockets.batchEnded();
  t.is(peer.sockets.stats.droppedPackets - droppedPackets, chains.length);
  t.deepEqual(peer.takeSent(), []);
  peer.say("still here");
  t.is(peer.text, "histill here");
});

test("case 68: selective acks of 255 bytes that name every packet but the first have that one sent again, not the others", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.end.stream?.write(new TextEncoder().encode(kibibyte.repeat(4)));
  peer.sockets.batchEnded();
  const sent = peer.takeSent();
  const all = new Array<number>(255).fill(255);
  for (let time = 0; time < 100; time++) peer.acknowledge(peer.ack, { selective: all });
  const again = peer.takeSent().map(({ seq }) => seq);
  t.deepEqual(again, [sent[0]?.seq]);
});

test("case 68: a window of 0 or of a byte that never opens gets one small packet at a time", async (t) => {
  for (const windowBytes of [0, 1]) {
    const peer = new RawPeer();
    peer.dialIn();
    peer.give({ type: "state", seq: seqPlus(peer.seq, 1), windowBytes });
    peer.takeSent();
    peer.end.stream?.write(new TextEncoder().encode(kibibyte.repeat(60)));
    let sentBytes = 0;
    for (let second = 0; second < 60; second++) {
      await peer.pass(1_000);
      const sent = peer.takeSent().filter(({ type }) => type === data);
      t.true(new Set(sent.map(({ seq }) => seq)).size <= 1);
      sentBytes += sent.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      peer.acknowledge(sent[0]?.seq ?? peer.ack, { windowBytes });
    }
    t.true(sentBytes > 0 && sentBytes <= 2 * 60 * 1_232, `${sentBytes} bytes`);
  }
});

test("case 68: a window of 4 GiB has no more sent than the congestion window allows", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.give({ type: "state", seq: seqPlus(peer.seq, 1), windowBytes: 0xffff_ffff });
  peer.takeSent();
  peer.end.stream?.write(new Uint8Array(4 << 20));
  peer.sockets.batchEnded();
  await peer.pass(1);
  const sent = peer.takeSent();
  t.is(sent.length, 4);
});

test("case 68: numbers that wrap while packets come early, twice and late leave the stream as it was sent", (t) => {
  const peer = new RawPeer();
  peer.give({ type: "syn", id: 100, seq: 65_533 });
  peer.ack = seqPlus(peer.takeSent()[0]?.seq ?? 0, -1);
  for (const seq of [65_534, 1, 0, 0, 65_534, 2, 65_535, 1, 65_533, 3])
    peer.give({ seq, payload: `${seq} ` });
  t.is(peer.text, "65534 65535 0 1 2 3 ");
  t.is(peer.sockets.stats.heldBytes, 0);
});

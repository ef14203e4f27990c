// Floods of SYNs and of packets without a connection, from forged addresses.

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "../raw-peer.ts";
import { End } from "../utp-pair.ts";

const { state, syn, reset } = utpTypes;
const kibibyte = "k".repeat(1_024);

test("case 67: each SYN gets one answer of 20 bytes, and nothing more before the address is proved", async (t) => {
  const peer = new RawPeer();
  peer.give({ type: "syn", id: 100 });
  const [answer, ...others] = peer.takeSent();
  t.deepEqual(others, []);
  t.is(answer?.type, state);
  t.is(answer?.lengthBytes, 20);
  t.is(answer?.connectionId, 100);
  t.is(answer?.ack, 1);
  await peer.pass(60_000);
  t.deepEqual(peer.takeSent(), []);
  peer.give({ type: "syn", id: 100 });
  const [again] = peer.takeSent();
  t.is(again?.seq, answer?.seq);
  t.is(peer.accepts, 0);
  t.is(peer.sockets.stats.unproved, 1);
});

test("case 67: a packet with another acknowledgement or a far sequence number opens nothing, and gets no answer", (t) => {
  const peer = new RawPeer();
  peer.give({ type: "syn", id: 100 });
  const ack = seqPlus(peer.takeSent()[0]?.seq ?? 0, -1);
  peer.give({ seq: 2, ack: seqPlus(ack, 1), payload: "x" });
  peer.give({ seq: 2, ack: seqPlus(ack, -1), payload: "x" });
  peer.give({ seq: 6_000, ack, payload: "x" });
  peer.give({ seq: 2, ack, payload: "x", from: { host: "10.0.0.8", port: 9_999 } });
  t.is(peer.accepts, 0);
  t.deepEqual(
    peer.takeSent().map(({ type, to }) => [type, to.host]),
    [[reset, "10.0.0.8"]],
  );
  peer.give({ seq: 2, ack, payload: "y" });
  t.is(peer.text, "y");
});

test("case 67: a flood of SYNs leaves 256 entries, sends no more bytes than came, and the newest still opens", (t) => {
  const peer = new RawPeer();
  for (let at = 0; at < 5_000; at++) {
    const from = { host: `10.1.${at >> 8}.${at & 255}`, port: 1_000 };
    peer.give({ type: "syn", id: 100, from });
  }
  const { stats } = peer.sockets;
  t.is(stats.unproved, 256);
  t.is(stats.connections, 0);
  t.is(peer.accepts, 0);
  t.true(stats.sentBytes <= stats.receivedBytes);
  const sent = peer.takeSent();
  const newest = { host: "10.1.19.135", port: 1_000 };
  peer.give({ seq: 2, ack: seqPlus(sent.at(-1)?.seq ?? 0, -1), payload: "a", from: newest });
  t.is(peer.accepts, 1);
  const oldest = { host: "10.1.0.0", port: 1_000 };
  peer.takeSent();
  peer.give({ seq: 2, ack: seqPlus(sent[0]?.seq ?? 0, -1), payload: "a", from: oldest });
  t.is(peer.accepts, 1);
  t.is(peer.takeSent()[0]?.type, reset);
});

test("case 67: a packet without a connection gets a reset of 20 bytes, a reset gets none, and 200 a second go out", async (t) => {
  const peer = new RawPeer();
  peer.give({ type: "reset", id: 5 });
  t.deepEqual(peer.takeSent(), []);
  for (let at = 0; at < 1_000; at++) peer.give({ id: at, payload: "x" });
  const resets = peer.takeSent();
  t.is(resets.length, 200);
  t.true(resets.every(({ type, lengthBytes }) => type === reset && lengthBytes === 20));
  await peer.pass(1_000);
  peer.give({ id: 5, seq: 77, payload: "x" });
  const [answer] = peer.takeSent();
  t.is(answer?.ack, 77);
  t.is(answer?.connectionId, 5);
});

test("case 67: of all acknowledgements of a forged dialer one proves its address, and the others bring no byte", (t) => {
  const peer = new RawPeer();
  peer.give({ type: "syn", id: 100 });
  const ack = seqPlus(peer.takeSent()[0]?.seq ?? 0, -1);
  for (let guess = 0; guess < 65_536; guess++)
    if (guess !== ack) peer.give({ seq: 2, ack: guess, payload: "x" });
  t.is(peer.accepts, 0);
  t.deepEqual(peer.takeSent(), []);
  peer.give({ seq: 2, ack, payload: "x" });
  t.is(peer.accepts, 1);
});

test("case 67: to an address that proved nothing each answer is as long as the packet at most, whatever the packet is", async (t) => {
  const peer = new RawPeer();
  const types = ["data", "fin", "state", "reset", "syn"] as const;
  for (const [at, type] of types.entries()) {
    for (const payload of ["", "x", kibibyte]) {
      for (const selective of [undefined, [255, 255, 255, 255]]) {
        const id = 500 + 50 * at + payload.length;
        const before = peer.sockets.stats;
        peer.give({ type, id, seq: id, payload, ...(selective !== undefined && { selective }) });
        await peer.pass(20_000);
        const { receivedBytes, sentBytes } = peer.sockets.stats;
        t.true(sentBytes - before.sentBytes <= receivedBytes - before.receivedBytes, type);
        t.true(peer.takeSent().length <= 1, type);
      }
    }
  }
});

test("case 67: a dial to an address that others have named sends three SYNs of 20 bytes in the 7 s of a holepunch, and no more", async (t) => {
  const peer = new RawPeer();
  const end = new End({});
  peer.sockets.dial({ host: "10.0.0.66", port: 7_000 }, end, { timeoutMs: 7_000 });
  await peer.pass(60_000);
  const sent = peer.takeSent();
  t.deepEqual(
    sent.map(({ type, lengthBytes }) => [type, lengthBytes]),
    [
      [syn, 20],
      [syn, 20],
      [syn, 20],
    ],
  );
  t.is(end.closedTimes, 1);
});

/** SYNs of so many forged addresses. */
function flood(peer: RawPeer, count: number): void {
  for (let at = 0; at < count; at++)
    peer.give({ type: "syn", id: 100, from: { host: `10.1.${at >> 8}.${at & 255}`, port: 1_000 } });
}

test("case 67: a dialer 200 ms away connects amid 10,000 forged SYNs a second, and once", async (t) => {
  const peer = new RawPeer();
  flood(peer, 200);
  peer.takeSent();
  peer.give({ type: "syn", id: 100 });
  const seq = peer.takeSent()[0]?.seq ?? 0;
  for (let ms = 0; ms < 200; ms += 100) {
    flood(peer, 1_000);
    await peer.pass(100);
  }
  peer.takeSent();
  peer.ack = seqPlus(seq, -1);
  for (const wrong of [1, -1, 300])
    peer.give({ seq: 2, ack: seqPlus(peer.ack, wrong), payload: "x" });
  t.is(peer.accepts, 0);
  peer.give({ seq: 2, payload: "hi", from: { host: "10.0.0.9", port: 9_998 } });
  t.is(peer.accepts, 0);
  peer.say("hi");
  peer.give({ seq: 2, payload: "hi" });
  t.is(peer.accepts, 1);
  t.is(peer.text, "hi");
  t.is(peer.sockets.stats.connections, 1);
});

test("case 67: an answer proves an address for 30 s to a minute", async (t) => {
  for (const [waitedMs, accepts] of [
    [29_000, 1],
    [61_000, 0],
  ] as const) {
    const peer = new RawPeer();
    flood(peer, 200);
    peer.takeSent();
    peer.give({ type: "syn", id: 100 });
    peer.ack = seqPlus(peer.takeSent()[0]?.seq ?? 0, -1);
    flood(peer, 1_000);
    await peer.pass(waitedMs);
    flood(peer, 1);
    peer.say("hi");
    t.is(peer.accepts, accepts, `${waitedMs} ms`);
  }
});

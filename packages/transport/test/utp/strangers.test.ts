// Packets of senders that have no connection, or have not proved their address.

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "./raw-peer.ts";

const { state, reset } = utpTypes;

test("each SYN gets one answer of 20 bytes, and nothing more before the address is proved", async (t) => {
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

test("a packet that acknowledges our answer opens the connection, with its bytes", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  t.is(peer.accepts, 1);
  t.is(peer.text, "hi");
  t.is(peer.sockets.stats.unproved, 0);
  t.is(peer.sockets.stats.connections, 1);
});

test("a SYN repeated after the connection is open changes nothing", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  await peer.pass(100);
  peer.takeSent();
  peer.give({ type: "syn", id: 100, seq: 1 });
  t.deepEqual(peer.takeSent(), []);
  peer.say("more");
  t.is(peer.accepts, 1);
  t.is(peer.text, "himore");
});

test("a packet with another acknowledgement or a far sequence number opens nothing, and gets no answer", (t) => {
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

test("a flood of SYNs leaves 256 entries, sends no more bytes than came, and the newest still opens", (t) => {
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

test("without an acceptor a SYN is refused with a reset", (t) => {
  const peer = new RawPeer();
  peer.sockets.accept = undefined;
  peer.give({ type: "syn", id: 100, seq: 7 });
  const [answer] = peer.takeSent();
  t.is(answer?.type, reset);
  t.is(answer?.connectionId, 100);
  t.is(answer?.ack, 7);
});

test("a packet without a connection gets a reset of 20 bytes, a reset gets none, and 200 a second go out", async (t) => {
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

test("a datagram that is no uTP gets no answer", (t) => {
  const peer = new RawPeer();
  for (const bytes of [new Uint8Array(0), new Uint8Array(19).fill(1), new Uint8Array(40).fill(9)])
    peer.sockets.received(bytes, { host: "10.0.0.8", port: 1 });
  peer.sockets.batchEnded();
  t.deepEqual(peer.takeSent(), []);
  t.is(peer.sockets.stats.droppedPackets, 3);
});

test("beyond 4,096 connections dials fail, and SYNs are refused", async (t) => {
  const peer = new RawPeer();
  const reasons: (string | undefined)[] = [];
  const handlers = {
    bytes() {},
    closed: (_: unknown, reason: string | undefined) => void reasons.push(reason),
  };
  for (let at = 0; at < 4_096; at++)
    peer.sockets.dial({ host: `10.2.${at >> 8}.${at & 255}`, port: 1 }, handlers, {
      timeoutMs: 2_000,
    });
  await peer.pass(1);
  t.deepEqual(reasons, []);
  peer.takeSent();
  peer.sockets.dial({ host: "10.3.0.1", port: 1 }, handlers, { timeoutMs: 2_000 });
  t.deepEqual(peer.takeSent(), []);
  await peer.pass(1);
  t.deepEqual(reasons, ["ENOBUFS"]);
  peer.give({ type: "syn", id: 100 });
  t.is(peer.takeSent()[0]?.type, reset);
  await peer.pass(2_000);
  t.is(reasons.length, 4_097);
  t.true(reasons.slice(1).every((reason) => reason === "dial-timeout"));
  t.is(peer.sockets.stats.connections, 0);
  peer.takeSent();
  peer.dialIn();
  t.is(peer.accepts, 1);
});

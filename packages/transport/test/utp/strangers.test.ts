// Packets of senders that have no connection, or have not proved their address.

import { utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "./raw-peer.ts";

const { reset } = utpTypes;

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

test("without an acceptor a SYN is refused with a reset", (t) => {
  const peer = new RawPeer();
  peer.sockets.accept = undefined;
  peer.give({ type: "syn", id: 100, seq: 7 });
  const [answer] = peer.takeSent();
  t.is(answer?.type, reset);
  t.is(answer?.connectionId, 100);
  t.is(answer?.ack, 7);
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

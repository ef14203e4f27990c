// Resets, fins and states of a sender that guesses ids and numbers.

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "../raw-peer.ts";
import { End } from "../utp-pair.ts";

const { fin, syn } = utpTypes;

test("case 66: a fin waits for the data before it, and data after it is dropped", async (t) => {
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

test("case 66: a fin before data that is there already is dropped", async (t) => {
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

test("case 66: sequence numbers far outside the window are dropped, with their acknowledgements", (t) => {
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

test("case 66: a reset with another id, address or acknowledgement is dropped", async (t) => {
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

test("case 66: a reset that names the id of our own packets ends the connection, too", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.give({ type: "reset", id: 100 });
  await peer.pass(1);
  t.deepEqual(peer.end.end, { reason: "ECONNRESET" });
});

test("case 66: a reset in answer to a SYN refuses the dial; one that acknowledges another packet does not", async (t) => {
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

test("case 66: of all ids a reset from the right address ends a connection by two, and from another port by none", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  const from = { host: "10.0.0.9", port: 9_998 };
  for (let id = 0; id < 65_536; id++) peer.give({ type: "reset", id, from });
  t.is(peer.sockets.stats.connections, 1);
  for (let id = 0; id < 65_536; id++)
    if (id !== 100 && id !== 101) peer.give({ type: "reset", id });
  t.is(peer.sockets.stats.connections, 1);
  t.deepEqual(peer.takeSent(), []);
});

test("case 66: of all acknowledgements a forged reset is obeyed for the packets under way, the next, and 4,096 before", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.end.stream?.write(new TextEncoder().encode("x"));
  peer.sockets.batchEnded();
  const ours = peer.takeSent()[0]?.seq ?? 0;
  const steps = (ack: number): number => seqPlus(ack, -ours + 4_097);
  for (let ack = 0; ack < 65_536; ack++) if (steps(ack) > 4_098) peer.give({ type: "reset", ack });
  t.is(peer.sockets.stats.connections, 1);
  peer.give({ type: "reset", ack: ours });
  t.is(peer.sockets.stats.connections, 0);
});

test("case 66: of all acknowledgements a forged state ends the wait for one packet by that packet's alone", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  let written = 0;
  peer.end.stream?.write(new TextEncoder().encode("x"), () => written++);
  peer.sockets.batchEnded();
  const ours = peer.takeSent()[0]?.seq ?? 0;
  for (let ack = 0; ack < 65_536; ack++)
    if (ack !== ours) peer.give({ type: "state", seq: 3, ack });
  t.is(written, 0);
  peer.give({ type: "state", seq: 3, ack: ours });
  t.is(written, 1);
});

test("case 66: a forged fin far from the last byte ends nothing, and the true one does", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  for (let ahead = 4_097; ahead < 65_536 - 4_095; ahead++)
    peer.give({ type: "fin", seq: seqPlus(2, ahead) });
  await peer.pass(100);
  t.is(peer.end.end, undefined);
  peer.say("more");
  t.is(peer.text, "himore");
  peer.give({ type: "fin", seq: seqPlus(peer.seq, 1) });
  const ours = peer.takeSent().findLast(({ type }) => type === fin)?.seq;
  peer.acknowledge(ours ?? 0);
  await peer.pass(1);
  t.deepEqual(peer.end.end, { reason: undefined });
});

test("case 66: data right behind a fin is dropped, and the stream ends in order", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.giveInBatch({ type: "fin", seq: 3 });
  for (const seq of [4, 5]) peer.giveInBatch({ seq, payload: "after" });
  peer.sockets.batchEnded();
  t.is(peer.text, "hi");
  const ours = peer.takeSent().findLast(({ type }) => type === fin);
  t.is(ours?.ack, 3);
  peer.give({ seq: 4, ack: ours?.seq ?? 0, payload: "after" });
  await peer.pass(1);
  t.is(peer.text, "hi");
  t.deepEqual(peer.end.end, { reason: undefined });
});

// Packets of a connection that an honest peer would not send, or that arrive late, twice or changed.

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "./raw-peer.ts";
import { End } from "./utp-pair.ts";

const { data, fin, state, reset } = utpTypes;
const kibibyte = "k".repeat(1_024);

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

// Acknowledgements of data that was never sent.

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "../raw-peer.ts";

const { data } = utpTypes;
const kibibyte = "k".repeat(1_024);

test("case 69: an acknowledgement of what was never sent is dropped, with its data", async (t) => {
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

test("case 69: a selective ack of what was never sent changes nothing", async (t) => {
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

test("case 69: a peer that acknowledges only what was never sent gets each packet four times, and is closed", async (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.end.stream?.write(new TextEncoder().encode("x"));
  peer.sockets.batchEnded();
  const ours = peer.takeSent()[0]?.seq ?? 0;
  let resends = 0;
  for (let second = 0; second < 60; second++) {
    for (const ahead of [1, 2, 100, 30_000])
      peer.give({ type: "state", seq: seqPlus(peer.seq, 1), ack: seqPlus(ours, ahead) });
    await peer.pass(1_000);
    resends += peer.takeSent().filter(({ type }) => type === data).length;
  }
  t.is(resends, 3);
  t.deepEqual(peer.end.end, { reason: "ETIMEDOUT" });
});

test("case 69: acknowledgements ahead of the data do not widen the window", (t) => {
  const peer = new RawPeer();
  peer.dialIn();
  peer.end.stream?.write(new TextEncoder().encode(kibibyte.repeat(60)));
  peer.sockets.batchEnded();
  const ours = peer.takeSent();
  const last = ours.at(-1)?.seq ?? 0;
  for (let ahead = 1; ahead < 100; ahead++)
    peer.give({ type: "state", seq: seqPlus(peer.seq, 1), ack: seqPlus(last, ahead) });
  t.is(ours.length, 4);
  t.deepEqual(peer.takeSent(), []);
});

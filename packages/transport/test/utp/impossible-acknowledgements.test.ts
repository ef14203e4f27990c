// Acknowledgements of data that was never sent (case 69). They are dropped, since a forger could close a connection by them
// otherwise; a peer that sends no others is closed by the time-outs of our packets.

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "./raw-peer.ts";

const { data } = utpTypes;

/** A connection with so many packets of ours in flight. */
function sending(packets: number): { readonly peer: RawPeer; readonly written: () => number } {
  const peer = new RawPeer();
  peer.dialIn();
  let written = 0;
  peer.end.stream?.write(new Uint8Array(packets * 1_000), () => written++);
  peer.sockets.batchEnded();
  return { peer, written: () => written };
}

test("case 69: no acknowledgement beyond the last packet frees one, grows the window, or hands data on", (t) => {
  const { peer, written } = sending(2);
  const last = peer.takeSent().findLast(({ type }) => type === data)?.seq ?? 0;
  for (let beyond = 1; beyond < 61_000; beyond += 13)
    peer.give({ seq: 3, ack: seqPlus(last, beyond), payload: "forged" });
  t.deepEqual(peer.takeSent(), []);
  t.is(written(), 0);
  t.is(peer.text, "hi");
  peer.acknowledge(last);
  t.is(written(), 1);
});

test("case 69: a peer that acknowledges only what was never sent is closed after four sends", async (t) => {
  const { peer } = sending(1);
  const last = seqPlus(peer.ack, 1);
  let sends = peer.takeSent().filter(({ type }) => type === data).length;
  for (let second = 0; second < 60 && peer.end.end === undefined; second++) {
    peer.give({ type: "state", seq: 3, ack: seqPlus(last, 1 + second) });
    // One second after the other. oxlint-disable-next-line no-await-in-loop
    await peer.pass(1_000);
    sends += peer.takeSent().filter(({ type }) => type === data).length;
  }
  t.deepEqual(peer.end.end, { reason: "ETIMEDOUT" });
  t.is(sends, 4);
  t.is(peer.sockets.stats.connections, 0);
});

test("case 69: a selective ack of packets beyond the last one counts for those that were sent alone", (t) => {
  const { peer, written } = sending(3);
  const sent = peer.takeSent().filter(({ type }) => type === data);
  peer.acknowledge(peer.ack, { selective: [0, 0, 0, 255] });
  t.deepEqual(peer.takeSent(), []);
  peer.acknowledge(sent.at(-1)?.seq ?? 0);
  t.is(written(), 1);
});

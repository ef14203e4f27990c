import { seqDistance, seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "./raw-peer.ts";

const flight = 20;

/** A connection with twenty packets in flight, and its window full. @returns The number before the first of them. */
async function inFlight(peer: RawPeer): Promise<number> {
  peer.dialIn();
  peer.end.stream?.write(new Uint8Array(2_000_000));
  peer.sockets.batchEnded();
  for (let round = 0; round < 40; round++) {
    const sent = peer.takeSent().filter(({ type }) => type === utpTypes.data);
    if (sent.length >= flight) return seqPlus(sent[0]?.seq ?? 0, -1);
    // One round trip after the other. oxlint-disable-next-line no-await-in-loop
    await peer.pass(20);
    peer.acknowledge(sent.at(-1)?.seq ?? peer.ack, { differenceUs: 1_000 });
  }
  throw new Error("the window does not grow");
}

/** Bytes of a selective ack beside the packet `before` + `acked` in order. */
function bitsOf(acked: number, places: readonly number[]): number[] {
  const bytes = [0, 0, 0, 0];
  for (const place of places) {
    const bit = place - acked - 2;
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return bytes;
}

test("lost packets are sent again in their order, when the first of them has arrived late and a later one is lost", async (t) => {
  const peer = new RawPeer();
  const before = await inFlight(peer);
  const again: number[] = [];
  const acknowledge = (acked: number, places: readonly number[]): void => {
    peer.acknowledge(seqPlus(before, acked), { selective: bitsOf(acked, places) });
    for (const { seq, type } of peer.takeSent()) {
      const place = seqDistance(before, seq);
      if (type === utpTypes.data && place <= flight) again.push(place);
    }
  };
  acknowledge(0, [4, 6, 7]);
  t.deepEqual(again, [1]);
  acknowledge(2, [4, 6, 7, 8, 9, 10]);
  for (let last = 11; last <= flight; last++)
    acknowledge(2, [4, ...Array.from({ length: last - 5 }, (_, at) => at + 6)]);
  t.deepEqual(again, [1, 3, 5]);
});

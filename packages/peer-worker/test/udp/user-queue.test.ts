import test from "ava";

import { readBatch } from "@troupe/messages";
import { mostQueued, mostQueuedBytes, UserQueue } from "../../src/udp/user-queue.ts";

const from = { host: "203.0.113.9", port: 7_000 };

/** A queue, and the batches that its user has got. */
function scene() {
  const sent: Uint8Array[] = [];
  const link = { hasRoom: true };
  const queue = new UserQueue((batch) => {
    if (link.hasRoom) sent.push(batch);
    return link.hasRoom;
  });
  /** Numbers of the datagrams that have come, and codes of refusals. */
  const heard = () =>
    sent.flatMap((batch) => {
      const found: (number | string)[] = [];
      readBatch(batch, {
        datagram: (bytes) => found.push(new DataView(bytes.slice().buffer).getUint16(0)),
        refused: (_, code) => found.push(code),
      });
      return found;
    });
  return { queue, link, sent, heard };
}

function numbered(number: number, lengthBytes = 2): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  new DataView(bytes.buffer).setUint16(0, number);
  return bytes;
}

test("the datagrams of a turn are one batch, and the next one waits until the user has handled it", (t) => {
  const { queue, sent, heard } = scene();
  queue.received(numbered(1), from);
  queue.received(numbered(2), from);
  queue.notSent(from, "EPERM");
  t.is(sent.length, 0);
  queue.flush();
  t.deepEqual(heard(), [1, 2, "EPERM"]);
  queue.received(numbered(3), from);
  queue.flush();
  t.is(sent.length, 1);
  queue.taken();
  t.deepEqual([sent.length, heard()], [2, [1, 2, "EPERM", 3]]);
  queue.taken();
  queue.flush();
  t.is(sent.length, 2);
});

test("1,024 datagrams wait for a user, those in its hands included; further ones are dropped and counted", (t) => {
  const { queue, heard } = scene();
  for (let i = 0; i < mostQueued; i++) queue.received(numbered(i), from);
  queue.flush();
  for (let i = 0; i < 5; i++) queue.received(numbered(60_000), from);
  t.is(queue.dropped, 5);
  // The batch in hand was 256 of them: the place of those is free again.
  queue.taken();
  for (let i = 0; i < 257; i++) queue.received(numbered(40_000 + i), from);
  t.is(queue.dropped, 6);
  for (let batch = 0; batch < 6; batch++) queue.taken();
  const expected = [
    ...Array.from({ length: mostQueued }, (_, i) => i),
    ...Array.from({ length: 256 }, (_, i) => 40_000 + i),
  ];
  t.deepEqual(heard(), expected);
});

test("a mebibyte waits for a user; a datagram beyond it is dropped, and a shorter one is not", (t) => {
  const { queue, sent } = scene();
  const long = 60_000;
  for (let i = 0; i < 30; i++) queue.received(numbered(i, long), from);
  const held = Math.floor(mostQueuedBytes / (long + 6 + from.host.length));
  t.is(queue.dropped, 30 - held);
  queue.received(numbered(99), from);
  t.is(queue.dropped, 30 - held);
  queue.flush();
  for (let i = 0; i < 30; i++) queue.taken();
  t.true(sent.reduce((sum, { length }) => sum + length, 0) <= mostQueuedBytes);
});

test("a batch that the link has no room for waits for the next turn", (t) => {
  const { queue, link, heard } = scene();
  link.hasRoom = false;
  queue.received(numbered(1), from);
  queue.flush();
  link.hasRoom = true;
  queue.received(numbered(2), from);
  queue.flush();
  queue.taken();
  t.deepEqual(heard(), [1, 2]);
});

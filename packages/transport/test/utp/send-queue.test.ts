import test from "ava";
import fc from "fast-check";

import { SendQueue } from "../../src/utp/send-queue.ts";

test("any packet can be copied again until its bytes are acknowledged, and each write is told once", (t) => {
  const lengths = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 200, size: "max" });
  const packets = fc.array(fc.tuple(fc.integer({ min: 1, max: 1_452 }), fc.nat(9)), {
    minLength: 1,
    maxLength: 300,
    size: "max",
  });
  fc.assert(
    fc.property(lengths, packets, (writes, cuts) => {
      const queue = new SendQueue();
      const told = writes.map(() => 0);
      const content: Uint8Array[] = [];
      for (const [at, length] of writes.entries()) {
        const bytes = Uint8Array.from({ length }, (_, byte) => byte * 31 + at);
        content.push(bytes);
        queue.add(bytes, () => (told[at] = (told[at] ?? 0) + 1));
      }
      const all = Buffer.concat(content);
      const underWay: { begin: number; length: number }[] = [];
      for (const [most, choice] of cuts) {
        const length = Math.min(most, queue.unsentBytes);
        const begin = queue.cut(length);
        underWay.push({ begin, length });
        const again = underWay[choice % underWay.length] ?? { begin, length };
        for (const packet of [{ begin, length }, again]) {
          const copy = new Uint8Array(packet.length + 20);
          queue.copy(packet.begin, packet.length, copy, 20);
          t.true(
            all.subarray(packet.begin, packet.begin + packet.length).equals(copy.subarray(20)),
          );
        }
        if (choice < 4) continue;
        const acked = underWay.shift();
        if (acked !== undefined) queue.acknowledge(acked.begin + acked.length);
        queue.tellWritten();
      }
      let end = 0;
      for (const [at, length] of writes.entries()) {
        end += length;
        if (end > queue.ackedBytes) t.is(told[at], 0);
        else if (length > 0) t.is(told[at], 1);
      }
      queue.close()();
      t.true(told.every((times) => times === 1));
      t.is(queue.unsentBytes, 0);
    }),
    { numRuns: 60 },
  );
});

test("a write that is told may write and close", (t) => {
  const queue = new SendQueue();
  const told: string[] = [];
  let tellRest = (): void => {};
  queue.add(new Uint8Array(10), () => {
    told.push("first");
    queue.add(new Uint8Array(5), () => told.push("added"));
    tellRest = queue.close();
  });
  queue.add(new Uint8Array(10), () => told.push("second"));
  queue.cut(20);
  queue.acknowledge(20);
  queue.tellWritten();
  t.deepEqual(told, ["first"]);
  tellRest();
  t.deepEqual(told, ["first", "second", "added"]);
});

import test from "ava";
import fc from "fast-check";
import { ViewCursor } from "../../src/store/view-cursor.ts";
import { pattern } from "../support/file-rig.ts";

test("bytes come out in order, however views cut them", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 9 })),
      fc.infiniteStream(fc.nat({ max: 12 })),
      (lengths, steps) => {
        const totalBytes = lengths.reduce((sum, length) => sum + length, 0);
        const whole = pattern(totalBytes);
        let at = 0;
        const views = lengths.map((length) => whole.subarray(at, (at += length)));
        const cursor = new ViewCursor(views);
        const out: number[] = [];
        while (out.length < totalBytes) {
          const lengthBytes = Math.min(steps.next().value, totalBytes - out.length);
          for (const view of cursor.take(lengthBytes)) out.push(...view);
        }
        t.deepEqual(Uint8Array.from(out), whole);
      },
    ),
  );
});

test("a view that is taken whole is passed on without a copy", (t) => {
  const views = [pattern(4), pattern(6)];
  t.deepEqual(new ViewCursor(views).take(10), views);
  t.is(new ViewCursor(views).take(10)[1], views[1]);
});

test("taking more bytes than available is a bug", (t) => {
  t.throws(() => new ViewCursor([pattern(4)]).take(5), { message: /^bug: / });
});

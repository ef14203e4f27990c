// The behaviour of every wire.

import type { TestFn } from "ava";
import { EntryKind, type Frame, type Wire } from "../../src/links/wire.ts";

/** Declares the tests for a pair of ends whose tasks run in turns of the real event loop. */
export function wireSuite(test: TestFn, wireName: string, make: () => readonly [Wire, Wire]): void {
  test(`${wireName}: frames arrive in order, also those sent before the other end was open`, async (t) => {
    const [a, b] = make();
    a.send(frameOf(1));
    a.send(frameOf(2));
    const arrived = collect(b, 3);
    a.send(frameOf(3));
    t.deepEqual(await arrived, [frameOf(1), frameOf(2), frameOf(3)]);
    a.close();
    b.close();
  });

  test(`${wireName}: nothing is delivered within the call that sends`, async (t) => {
    const [a, b] = make();
    let isSending = true;
    const delivered = new Promise<void>((resolve) => {
      b.open(() => {
        t.false(isSending);
        resolve();
      });
    });
    a.send(frameOf(1));
    isSending = false;
    await delivered;
    a.close();
    b.close();
  });

  test(`${wireName}: frames sent before an end closed still arrive`, async (t) => {
    const [a, b] = make();
    a.send(frameOf("last words"));
    a.close();
    t.deepEqual(await collect(b, 1), [frameOf("last words")]);
    b.close();
  });

  test(`${wireName}: drain delivers at once what has arrived`, (t) => {
    const [a, b] = make();
    const arrived: Frame[] = [];
    b.open((frame) => arrived.push(frame));
    a.send(frameOf(1));
    a.send(frameOf(2));
    b.drain();
    t.deepEqual(arrived, [frameOf(1), frameOf(2)]);
    a.close();
    b.close();
  });

  test(`${wireName}: a closed end delivers nothing and sends nothing`, async (t) => {
    const [a, b] = make();
    b.open(() => t.fail());
    a.send(frameOf(1));
    b.close();
    a.send(frameOf(2));
    await new Promise<void>((resolve) => a.soon(() => a.soon(resolve)));
    a.close();
    a.send(frameOf(3));
    t.pass();
  });

  test(`${wireName}: shared memory arrives as the same memory`, async (t) => {
    const [a, b] = make();
    const memory = new SharedArrayBuffer(1);
    const arrived = collect(b, 1);
    a.send(frameOf({ memory }));
    const message = (await arrived)[0]?.[3][0]?.[2] as { memory: SharedArrayBuffer };
    new Uint8Array(memory)[0] = 5;
    t.is(new Uint8Array(message.memory)[0], 5);
    a.close();
    b.close();
  });
}

function frameOf(message: unknown): Frame {
  return [1, 1, 0, [[EntryKind.cast, "a", message]]];
}

function collect(wire: Wire, frames: number): Promise<Frame[]> {
  const arrived: Frame[] = [];
  return new Promise((resolve) => {
    wire.open((frame) => {
      arrived.push(frame);
      if (arrived.length === frames) resolve(arrived);
    });
  });
}

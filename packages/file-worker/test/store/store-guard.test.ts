import { ManualTime } from "@troupe/actor-runtime/testing";
import { longestModuleError } from "@troupe/actor-runtime/module-answers";
import { storeAnswerMs, type TorrentId } from "@troupe/messages";
import test from "ava";
import { closeWithinMs, StoreGuard, type StoreThread } from "../../src/store/store-guard.ts";
import type { TorrentStore } from "../../src/store/store-module.ts";

const url = "file:///store.mjs";
const never = new Promise<never>(() => {});

function guarded(store: Partial<TorrentStore>) {
  const time = new ManualTime();
  const calls: string[] = [];
  const thread: StoreThread = {
    context: {
      timers: time,
      inModule(_step, torrent, act) {
        calls.push(`module of ${torrent}`);
        return act();
      },
    },
    stampCall(act) {
      calls.push("stamp");
      return act();
    },
  };
  const owner = { torrent: 7 as TorrentId, url };
  const whole = { read: () => 4, ...store };
  return { calls, guard: new StoreGuard(thread, owner, whole), time };
}

/** Answers of `read` that are no count of the 4 bytes that are asked for. */
const wrongCounts: readonly (readonly [string, unknown, string])[] = [
  ["more bytes than were asked for", 5, "answered 5"],
  ["a negative count", -1, "answered -1"],
  ["a part of a byte", 1.5, "answered 1.5"],
  ["no number", "4", "answered a value of the type string"],
  ["nothing", undefined, "answered a value of the type undefined"],
  ["bytes", new Uint8Array(4), "answered a value of the type object"],
];

for (const [title, answer, deed] of wrongCounts) {
  test(`AE27: a store that answers a read with ${title} is refused, now and later`, async (t) => {
    for (const read of [() => answer, () => Promise.resolve(answer)]) {
      let reads = 0;
      const { guard } = guarded({
        read() {
          reads += 1;
          return read() as number;
        },
      });
      const refusal = {
        refused: "store-wrong-answer",
        message: `cannot read 4 bytes at 8: the store ${url} ${deed}, not a count of bytes from 0 to 4`,
      };
      t.deepEqual(await guard.read(8, new Uint8Array(4)), refusal);
      t.deepEqual(await guard.read(0, new Uint8Array(4)), refusal);
      t.is(reads, 1);
    }
  });
}

test("AE27: a read that the store has no bytes for is an answer, and the store is asked again", async (t) => {
  const { guard } = guarded({ read: (position) => (position === 0 ? 0 : 4) });
  t.is(await guard.read(0, new Uint8Array(4)), 0);
  t.is(await guard.read(4, new Uint8Array(4)), 4);
});

test("AE27: a store that answers at once makes no promise, in a stamped step of its torrent", (t) => {
  const { calls, guard } = guarded({ write: () => 4 });
  t.is(guard.read(0, new Uint8Array(4)), 4);
  t.is(guard.write(0, new Uint8Array(4)), undefined);
  t.deepEqual(calls, ["stamp", "module of 7", "stamp", "module of 7"]);
});

test("AE27: a store that throws or rejects is refused with the text of its error, cut off", async (t) => {
  const fail = (): never => {
    throw new RangeError("x".repeat(1_000));
  };
  for (const read of [fail, async () => fail()]) {
    const { guard } = guarded({ read });
    const answer = await guard.read(0, new Uint8Array(4));
    if (typeof answer === "number") return t.fail();
    t.is(answer.refused, "store-failed");
    t.regex(answer.message, /^cannot read 4 bytes at 0: the store .* threw RangeError: x+…?$/);
    t.true(answer.message.length < longestModuleError + 100);
  }
});

test("AE27: a store that writes fewer bytes than it got is refused", async (t) => {
  for (const write of [() => 3, () => Promise.resolve(3)]) {
    const { guard } = guarded({ write });
    t.deepEqual(await guard.write(8, new Uint8Array(4)), {
      refused: "store-short-write",
      message: `cannot write 4 bytes at 8: the store ${url} wrote 3 bytes`,
    });
  }
});

test("AE27: a store without the method `write` is read-only, and is still read", async (t) => {
  const { guard } = guarded({});
  const message = `cannot write: the store ${url} has no method \`write\``;
  t.deepEqual(guard.readOnly, { refused: "store-read-only", message });
  t.deepEqual(await guard.write(0, new Uint8Array(4)), guard.readOnly);
  t.is(await guard.read(0, new Uint8Array(4)), 4);
});

test("AE27: a store that does not answer is refused after 30 s, and its late answer changes nothing", async (t) => {
  const late = Promise.withResolvers<number>();
  const { guard, time } = guarded({ read: () => late.promise });
  const answer = guard.read(0, new Uint8Array(4));
  await Promise.resolve();
  time.advance(storeAnswerMs);
  const refusal = {
    refused: "store-not-answering",
    message: `cannot read 4 bytes at 0: the store ${url} did not answer within 30 s`,
  };
  t.deepEqual(await answer, refusal);
  late.resolve(4);
  t.deepEqual(await guard.read(0, new Uint8Array(4)), refusal);
});

test("AE27: a store that does not close is left alone after 5 s, and one without `close` at once", async (t) => {
  t.is(await guarded({}).guard.close(), undefined);
  const { guard, time } = guarded({ close: () => never });
  const closed = guard.close();
  await Promise.resolve();
  time.advance(closeWithinMs);
  t.like(await closed, { refused: "store-not-answering" });
});

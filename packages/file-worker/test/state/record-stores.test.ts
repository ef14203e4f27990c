import type { Context } from "@troupe/actor-runtime";
import type { FileProtocol } from "@troupe/messages";
import test from "ava";
import { RecordStores } from "../../src/state/record-stores.ts";
import { RecordsClient } from "../../src/state/records-client.ts";
import { recordsOn } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const home = { kind: "database", path: "/state/state.db" } as const;
const bytes = (value: number): Uint8Array => Uint8Array.of(value);

/** A store in a database, whose actor answers on command. */
function scene() {
  const disk = new MemoryDisk();
  const answer = recordsOn(disk);
  const asked: { readonly name: string; answer(): void; fail(code: string): void }[] = [];
  const ref = {
    peer: { name: "records", epoch: 1 } as object | undefined,
    call: (name: Parameters<typeof answer>[0], message: unknown) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      asked.push({
        name,
        answer: () => resolve(answer(name, message)),
        fail: (code) => reject(Object.assign(new Error(code), { code })),
      });
      return promise;
    },
  };
  const link = new RecordsClient({ ref: () => ref } as unknown as Context<FileProtocol>);
  const store = new RecordStores(disk, link).at(home);
  return {
    asked,
    link,
    ref,
    store,
    kept: (name: string) => disk.databases.get(home.path)?.get(name)?.[0],
    next: () => asked.shift(),
  };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

test("records written during a batch are in the next batch, each in its last version", async (t) => {
  const { store, next, asked, kept } = scene();
  const first = store.write(new Map([["a", bytes(1)]]));
  const others = [2, 3].map((value) => store.write(new Map([["a", bytes(value)]])));
  void store.write(new Map([["b", bytes(4)]]));
  t.is(asked.length, 1);
  next()?.answer();
  await first;
  await settled();
  t.is(kept("a"), 1);
  t.is(asked.length, 1);
  next()?.answer();
  await Promise.all(others);
  t.deepEqual([kept("a"), kept("b")], [3, 4]);
});

test("a read returns records written before it, also records not sent yet", async (t) => {
  const { store, next } = scene();
  void store.write(new Map([["a", bytes(1)]]));
  void store.write(new Map([["a", bytes(2)]]));
  const found = store.read("a");
  for (let call = 0; call < 3; call += 1) {
    await settled();
    next()?.answer();
  }
  t.deepEqual(await found, { record: bytes(2) });
});

test("calls that `records` did not answer before a crash are repeated to its successor, in order", async (t) => {
  const { store, ref, link, next, asked, kept } = scene();
  const first = store.write(new Map([["a", bytes(1)]]));
  const second = store.write(new Map([["a", bytes(2)]]));
  ref.peer = undefined;
  next()?.fail("actor-gone");
  await settled();
  t.is(asked.length, 0, "nobody is there");
  ref.peer = { name: "records", epoch: 2 };
  link.linked();
  await settled();
  t.is(asked.length, 1);
  next()?.answer();
  await first;
  await settled();
  t.is(kept("a"), 1);
  next()?.answer();
  await second;
  t.is(kept("a"), 2);
});

test("a failure of the database fails the batch, with its code, and the next one is tried", async (t) => {
  const { store, next } = scene();
  const first = store.write(new Map([["a", bytes(1)]]));
  const second = store.write(new Map([["a", bytes(2)]]));
  next()?.fail("boom");
  await t.throwsAsync(first, { message: "boom" });
  await settled();
  next()?.answer();
  await t.notThrowsAsync(second);
});

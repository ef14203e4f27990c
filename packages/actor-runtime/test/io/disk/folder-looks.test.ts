import { statSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import test from "ava";
import {
  FolderLooks,
  lookThreads,
  mostStuck,
  mostStuckInFolder,
  type LookRunner,
} from "../../../src/io/disk/folder-looks.ts";
import { lookResult, type LookOrder } from "../../../src/io/disk/look-at-folders.ts";
import type { AbandonedThread, OneShotTask } from "../../../src/index.ts";

const refused = { code: "disk-not-answering" };

/** One thread as the looks see it: the test says how far it comes. */
class FakeThread implements LookRunner {
  abandoned: AbandonedThread[] = [];
  folders: readonly string[] = [];
  #order: LookOrder | undefined;
  readonly #run = Promise.withResolvers<never>();
  readonly #ended = Promise.withResolvers<void>();

  run<Result>({ input }: OneShotTask): Promise<Result> {
    this.#order = input as LookOrder;
    this.folders = this.#order.folders;
    return this.#run.promise;
  }

  /** It has seen the device 7 of so many folders. */
  see(folders: number): void {
    if (this.#order === undefined) return;
    const { count, devices } = lookResult(this.#order.memory);
    for (let index = 0; index < folders; index += 1) devices[index] = 7n;
    count[0] = folders;
  }

  answer(): void {
    this.see(this.folders.length);
    this.#run.resolve(undefined as never);
  }

  /** It is late. */
  hang(): void {
    const thread = {
      operation: "look",
      details: undefined,
      sinceMs: 0,
      ended: this.#ended.promise,
    };
    this.abandoned = [thread];
    this.#run.reject(new Error("late"));
  }

  /** Its call returned after all. */
  end(): void {
    this.#ended.resolve();
  }
}

function rig() {
  const threads: FakeThread[] = [];
  const looks = new FolderLooks(() => {
    const thread = new FakeThread();
    threads.push(thread);
    return thread;
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  /** Looks that hang, one after the other. */
  const stick = async (folders: readonly string[]) => {
    for (const folder of folders) {
      const look = looks.look(folder);
      look.catch(() => undefined);
      await settle();
      threads.at(-1)?.hang();
      await settle();
    }
  };
  return { looks, threads, settle, stick };
}

test("a look gives the device of a folder, or of the nearest folder above a missing one", async (t) => {
  const looks = new FolderLooks();
  const { dev } = statSync(tmpdir(), { bigint: true });
  const [there, notThere] = await Promise.all([
    looks.look(tmpdir()),
    looks.look(join(tmpdir(), "no-such-folder", "below")),
  ]);
  t.deepEqual([there.device, notThere.device], [dev, dev]);
  t.deepEqual(looks.stuck, []);
});

test("looks at one folder at the same time are one look", async (t) => {
  const { looks, threads, settle } = rig();
  const both = [looks.look("/a"), looks.look("/a")];
  await settle();
  t.deepEqual(
    threads.map(({ folders }) => folders),
    [["/a"]],
  );
  threads[0]?.answer();
  t.deepEqual(await Promise.all(both), [{ device: 7n }, { device: 7n }]);
});

test("folders that are looked at together are shared out to four threads", async (t) => {
  const { looks, threads, settle } = rig();
  const all = Array.from({ length: 10 }, (_, index) => looks.look(`/${index}`));
  await settle();
  t.is(threads.length, lookThreads);
  t.is(threads.flatMap(({ folders }) => folders).length, 10);
  for (const thread of threads) thread.answer();
  t.is((await Promise.all(all)).length, 10);
});

test("a folder that does not answer is refused; the folders behind it are looked at by another thread", async (t) => {
  const { looks, threads, settle } = rig();
  const all = Array.from({ length: 12 }, (_, index) => looks.look(`/${index}/x`));
  const results = Promise.allSettled(all);
  await settle();
  // The first thread has three folders and hangs at its second one.
  threads[0]?.see(1);
  threads[0]?.hang();
  await settle();
  t.deepEqual(threads[4]?.folders, ["/2/x"]);
  t.deepEqual(looks.stuck, ["/1/x"]);
  for (const thread of threads.slice(1)) thread.answer();
  const failed = (await results).flatMap(({ status }, index) =>
    status === "rejected" ? [index] : [],
  );
  t.deepEqual(failed, [1]);
  await t.throwsAsync(all[1] ?? Promise.resolve(), refused);
});

test("a folder whose look has not returned is refused at once, until it has", async (t) => {
  const { looks, threads, settle, stick } = rig();
  await stick(["/hung/a"]);
  await t.throwsAsync(looks.look("/hung/a"), refused);
  t.is(threads.length, 1);
  threads[0]?.end();
  await settle();
  t.deepEqual(looks.stuck, []);
  const again = looks.look("/hung/a");
  await settle();
  threads[1]?.answer();
  t.deepEqual(await again, { device: 7n });
});

test("below one folder only some threads are abandoned; other folders are looked at", async (t) => {
  const { looks, threads, settle, stick } = rig();
  await stick(Array.from({ length: mostStuckInFolder }, (_, index) => `/hung/${index}`));
  await t.throwsAsync(looks.look("/hung/another"), refused);
  const good = looks.look("/good/a");
  await settle();
  threads.at(-1)?.answer();
  t.deepEqual(await good, { device: 7n });
  await stick(Array.from({ length: mostStuck - mostStuckInFolder }, (_, index) => `/${index}/x`));
  await t.throwsAsync(looks.look("/good/b"), refused);
});

test("a folder that has answered is looked at while others hang, until it hangs itself", async (t) => {
  const { looks, threads, settle, stick } = rig();
  const lookAt = async (folder: string) => {
    const look = looks.look(folder);
    await settle();
    threads.at(-1)?.answer();
    return await look;
  };
  t.deepEqual(await lookAt("/mnt/good"), { device: 7n });
  await stick(Array.from({ length: mostStuckInFolder }, (_, index) => `/mnt/${index}`));
  await t.throwsAsync(looks.look("/mnt/new"), refused);
  t.deepEqual(await lookAt("/mnt/good"), { device: 7n });
  await stick(Array.from({ length: mostStuck - mostStuckInFolder }, (_, index) => `/${index}/x`));
  t.deepEqual(await lookAt("/mnt/good"), { device: 7n });
  await stick(["/mnt/good"]);
  await t.throwsAsync(looks.look("/mnt/good"), refused);
});

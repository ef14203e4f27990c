import { statSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import test from "ava";
import {
  FolderProbe,
  probeThreads,
  mostStuck,
  mostStuckInFolder,
  type ProbeRunner,
} from "../../../src/io/disk/folder-probe.ts";
import { lookResult, type LookOrder } from "../../../src/io/disk/look-at-folders.ts";
import type { AbandonedThread, OneShotTask } from "../../../src/index.ts";

const refused = { code: "disk-not-answering" };

/** One thread as the looks see it: the test says how far it comes. */
class FakeThread implements ProbeRunner {
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
  const probe = new FolderProbe(() => {
    const thread = new FakeThread();
    threads.push(thread);
    return thread;
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  /** Looks that hang, one after the other. */
  const stick = async (folders: readonly string[]) => {
    for (const folder of folders) {
      const look = probe.look(folder);
      look.catch(() => undefined);
      await settle();
      threads.at(-1)?.hang();
      await settle();
    }
  };
  return { probe, threads, settle, stick };
}

test("a look gives the device of a folder, or of the nearest folder above a missing one", async (t) => {
  const probe = new FolderProbe();
  const { dev } = statSync(tmpdir(), { bigint: true });
  const [there, notThere] = await Promise.all([
    probe.look(tmpdir()),
    probe.look(join(tmpdir(), "no-such-folder", "below")),
  ]);
  t.deepEqual([there.device, notThere.device], [dev, dev]);
  t.deepEqual(probe.stuck, []);
});

test("looks at one folder at the same time are one look", async (t) => {
  const { probe, threads, settle } = rig();
  const both = [probe.look("/a"), probe.look("/a")];
  await settle();
  t.deepEqual(
    threads.map(({ folders }) => folders),
    [["/a"]],
  );
  threads[0]?.answer();
  t.deepEqual(await Promise.all(both), [{ device: 7n }, { device: 7n }]);
});

test("folders that are looked at together are shared out to four threads", async (t) => {
  const { probe, threads, settle } = rig();
  const all = Array.from({ length: 10 }, (_, index) => probe.look(`/${index}`));
  await settle();
  t.is(threads.length, probeThreads);
  t.is(threads.flatMap(({ folders }) => folders).length, 10);
  for (const thread of threads) thread.answer();
  t.is((await Promise.all(all)).length, 10);
});

test("a folder that does not answer is refused; the folders behind it are looked at by another thread", async (t) => {
  const { probe, threads, settle } = rig();
  const all = Array.from({ length: 12 }, (_, index) => probe.look(`/${index}/x`));
  const results = Promise.allSettled(all);
  await settle();
  // The first thread has three folders and hangs at its second one.
  threads[0]?.see(1);
  threads[0]?.hang();
  await settle();
  t.deepEqual(threads[4]?.folders, ["/2/x"]);
  t.deepEqual(probe.stuck, ["/1/x"]);
  for (const thread of threads.slice(1)) thread.answer();
  const failed = (await results).flatMap(({ status }, index) =>
    status === "rejected" ? [index] : [],
  );
  t.deepEqual(failed, [1]);
  await t.throwsAsync(all[1] ?? Promise.resolve(), refused);
});

test("a folder whose look has not returned is refused at once, until it has", async (t) => {
  const { probe, threads, settle, stick } = rig();
  await stick(["/hung/a"]);
  await t.throwsAsync(probe.look("/hung/a"), refused);
  t.is(threads.length, 1);
  threads[0]?.end();
  await settle();
  t.deepEqual(probe.stuck, []);
  const again = probe.look("/hung/a");
  await settle();
  threads[1]?.answer();
  t.deepEqual(await again, { device: 7n });
});

test("below one folder only some threads are abandoned; other folders are looked at", async (t) => {
  const { probe, threads, settle, stick } = rig();
  await stick(Array.from({ length: mostStuckInFolder }, (_, index) => `/hung/${index}`));
  await t.throwsAsync(probe.look("/hung/another"), refused);
  const good = probe.look("/good/a");
  await settle();
  threads.at(-1)?.answer();
  t.deepEqual(await good, { device: 7n });
  await stick(Array.from({ length: mostStuck - mostStuckInFolder }, (_, index) => `/${index}/x`));
  await t.throwsAsync(probe.look("/good/b"), refused);
});

test("a folder that has answered is looked at while others hang, until it hangs itself", async (t) => {
  const { probe, threads, settle, stick } = rig();
  const lookAt = async (folder: string) => {
    const look = probe.look(folder);
    await settle();
    threads.at(-1)?.answer();
    return await look;
  };
  t.deepEqual(await lookAt("/mnt/good"), { device: 7n });
  await stick(Array.from({ length: mostStuckInFolder }, (_, index) => `/mnt/${index}`));
  await t.throwsAsync(probe.look("/mnt/new"), refused);
  t.deepEqual(await lookAt("/mnt/good"), { device: 7n });
  await stick(Array.from({ length: mostStuck - mostStuckInFolder }, (_, index) => `/${index}/x`));
  t.deepEqual(await lookAt("/mnt/good"), { device: 7n });
  await stick(["/mnt/good"]);
  await t.throwsAsync(probe.look("/mnt/good"), refused);
});

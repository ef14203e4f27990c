// A real program on a disk whose calls do not return: it ends all the same, says what it gave up, and the next run has
// every byte.

import { existsSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { buildNative } from "../../bench/support/native.ts";
import { isLong } from "../support/lanes.ts";
import { quickDisk } from "../support/files/quick-disk.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { startProcess, type Exit, type RunningProcess } from "../support/programs/process.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { waiting } from "../support/time/until.ts";

const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const library = fileURLToPath(new URL("fixtures/close.ts", import.meta.url));
const onLinux = process.platform === "linux" ? test : test.skip;
const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: 64 * pieceLengthBytes };

/** A call that does not return, and when: once pieces come, or from the start. */
interface Hang {
  readonly call: "write" | "sync" | "stat" | "read";
  readonly where: "data" | "state" | "torrent";
  readonly from: "first piece" | "start" | "never";
}

/** A download on that disk. */
class Scene implements AsyncDisposable {
  readonly swarm: Swarm;
  readonly data: string;
  readonly state: string;
  readonly #hang: Hang;
  readonly #place: string;

  private constructor(swarm: Swarm, hang: Hang) {
    this.swarm = swarm;
    this.#hang = hang;
    const below = hang.from === "never" ? quickDisk() : undefined;
    this.data = swarm.folder("data", below).path;
    this.state = swarm.folder("state", below).path;
    this.#place = swarm.folder("trigger").path;
  }

  static async open(hang: Hang): Promise<Scene> {
    return new Scene(await Swarm.open(shape), hang);
  }

  /** Starts a program and lets its calls hang; resolves when one does, unless nothing calls before the end. */
  async run(program: string, words: (torrent: string, peer: string) => readonly string[]) {
    const seeder = await this.swarm.pacedSeeder({ isShut: true });
    seeder.allow(shape.files / 4);
    const { call, where, from } = this.#hang;
    const library = await shim();
    if (from === "start") writeFileSync(this.#trigger, "");
    const line = [process.execPath, program, ...words(this.#torrent(), `127.0.0.1:${seeder.port}`)];
    const environment = {
      LD_PRELOAD: library,
      HANG_ROOT: this.folderOf(where),
      HANG_CALL: call,
      HANG_WHEN: this.#trigger,
      HANG_SAID: this.#said,
    };
    const child = this.swarm.use(await startProcess(line, { environment }));
    if (from !== "start") {
      await child.lineWhere("a piece", (text) => text.includes('"event":"piece"') || undefined);
    }
    if (from === "first piece") writeFileSync(this.#trigger, "");
    if (from !== "never") seeder.open();
    // A sync comes with the stop, if not before.
    if (call !== "sync") await this.#hangs();
    return child;
  }

  /** The disk is as it was: another run has every byte. */
  async goesOn(t: ExecutionContext): Promise<void> {
    rmSync(this.#trigger, { force: true });
    const seeder = await this.swarm.pacedSeeder();
    const words = this.words(this.#torrent(), `127.0.0.1:${seeder.port}`);
    const again = this.swarm.use(await startProcess([process.execPath, command, ...words]));
    t.is((await again.exited).status, 0, again.tail());
    await assertSameFiles(t, this.swarm.payload, this.data);
  }

  folderOf(where: Hang["where"]): string {
    return { data: this.data, state: this.state, torrent: this.#place }[where];
  }

  words(torrent: string, peer: string): readonly string[] {
    const folders = ["--dir", this.data, "--state-dir", this.state];
    const net = ["--no-trackers", "--port", "0", "--bind", "127.0.0.1", "--peer", peer];
    return ["download", torrent, "--json", ...folders, ...net];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#trigger, { force: true });
    await this.swarm[Symbol.asyncDispose]();
  }

  get #trigger(): string {
    return join(this.#place, "now");
  }

  get #said(): string {
    return join(this.#place, "hangs");
  }

  #torrent(): string {
    const torrent = join(this.#place, "job.torrent");
    writeFileSync(torrent, this.swarm.metainfo);
    return torrent;
  }

  async #hangs(): Promise<void> {
    const isSaid = Promise.withResolvers<void>();
    const look = (): void => {
      if (existsSync(this.#said)) isSaid.resolve();
    };
    const watcher = watch(this.#place, look);
    look();
    await isSaid.promise.finally(() => watcher.close());
  }
}

async function endsByItself(t: ExecutionContext, child: RunningProcess): Promise<Exit> {
  const exit = await waiting(
    () => `the end of the program: ${child.tail()}`,
    async () => await child.exited,
  );
  t.log(child.lines.filter((line) => !line.startsWith("{")));
  return exit;
}

/** Built once: the tests run side by side. */
const shim = ((): (() => Promise<string>) => {
  let built: Promise<string> | undefined;
  const source = new URL("hanging-disk.c", import.meta.url);
  return () => (built ??= buildNative(source, ["-shared", "-fPIC", "-ldl"]));
})();

/** A shell shows it as 137. */
const killed = { status: undefined, signal: "SIGKILL" };

const ends = test.macro<[hang: Hang, signals: readonly NodeJS.Signals[]]>({
  title: (_, hang, signals) => {
    const { call, where, from } = hang;
    const first = from === "start" ? " from the start" : "";
    const next = isDataTouched(hang) ? ", and the next run completes" : "";
    return `a ${call} that hangs in the ${where} folder${first}: after ${signals.join(" and ")} the command ends with 137${next}`;
  },
  async exec(t, hang, signals) {
    await using scene = await Scene.open(hang);
    const child = await scene.run(command, (...given) => scene.words(...given));
    for (const signal of signals) process.kill(child.pid, signal);
    t.deepEqual(await endsByItself(t, child), killed);
    const told = child.lines.find((line) => line.includes("[disk-not-answering]"));
    t.truthy(told, child.tail());
    // The command does not know the folder of what it reads itself.
    if (hang.where !== "torrent") t.true(told?.includes(`"${scene.folderOf(hang.where)}"`));
    if (isDataTouched(hang)) await scene.goesOn(t);
  },
});

/** A command that cannot read its torrent has not begun: in the gate no further run follows. */
function isDataTouched({ where }: Hang): boolean {
  return isLong || where !== "torrent";
}

const writes = { call: "write", where: "data", from: "first piece" } as const;
// The thread that takes the lock hangs.
const locks = { call: "stat", where: "data", from: "start" } as const;
const state = { call: "write", where: "state", from: "start" } as const;
const reads = { call: "read", where: "torrent", from: "start" } as const;
const syncs = { call: "sync", where: "data", from: "first piece" } as const;
const looks = { call: "stat", where: "data", from: "first piece" } as const;

/** The gate has a call of each thread, and each signal. */
onLinux(ends, writes, ["SIGINT", "SIGTERM"]);
onLinux(ends, locks, ["SIGINT"]);
onLinux(ends, state, ["SIGTERM"]);
onLinux(ends, reads, ["SIGINT"]);
if (isLong) {
  for (const hang of [writes, syncs, looks, state]) onLinux(ends, hang, ["SIGINT"]);
  onLinux(ends, writes, ["SIGTERM"]);
}

onLinux(
  "a write that hangs: close() of the library rejects with the folder and the threads, and SIGKILL ends the program",
  async (t) => {
    await using scene = await Scene.open({ call: "write", where: "data", from: "first piece" });
    const child = await scene.run(library, (torrent, peer) => [
      scene.data,
      scene.state,
      torrent,
      peer.replace(/.*:/, ""),
    ]);
    child.say("close");
    t.deepEqual(await endsByItself(t, child), killed);
    t.deepEqual(JSON.parse(child.lines.at(-1) ?? ""), {
      code: "disk-not-answering",
      details: { folder: scene.data, folders: [scene.data], threads: ["file-0"] },
    });
    await scene.goesOn(t);
  },
);

// The gate has it in test/integration/bad-input.test.ts.
if (isLong)
  onLinux("on a disk that answers SIGINT ends the command with 130", async (t) => {
    await using scene = await Scene.open({ call: "sync", where: "data", from: "never" });
    const child = await scene.run(command, (...given) => scene.words(...given));
    process.kill(child.pid, "SIGINT");
    t.deepEqual(await endsByItself(t, child), { status: 130, signal: undefined });
    await scene.goesOn(t);
  });

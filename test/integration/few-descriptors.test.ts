// The command where the system allows it hardly any files and sockets.

import { connect, type Socket } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { isLong } from "../support/lanes.ts";
import { startProcess, type RunningProcess } from "../support/programs/process.ts";
import { GatedSeeders } from "../support/swarm/gated-seeders.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { freePort } from "../support/programs/free-port.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
/** More files than may be open, in pieces that lie in several. */
const shape = {
  pieceLengthBytes: 65_536,
  files: Array.from({ length: 60 }, (_, n) => ({ path: [`${n}`], lengthBytes: 40_000 + n })),
};
/** Many more, and small. */
const manyCount = isLong ? 10_000 : 600;
const manyFiles = {
  pieceLengthBytes: 65_536,
  files: Array.from({ length: manyCount }, (_, n) => ({
    path: [`${n % 100}`, `${n}`],
    lengthBytes: 100 + (n % 7),
  })),
};
/** Connections that a stranger holds open, beyond what the process may have. */
const strangers = 100;
const mostReopened = isLong ? 2_000 : 200;

test("F25: with 64 descriptors a download of 60 files completes, while strangers hold a hundred connections", async (t) => {
  await using swarm = await Swarm.open(shape);
  const gatedSeeders = await GatedSeeders.open(swarm, 1);
  const target = swarm.folder("target").path;
  const port = await freePort();
  const command = await downloadWith64(swarm, target, ["--port", `${port}`]);
  await command.lineWhere("that it listens", (line) => line.includes('"listening"') || undefined);
  // Nothing of the payload passes before they are all there, as far as they are let in.
  await using flood = new Flood(port);
  flood.begin(strangers);
  await Promise.race([flood.until(strangers), command.exited]);
  gatedSeeders.allow(1);
  const exit = await command.exited;
  t.is(exit.status, 0, command.tail());
  await assertSameFiles(t, swarm.payload, target);
  t.true(command.lines.some((line) => line.includes("this process may have only 64 files")));
});

test(`F25: ${manyCount} files are downloaded with 64 descriptors`, async (t) => {
  await using swarm = await Swarm.open(manyFiles);
  const seeder = await swarm.pacedSeeder();
  const target = swarm.folder("target").path;
  const peer = ["--peer", `${seeder.host}:${seeder.port}`, "--no-trackers", "--port", "0"];
  const command = await downloadWith64(swarm, target, peer);
  t.is((await command.exited).status, 0, command.tail());
  await assertSameFiles(t, swarm.payload, target);
  t.is(seeder.givenBytes, swarm.payload.totalBytes);
});

/** The command as it is where a process may have 64 files and sockets. */
async function downloadWith64(
  swarm: Swarm,
  target: string,
  more: readonly string[],
): Promise<RunningProcess> {
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const words = [torrent, "--dir", target, "--json", "--bind", "127.0.0.1", ...more];
  const run = ["sh", "-c", 'ulimit -n 64 && exec "$@"', "sh", process.execPath, program, ...words];
  const environment = { XDG_STATE_HOME: swarm.folder("state").path };
  return swarm.use(await startProcess(run, { environment }));
}

/** Silent connections to a port that listens, each opened again when it is closed. */
class Flood implements AsyncDisposable {
  #connected = 0;
  #reached = Promise.withResolvers<void>();
  #wanted = Infinity;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #isOver = false;
  #reopened = 0;

  constructor(port: number) {
    this.#port = port;
  }

  begin(count: number): void {
    for (let n = 0; n < count; n++) this.#open();
  }

  /** Settles when so many connections have stood, one after the other or at once. */
  async until(connected: number): Promise<void> {
    this.#wanted = connected;
    await this.#reached.promise;
  }

  #note(): void {
    if (++this.#connected >= this.#wanted) this.#reached.resolve();
  }

  #open(): void {
    if (this.#isOver) return;
    const socket = connect(this.#port, "127.0.0.1");
    this.#sockets.add(socket);
    socket.on("connect", () => this.#note());
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (this.#reopened++ < mostReopened) setImmediate(() => this.#open());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
    await Promise.resolve();
  }
}

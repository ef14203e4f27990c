// A real program on a disk whose calls fail: the calls are made to fail below it, by a library that is loaded before the
// system's own.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { buildNative } from "../../bench/support/native.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";
import { startProcess, type RunningProcess } from "../support/programs/process.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;
const mebibyte = 1 << 20;
const pieceLengthBytes = 64 * 1024;
const shape = {
  pieceLengthBytes,
  files: [1, 700_001, 0, 65_536, 1_300_000, 77].map((lengthBytes, file) => ({
    path: [`${file}`],
    lengthBytes,
  })),
};

/** A line of `--json`. */
interface Line {
  readonly event: string;
  readonly code?: string;
  readonly port?: number;
  readonly wastedBytes?: number;
}

type Faults = Readonly<
  Record<string, string> & {
    FAULT_KIND: "short" | "read-error" | "write-error" | "sync-error" | "slow";
  }
>;

/** A command that works in `folder`, where calls fail. */
async function troupe(
  swarm: Swarm,
  words: readonly string[],
  folder: string,
  faults?: Faults,
): Promise<RunningProcess> {
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const [call = "", ...rest] = words;
  const common = ["--dir", folder, "--json", "--no-trackers", "--port", "0"];
  const line = [program, call, torrent, ...common, "--bind", "127.0.0.1", ...rest];
  const shim = await buildNative(new URL("faulty-disk.c", import.meta.url), [
    "-shared",
    "-fPIC",
    "-ldl",
  ]);
  const environment = faults && { LD_PRELOAD: shim, FAULT_ROOT: folder, ...faults };
  const child = await startProcess([process.execPath, ...line], environment && { environment });
  return swarm.use(child);
}

function linesOf({ lines }: RunningProcess): Line[] {
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Line);
}

/** Downloads from a seeder that holds nothing back. */
async function download(
  t: ExecutionContext,
  swarm: Swarm,
  faults: Faults | undefined,
  more: readonly string[] = [],
) {
  const seeder = await swarm.pacedSeeder();
  const folder = swarm.folder("data").path;
  const state = swarm.folder("state").path;
  const from = ["--peer", `${seeder.host}:${seeder.port}`, "--state-dir", state, ...more];
  const child = await troupe(swarm, ["download", ...from], folder, faults);
  const { status } = await child.exited;
  const said = linesOf(child);
  t.log(said.filter(({ event }) => event === "warning" || event === "error"));
  return { seeder, folder, state, status, said };
}

onLinux("F23: reads and writes that transfer only a part are continued to the end", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { folder, status, seeder } = await download(t, swarm, { FAULT_KIND: "short" });
  t.is(status, 0);
  await assertSameFiles(t, swarm.payload, folder);
  t.is(seeder.givenBytes, swarm.payload.totalBytes, "no byte twice");
  const child = await troupe(swarm, ["seed"], folder, { FAULT_KIND: "short" });
  const port = await portOf(child);
  const leecher = await swarm.join({
    torrent: { useTrackers: false, peers: [{ host: "127.0.0.1", port }] },
  });
  await leecher.record.torrent.completed;
  await assertSameFiles(t, swarm.payload, leecher.folder);
  t.is(leecher.record.torrent.progress.wastedBytes, 0);
});

// packages/coordinator/test/torrent/storage/write-retry.test.ts has both ends of a retry: the gate's command has the error.
longTest("F21: writes that fail twice are tried again, and no byte is fetched twice", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { folder, status, said, seeder } = await download(t, swarm, {
    FAULT_KIND: "write-error",
    FAULT_TIMES: "2",
  });
  t.is(status, 0);
  t.true(said.some(({ event, code }) => event === "warning" && code === "EIO"));
  t.is(seeder.givenBytes, swarm.payload.totalBytes);
  await assertSameFiles(t, swarm.payload, folder);
});

onLinux(
  "F21: a disk that refuses every write is the torrent's error after three tries",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { status, said } = await download(t, swarm, { FAULT_KIND: "write-error" });
    t.is(status, 1);
    t.like(said.filter(({ event }) => event === "error").at(-1), { code: "EIO" });
  },
);

onLinux("F22: failed reads of a seeder send no wrong byte, and it keeps seeding", async (t) => {
  await using swarm = await Swarm.open(shape);
  const folder = swarm.wholeFolder();
  const trigger = join(swarm.folder("trigger").path, "now");
  const child = await troupe(swarm, ["seed"], folder, {
    FAULT_KIND: "read-error",
    FAULT_TIMES: "2",
    FAULT_WHEN: trigger,
  });
  const port = await portOf(child);
  await lineOf(child, "complete");
  writeFileSync(trigger, "");
  const torrent = { useTrackers: false, peers: [{ host: "127.0.0.1", port }] };
  const refused = await swarm.join({ torrent });
  await child.lineWhere("the warning", (line) => (line.includes('"EIO"') ? line : undefined));
  await child.lineWhere("the piece's check", (line) =>
    line.includes('"event":"piece"') ? line : undefined,
  );
  const leecher = await swarm.join({ torrent });
  // A peer that was refused a block asks for it again after 30 s.
  for (const { folder: data, record } of isLong ? [leecher, refused] : [leecher]) {
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, data);
  }
  t.deepEqual([leecher.record.failedPieces, refused.record.failedPieces], [0, 0]);
});

onLinux("F24: after failed syncs the next start hashes all pieces, and fetches none", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { folder, state } = await download(t, swarm, { FAULT_KIND: "sync-error" });
  await assertSameFiles(t, swarm.payload, folder);
  const again = await troupe(swarm, ["download", "--state-dir", state], folder);
  t.is((await again.exited).status, 0);
  const checked = linesOf(again).findLast(({ event }) => event === "checking");
  t.like(checked, { total: Math.ceil(swarm.payload.totalBytes / pieceLengthBytes) });
});

onLinux("E03: a slow disk slows the peers: waiting blocks stay within the memory", async (t) => {
  const large = { pieceLengthBytes: 4 * pieceLengthBytes, files: (isLong ? 40 : 24) * mebibyte };
  await using swarm = await Swarm.open(large);
  const memory = 8 * mebibyte;
  let mostWaitingBytes = 0;
  let written = 0;
  let seen = 0;
  let child: RunningProcess | undefined;
  const seeder = await swarm.pacedSeeder({
    watch: (what) => {
      if (what !== "given" || child === undefined) return;
      const news = child.lines.slice(seen);
      seen += news.length;
      written += news.filter((line) => line.includes('"event":"piece"')).length;
      const waitingBytes = seeder.givenBytes - written * large.pieceLengthBytes;
      mostWaitingBytes = Math.max(mostWaitingBytes, waitingBytes);
    },
  });
  const folder = swarm.folder("data").path;
  const from = ["--peer", `${seeder.host}:${seeder.port}`, "--memory", `${memory}`];
  const state = ["--state-dir", swarm.folder("state").path];
  child = await troupe(swarm, ["download", ...from, ...state], folder, { FAULT_KIND: "slow" });
  t.is((await child.exited).status, 0);
  await assertSameFiles(t, swarm.payload, folder);
  t.is(seeder.connections, 1, "nobody is given up as too slow");
  t.is(seeder.givenBytes, large.files, "nothing is asked for twice");
  t.true(mostWaitingBytes < memory + 12 * mebibyte, `${mostWaitingBytes} bytes waited at most`);
  t.log(`${mostWaitingBytes} bytes waited at most, those on the wire included`);
});

async function portOf(child: RunningProcess): Promise<number> {
  return (await lineOf(child, "listening")).port ?? 0;
}

async function lineOf(child: RunningProcess, event: string): Promise<Line> {
  return await child.lineWhere(event, () => linesOf(child).find((line) => line.event === event));
}

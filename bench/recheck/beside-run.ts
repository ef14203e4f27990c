// Downloads of one torrent in an engine, with and without a check of another one beside them:
//
//   beside-run.ts TORRENT FOLDER OTHER_TORRENT TARGET SEEDER_PORT RUNS
//
// The last line says how long they took, as JSON.

import { Coordinator } from "@troupe/coordinator";
import { quiet } from "../../test/support/swarm/quiet.ts";

/** One download, and what was checked meanwhile. */
export interface BesideRun {
  readonly seconds: number;
  readonly checkedBytes: number;
}

/** The last line of a run, as JSON. */
export interface BesideReport {
  readonly alone: readonly BesideRun[];
  /** Beside `hashcheck()` of a torrent that seeds. */
  readonly besideHashcheck: readonly BesideRun[];
  /** Beside the check with which a torrent starts. */
  readonly besideStart: readonly BesideRun[];
}

const [torrentPath = "", directory = "", otherPath = "", target = "", port = "", runs = "1"] =
  process.argv.slice(2);

await using coordinator = await Coordinator.start({
  ...quiet,
  directory,
  port: 0,
  bind: ["127.0.0.1"],
});
const report = {
  alone: [] as BesideRun[],
  besideHashcheck: [] as BesideRun[],
  besideStart: [] as BesideRun[],
};
// The first one warms everything up and is not counted.
await download(() => 0);
for (let run = 0; run < Number(runs); run++) {
  report.alone.push(await download(() => 0));
  report.besideHashcheck.push(await besideHashcheck());
  report.besideStart.push(await besideStart());
}
console.log(JSON.stringify(report satisfies BesideReport));

async function besideHashcheck(): Promise<BesideRun> {
  const torrent = await coordinator.add(torrentPath, { useTrackers: false });
  await torrent.completed;
  let checkedPieces = 0;
  torrent.on("piece", () => checkedPieces++);
  const end = new AbortController();
  const checks = repeat(() => torrent.hashcheck(undefined, { signal: end.signal }));
  const run = await download(() => checkedPieces * torrent.pieceLength);
  end.abort();
  await checks;
  await torrent.remove();
  return run;
}

async function besideStart(): Promise<BesideRun> {
  const torrent = await coordinator.add(torrentPath, { useTrackers: false, start: false });
  let checkedPieces = 0;
  torrent.on("checking", ({ done }) => (checkedPieces = done));
  torrent.start();
  const run = await download(() => checkedPieces * torrent.pieceLength);
  await torrent.remove();
  return run;
}

async function repeat(check: () => Promise<unknown>): Promise<void> {
  try {
    for (;;) await check();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "hashcheck-cancelled") throw error;
  }
}

/** From the torrent being added to its last piece being on disk. */
async function download(checkedBytes: () => number): Promise<BesideRun> {
  // The check beside it is under way by then.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const checkedBefore = checkedBytes();
  const startMs = performance.now();
  const torrent = await coordinator.add(otherPath, {
    directory: target,
    useTrackers: false,
    peers: [{ host: "127.0.0.1", port: Number(port) }],
  });
  await torrent.completed;
  const seconds = (performance.now() - startMs) / 1_000;
  const run = { seconds, checkedBytes: checkedBytes() - checkedBefore };
  await torrent.remove({ data: true });
  return run;
}

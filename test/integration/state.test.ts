// State that outlives an engine: jobs in folders of their own, the list of a state folder, and how far each is trusted.

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  closeSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { Torrent, type AddOptions } from "@troupe/coordinator";
import {
  closedJob,
  loadedAgain,
  local,
  pieceLengthBytes,
  shape,
} from "../support/swarm/closed-job.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { bundledFiles } from "../../scripts/tests/bundled-threads.ts";

const pieces = Math.ceil(800_124 / pieceLengthBytes);
/** Whether this process has a file open below a folder. */
function openBelow(folder: string): boolean {
  return readdirSync("/proc/self/fd").some((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder);
    } catch {
      // The one that read the list.
      return false;
    }
  });
}

test.serial(
  "EX1: a job is created completely or not at all, in a folder that must not exist",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const parent = swarm.folder("jobs").path;
    const folder = join(parent, "deep", "job");
    const torrent = await Torrent.create(folder, swarm.metainfo, { ...local, start: false });
    await torrent.close();
    t.deepEqual(readdirSync(folder), [".troupe"]);
    t.deepEqual(readFileSync(join(folder, ".troupe", "job.torrent")), Buffer.from(swarm.metainfo));
    t.deepEqual(readdirSync(join(parent, "deep")), ["job"]);

    await t.throwsAsync(Torrent.create(folder, swarm.metainfo, local), { code: "job-exists" });
    mkdirSync(join(parent, "empty"));
    await t.throwsAsync(Torrent.create(join(parent, "empty"), swarm.metainfo, local), {
      code: "job-exists",
    });
    await t.throwsAsync(Torrent.create(join(parent, "bad"), Buffer.from("no torrent"), local));
    t.false(existsSync(join(parent, "bad")));
  },
);

test.serial(
  "EX2: an unchanged job is loaded without hashing, also from another folder",
  async (t) => {
    const { swarm, folder } = await closedJob();
    await using _ = swarm;
    const moved = `${folder} moved`;
    renameSync(folder, moved);
    const { torrent, states } = await loadedAgain(moved);
    t.true(torrent.isFinished);
    t.false(states.includes("checking"));
    await torrent.close();
    rmSync(join(moved, ".troupe"), { recursive: true });
    await assertSameFiles(t, swarm.payload, moved);
  },
);

test.serial(
  "EX2: a folder without a job is refused, and bad pieces are fetched again",
  async (t) => {
    const { swarm, folder } = await closedJob();
    await using _ = swarm;
    await t.throwsAsync(Torrent.load(join(folder, "none"), local), { code: "not-a-job" });
    await t.throwsAsync(Torrent.load(join(folder, "payload"), local), { code: "not-a-job" });
    const path = join(folder, "payload", "deep", "b");
    const file = openSync(path, "r+");
    writeSync(file, "other bytes", 200_000);
    closeSync(file);
    const { torrent, failedPieces } = await loadedAgain(folder);
    t.deepEqual(failedPieces, [Math.floor(500_000 / pieceLengthBytes)]);
    await torrent.completed;
    await torrent.close();
    rmSync(join(folder, ".troupe"), { recursive: true });
    await assertSameFiles(t, swarm.payload, folder);
  },
);

test.serial(
  "EX3: a closed job leaves no open file, socket or timer, and can be loaded at once",
  async (t) => {
    const { swarm, folder } = await closedJob();
    await using _ = swarm;
    const resources = (): string[] => process.getActiveResourcesInfo();
    const before = resources();
    {
      await using torrent = await Torrent.load(folder, local);
      await torrent.checked;
      t.true(openBelow(folder) || resources().length > before.length, "it has something to leave");
      await t.throwsAsync(Torrent.load(folder, local), { code: "already-running" });
    }
    t.false(openBelow(folder));
    // Timers of the swarm's own servers may have ended meanwhile.
    const countOf = (kind: string, list: readonly string[]) =>
      list.filter((one) => one === kind).length;
    const left = resources();
    t.deepEqual(
      left.filter((kind) => countOf(kind, left) > countOf(kind, before)),
      [],
    );
    await using again = await Torrent.load(folder, local);
    t.true((await again.checked).failed === 0);
  },
);

test.serial("EX4: a job starts, pauses, resumes and stops", async (t) => {
  const { swarm, folder } = await closedJob();
  await using _ = swarm;
  await using torrent = await Torrent.load(folder, { ...local, start: false });
  t.is(torrent.state, "stopped");
  const reached = (state: string): Promise<void> =>
    new Promise((resolve) => {
      torrent.on("state", (event) => {
        if (event.state === state) resolve();
      });
    });
  for (const [act, state] of [
    [() => torrent.start(), "active"],
    [() => torrent.pause(), "paused"],
    [() => torrent.start(), "active"],
    [() => void torrent.stop(), "stopped"],
  ] as const) {
    const isReached = reached(state);
    act();
    await isReached;
    t.is(torrent.state, state);
  }
});

test.serial("EX5: progress has pieces and bytes", async (t) => {
  const { swarm, folder } = await closedJob();
  await using _ = swarm;
  rmSync(join(folder, "payload", "a"));
  const { torrent } = await loadedAgain(folder, { useTrackers: false });
  const lost = Math.ceil(300_000 / pieceLengthBytes);
  t.like(torrent.progress, {
    finished: pieces - lost,
    unfinished: lost,
    percentage: ((pieces - lost) * 100) / pieces,
    haveBytes: 800_124 - lost * pieceLengthBytes,
  });
  await torrent.close();
});

test.serial("EX6: a job is finished when all wanted pieces are had", async (t) => {
  await using swarm = await Swarm.open(shape);
  const folder = join(swarm.folder("jobs").path, "job");
  await using torrent = await Torrent.create(folder, swarm.metainfo, local);
  t.false(torrent.isFinished);
  await swarm.seed({ engine: { host: "inline" } });
  await torrent.completed;
  t.true(torrent.isFinished);
});

test.serial("a torrent whose data would lie among Troupe's own files is refused", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: 1_000 });
  const hostile = Buffer.from(
    Buffer.from(swarm.metainfo).toString("latin1").replace("7:payload", "7:.TROUPE"),
    "latin1",
  );
  await t.throwsAsync(Torrent.create(join(swarm.folder("jobs").path, "job"), hostile, local), {
    code: "job-name-reserved",
  });
  const { coordinator } = await swarm.join();
  for (const checkOnly of [false, true]) {
    await t.throwsAsync(coordinator.add(hostile, { checkOnly }), { code: "job-name-reserved" });
  }
});

const troubles: readonly (readonly [string, (path: string, spare: string) => void])[] = [
  ["touched", (path) => utimesSync(path, new Date(), new Date(Date.now() + 10_000))],
  ["set back in time", (path) => utimesSync(path, new Date(), new Date(1_000))],
  ["cut", (path) => truncateSync(path, 100_000)],
  [
    "replaced by a copy of the same age",
    (path, spare) => {
      cpSync(path, spare, { preserveTimestamps: true });
      renameSync(spare, path);
    },
  ],
  [
    "replaced by an older one",
    (path, spare) => {
      writeFileSync(spare, Buffer.alloc(500_001));
      utimesSync(spare, new Date(), new Date(1_000));
      renameSync(spare, path);
    },
  ],
  ["gone", (path) => rmSync(path)],
];
for (const [how, trouble] of troubles) {
  test.serial(
    `F27: a file that was ${how} is not believed, and only that file is hashed`,
    async (t) => {
      const { swarm, folder } = await closedJob();
      await using _ = swarm;
      const path = join(folder, "payload", "deep", "b");
      trouble(path, `${path} spare`);
      const torrent = await Torrent.load(folder, { ...local, start: false, useTrackers: false });
      let looked = 0;
      torrent.on("checking", ({ total }) => (looked = total));
      torrent.start();
      const { failedPieces } = await torrent.checked;
      const [first, last] = [
        Math.floor(300_000 / pieceLengthBytes),
        Math.floor(800_000 / pieceLengthBytes),
      ];
      t.is(looked, how === "gone" ? 0 : last - first + 1);
      t.true(failedPieces.every((piece) => piece >= first && piece <= last));
      const isSame = how === "touched" || how === "set back in time" || how.endsWith("same age");
      t.is(failedPieces.length === 0, isSame);
      await torrent.close();
    },
  );
}

test.serial('`verify: "full"` hashes everything, regardless of the record', async (t) => {
  const { swarm, folder } = await closedJob();
  await using _ = swarm;
  const torrent = await Torrent.load(folder, { ...local, start: false, verify: "full" });
  const totals = new Set<number>();
  torrent.on("checking", ({ total }) => totals.add(total));
  torrent.start();
  t.is((await torrent.checked).failed, 0);
  t.deepEqual([...totals], [pieces]);
  await torrent.close();
});

test.serial("F29: a damaged record costs a check, with a warning", async (t) => {
  const { swarm, folder } = await closedJob();
  await using _ = swarm;
  writeFileSync(join(folder, ".troupe", "record"), "something else");
  const { torrent, warnings, failedPieces } = await loadedAgain(folder);
  t.deepEqual(failedPieces, []);
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? "", /^record-unusable: /);
  await torrent.close();
});

test.serial(
  "restore() brings back every torrent in its folder, and its pieces are believed",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    await swarm.seed({ engine: { host: "inline" } });
    const stateDirectory = swarm.folder("state").path;
    const first = await startEngine({ ...local, stateDirectory });
    const directory = swarm.folder("data").path;
    const torrent = await first.add(swarm.metainfo, { directory, priorities: [2, 1, 1] });
    await torrent.completed;
    const { downloadedBytes } = torrent.lifetime ?? {};
    t.true((downloadedBytes ?? 0) >= 800_124);
    await first.close();

    const second = await startEngine({ ...local, stateDirectory });
    const { torrents, failed } = await second.restore();
    t.deepEqual(failed, []);
    t.deepEqual(
      torrents.map(({ infoHash }) => infoHash),
      [swarm.infoHash],
    );
    const [again] = torrents;
    const states: string[] = [];
    again?.on("state", ({ state }) => states.push(state));
    t.is((await again?.checked)?.failed, 0);
    t.is(states[0], "starting", "whoever listens when the list is there hears everything");
    t.deepEqual(
      again?.files.map(({ priority }) => priority),
      [2, 1, 1],
    );
    await again?.remove();
    await second.close();

    await using third = await startEngine({ ...local, stateDirectory });
    t.deepEqual(await third.restore(), { torrents: [], failed: [] });
  },
);

test.serial("a stopped torrent is restored stopped, a running torrent runs", async (t) => {
  await using swarm = await Swarm.open(shape);
  const stateDirectory = swarm.folder("state").path;
  const directory = swarm.folder("data").path;
  for (const runs of [false, true]) {
    {
      await using coordinator = await startEngine({ ...local, stateDirectory });
      const [kept] = (await coordinator.restore()).torrents;
      const options = { directory, useTrackers: false };
      const torrent = kept ?? (await coordinator.add(swarm.metainfo, options));
      if (runs) torrent.start();
      await torrent.checked;
      if (!runs) await torrent.stop();
    }
    await using coordinator = await startEngine({ ...local, stateDirectory });
    const [torrent] = (await coordinator.restore()).torrents;
    // Torrents that ran are started in a later turn than the answer.
    await new Promise(setImmediate);
    const status = await torrent?.status();
    t.is(status?.state === "stopped", !runs);
  }
});

test.serial("a restore waits for the thread that takes locks", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed({ engine: { host: "inline" } });
  const folder = swarm.folder("state");
  const directory = swarm.folder("data").path;
  const options = { ...local, stateDirectory: folder.path };
  {
    await using coordinator = await startEngine(options);
    await (
      await coordinator.add(swarm.metainfo, { directory })
    ).completed;
  }
  const late = join(swarm.folder("program").path, "late.mjs");
  const keeper = new URL(
    "../../packages/coordinator/src/api/lock/lock-keeper.worker.ts",
    import.meta.url,
  );
  const wait = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);";
  writeFileSync(late, `${wait} await import(${JSON.stringify(keeper)});`);
  await using other = await startEngine(local);
  await using coordinator = await startEngine({
    ...options,
    host: "threads",
    workerUrls: { ...bundledFiles(), "lock-keeper.worker": pathToFileURL(late) },
  });
  t.is((await coordinator.restore()).torrents.length, 1);
  await t.throwsAsync(other.add(swarm.metainfo, { directory }), { code: "already-running" });
});

/** Runs of a program with one torrent: added, or come back; something is done to it, and the program ends. */
function runsOf(swarm: Swarm) {
  const stateDirectory = swarm.folder("state").path;
  const directory = swarm.folder("data").path;
  const inOneRun = async <Result>(
    act: (torrent: Torrent) => Result | Promise<Result>,
    added: AddOptions = {},
  ): Promise<Result> => {
    await using coordinator = await startEngine({ ...local, stateDirectory });
    const [kept] = (await coordinator.restore()).torrents;
    // Torrents that ran are started in a later turn than the answer.
    await new Promise(setImmediate);
    const options = { directory, useTrackers: false, ...added };
    return await act(kept ?? (await coordinator.add(swarm.metainfo, options)));
  };
  return { stateDirectory, directory, inOneRun };
}

const stateOf = async (torrent: Torrent): Promise<string> => (await torrent.status()).state;
const prioritiesOf = (torrent: Torrent): number[] => torrent.files.map(({ priority }) => priority);

test.serial("a torrent that was added stopped is restored stopped", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { inOneRun } = runsOf(swarm);
  t.is(await inOneRun(stateOf, { start: false }), "stopped");
  t.is(await inOneRun(stateOf), "stopped");
  await inOneRun((torrent) => torrent.start());
  // The engine hears of the start after the lock of the folder is held. A torrent that stays stopped is never checked.
  await inOneRun((torrent) => torrent.checked);
});

test.serial("a torrent that was stopped in an error is restored stopped", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { inOneRun, directory } = runsOf(swarm);
  await inOneRun((torrent) => torrent.checked);
  const path = join(directory, swarm.payload.paths[0] ?? "");
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, new Uint8Array(300_001));
  const state = await inOneRun(async (torrent) => {
    await t.throwsAsync(torrent.completed);
    const failed = torrent.state;
    await torrent.stop();
    return failed;
  });
  t.is(state, "error");
  t.is(await inOneRun(stateOf), "stopped");
});

test.serial("priorities that are set while a torrent is stopped are restored", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { inOneRun } = runsOf(swarm);
  await inOneRun(async (torrent) => {
    await torrent.checked;
    await torrent.stop();
    torrent.setPriority(0, 3);
    torrent.setPriorities([[1, 0]]);
  });
  t.deepEqual(await inOneRun(prioritiesOf), [3, 0, 1]);
  await inOneRun((torrent) =>
    torrent.setPriorities([
      [0, 1],
      [1, 1],
    ]),
  );
  t.deepEqual(await inOneRun(prioritiesOf), [1, 1, 1]);
});

test.serial("a removed torrent stays removed after any call", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { inOneRun, stateDirectory } = runsOf(swarm);
  await inOneRun(async (torrent) => {
    const removed = torrent.remove();
    torrent.setPriority(0, 3);
    await removed;
    torrent.setPriority(0, 4);
    torrent.start();
    await torrent.stop();
  });
  await using coordinator = await startEngine({ ...local, stateDirectory });
  t.deepEqual((await coordinator.restore()).torrents, []);
});

test.serial("a torrent whose folder is reached through a link is restored once", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { inOneRun, stateDirectory, directory } = runsOf(swarm);
  const link = join(directory, "link");
  mkdirSync(join(directory, "real"));
  symlinkSync(join(directory, "real"), link);
  await swarm.seed({ engine: { host: "inline" } });
  await inOneRun(
    async (torrent) => {
      await torrent.completed;
      await torrent.stop();
    },
    { directory: link, useTrackers: true },
  );
  await using coordinator = await startEngine({ ...local, stateDirectory });
  const { torrents, failed } = await coordinator.restore();
  t.deepEqual(failed, []);
  t.deepEqual(
    torrents.map(({ state }) => state),
    ["stopped"],
  );
});

test.serial(
  "AE15: the lifetime counter of downloaded bytes continues from run to run",
  async (t) => {
    const { swarm, folder } = await closedJob();
    await using _ = swarm;
    const { torrent } = await loadedAgain(folder);
    // A torrent without peers emits no progress.
    const { progress } = await torrent.status();
    t.true((progress.lifetime?.downloadedBytes ?? 0) >= 800_124);
    t.is(torrent.downloaded, 0);
    await torrent.close();
  },
);

test.serial(
  "F29: the list of torrents survives a destroyed database, and their files are hashed",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    await swarm.seed({ engine: { host: "inline" } });
    const stateDirectory = swarm.folder("state").path;
    const directory = swarm.folder("data").path;
    const first = await startEngine({ ...local, stateDirectory });
    await (
      await first.add(swarm.metainfo, { directory })
    ).completed;
    await first.close();
    for (const name of readdirSync(stateDirectory)) {
      if (name.startsWith("state.db"))
        writeFileSync(join(stateDirectory, name), "destroyed ".repeat(500));
    }
    await using second = await startEngine({ ...local, stateDirectory });
    const { torrents, failed } = await second.restore();
    t.deepEqual(failed, []);
    t.is((await torrents[0]?.checked)?.failed, 0);
  },
);

test.serial("F30: a job that another engine runs is neither restored nor forgotten", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed({ engine: { host: "inline" } });
  const stateDirectory = swarm.folder("state").path;
  const directory = swarm.folder("data").path;
  await using running = await startEngine({ ...local, stateDirectory });
  const torrent = await running.add(swarm.metainfo, { directory });
  await torrent.completed;
  await using other = await startEngine({ ...local, stateDirectory });
  await t.throwsAsync(other.add(swarm.metainfo, { directory }), { code: "already-running" });
  const { torrents, failed } = await other.restore();
  t.deepEqual(torrents, []);
  t.like(failed[0]?.error, { code: "already-running" });
  await torrent.stop();
  t.is((await other.restore()).torrents.length, 1);
});

test.serial("files that the user put into the folder are hashed, and recorded", async (t) => {
  await using swarm = await Swarm.open(shape);
  const stateDirectory = swarm.folder("state").path;
  const directory = swarm.folder("data").path;
  for (const path of swarm.payload.paths) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    copyFileSync(join(swarm.payload.folder, path), join(directory, path));
  }
  const looked: number[] = [];
  for (let run = 0; run < 2; run++) {
    await using coordinator = await startEngine({ ...local, stateDirectory });
    const torrent = await coordinator.add(swarm.metainfo, { directory, start: false });
    let total = 0;
    torrent.on("checking", (event) => (total = event.total));
    torrent.start();
    await torrent.checked;
    looked.push(total);
  }
  t.deepEqual(looked, [pieces, 0]);
});

test.serial(
  "a peer of an earlier run is dialled again without a tracker or a given peer",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const seeder = await swarm.pacedSeeder({ isShut: true });
    seeder.allow(4 * pieceLengthBytes);
    const stateDirectory = swarm.folder("state").path;
    const folder = swarm.folder("data").path;
    const engine = { ...local, stateDirectory };
    const alone = { useTrackers: false } as const;
    const first = await swarm.join({ engine, folder, torrent: { ...alone, peers: [seeder] } });
    await first.record.until("a piece", () => first.record.pieces.length > 0);
    t.true(first.record.torrent.left > 0);
    await first.coordinator.close();
    seeder.open();
    const second = await swarm.join({ engine, folder, torrent: alone });
    await second.record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
  },
);

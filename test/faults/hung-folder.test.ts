// A lock in a folder whose disk does not answer.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Coordinator } from "@troupe/coordinator";
import test from "ava";
import { buildNative } from "../../bench/support/native.ts";
import { startProcess } from "../support/programs/process.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { quiet } from "../support/swarm/quiet.ts";

const program = fileURLToPath(new URL("hung-folder-program.ts", import.meta.url));
const restoreProgram = fileURLToPath(new URL("restore-program.ts", import.meta.url));
const onLinux = process.platform === "linux" ? test : test.skip;
const shape = { pieceLengthBytes: 65_536, files: 65_536 };

/** @returns What makes the real path of a folder hang in a program, until the file `until` exists. */
async function hungFolder(hung: string, until: string): Promise<Readonly<Record<string, string>>> {
  const options = ["-shared", "-fPIC", "-ldl"];
  const shim = await buildNative(new URL("hung-folder.c", import.meta.url), options);
  return { LD_PRELOAD: shim, HUNG_ROOT: hung, HUNG_UNTIL: until };
}

onLinux(
  "a lock in a folder whose disk does not answer fails, and another torrent starts meanwhile",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    await using second = await Swarm.open({ ...shape, files: 65_537 });
    await using third = await Swarm.open({ ...shape, files: 65_538 });
    const torrents = [swarm, second, third].map(({ metainfo }, n) => {
      const path = join(swarm.folder("torrent").path, `${n}.torrent`);
      writeFileSync(path, metainfo);
      return path;
    });
    const [torrent = "", ...others] = torrents;
    const [hung, good] = [swarm.folder("hung").path, swarm.folder("good").path];
    const until = join(swarm.folder("until").path, "now");
    const environment = await hungFolder(hung, until);
    const child = swarm.use(
      await startProcess([process.execPath, program, torrent, hung, good, ...others], {
        environment,
      }),
    );
    await child.lineWhere("its end", (line) => (line.startsWith("close:") ? line : undefined));
    const answers = child.lines.slice(0, -1).toSorted();
    t.deepEqual(
      [...answers, child.lines.at(-1)],
      [
        "good: active",
        "hung: disk-not-answering",
        "hung: disk-not-answering",
        `close: disk-not-answering ${JSON.stringify({ folder: hung, folders: [hung], threads: ["lock-keeper"] })}`,
      ],
    );
    // The thread ends with its disk call, and the process with the thread.
    writeFileSync(until, "");
    t.is((await child.exited).status, 0);
  },
);

onLinux(
  "a restore does not wait for a folder that does not answer, and its torrent starts when it answers",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    await using second = await Swarm.open({ ...shape, files: 65_537 });
    const stateDirectory = swarm.folder("state").path;
    const [place, good] = [swarm.folder("place").path, swarm.folder("good").path];
    // The state folder lists this job by its real path and as it was named: the disk is asked whether they are one.
    const [real, hung] = [join(place, "real"), join(place, "link")];
    mkdirSync(real);
    symlinkSync(real, hung);
    const first = await Coordinator.start({
      ...quiet,
      port: 0,
      bind: ["127.0.0.1"],
      host: "inline",
      stateDirectory,
    });
    for (const [{ metainfo }, directory] of [
      [swarm, hung],
      [second, good],
    ] as const) {
      writeFileSync(join(directory, "there"), "");
      const torrent = await first.add(metainfo, { directory, useTrackers: false });
      await torrent.checked;
    }
    await first.close();
    const until = join(place, "now");
    const child = swarm.use(
      await startProcess([process.execPath, restoreProgram, stateDirectory], {
        environment: await hungFolder(hung, until),
      }),
    );
    const line = async (text: string): Promise<void> => {
      await child.lineWhere(text, (said) => said === text || undefined);
    };
    await line("error: disk-not-answering");
    await line("active: 65537");
    t.is(child.lines[0], "restored: 2, failed: 0");
    t.false(child.lines.includes("active: 65536"));
    writeFileSync(until, "");
    await line("active: 65536");
    t.is((await child.exited).status, 0);
    t.is(child.lines.filter((said) => said.startsWith("error")).length, 1);
  },
);

// A lock in a folder whose disk does not answer.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { buildNative } from "../../bench/support/native.ts";
import { startProcess } from "../support/process.ts";
import { Swarm } from "../support/swarm.ts";

const program = fileURLToPath(new URL("hung-folder-program.ts", import.meta.url));
const onLinux = process.platform === "linux" ? test : test.skip;
const shape = { pieceLengthBytes: 65_536, files: 65_536 };

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
    const shim = await buildNative(new URL("hung-folder.c", import.meta.url), [
      "-shared",
      "-fPIC",
      "-ldl",
    ]);
    const until = join(swarm.folder("until").path, "now");
    const environment = { LD_PRELOAD: shim, HUNG_ROOT: hung, HUNG_UNTIL: until };
    const child = swarm.use(
      await startProcess([process.execPath, program, torrent, hung, good, ...others], {
        environment,
      }),
    );
    await child.lineWhere("its end", (line) => (line.startsWith("close:") ? line : undefined));
    t.deepEqual(child.lines, [
      "good: active",
      "hung: disk-not-answering",
      "hung: disk-not-answering",
      `close: disk-not-answering ${JSON.stringify({ folder: hung, folders: [hung], threads: ["lock-keeper"] })}`,
    ]);
    // The thread ends with its disk call, and the process with the thread.
    writeFileSync(until, "");
    t.is((await child.exited).status, 0);
  },
);

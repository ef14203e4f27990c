// The queue of an engine: its limits during downloads, and its order over restarts.

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Torrent } from "@troupe/coordinator";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { closedJob, local } from "../support/swarm/closed-job.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

const names = ["a", "b", "c"];
const options = { useTrackers: false };

/** The only file of the torrent of this name. */
function contentOf(name: string): Uint8Array {
  return new Uint8Array(64 * 1024).fill(name.charCodeAt(0));
}

function metainfoOf(name: string): Uint8Array {
  const content = contentOf(name);
  const hash = createHash("sha1").update(content).digest();
  const { byteLength: lengthBytes } = content;
  return encodeTorrent({ name, lengthBytes, pieceLengthBytes: lengthBytes, pieceHashes: hash });
}

/** Resolves when the torrent has this state. */
async function untilState(torrent: Torrent, wanted: Torrent["state"]): Promise<void> {
  if (torrent.state === wanted) return;
  for await (const event of torrent.events()) {
    if (event.event === "state" && event.state === wanted) return;
  }
}

test.serial(
  "F09: with one download at a time, torrents complete in the order of the queue",
  async (t) => {
    using folder = temporaryFolder("queue");
    const seeded = join(folder.path, "seeded");
    await using seeder = await startEngine({ ...local, directory: folder.path });
    for (const name of names) {
      writeFileSync(join(folder.path, name), contentOf(name));
      await (
        await seeder.add(metainfoOf(name), { ...options, seedOnly: true })
      ).completed;
    }
    await using engine = await startEngine({ ...local, directory: seeded, maxActiveDownloads: 1 });
    const added = { ...options, start: false };
    const torrents: Torrent[] = [];
    for (const name of names) torrents.push(await engine.add(metainfoOf(name), added));
    torrents[2]?.setQueuePosition("top");
    t.deepEqual(
      torrents.map(({ queuePosition }) => queuePosition),
      [1, 2, 0],
    );
    const downloading = new Set<string>();
    const completed: string[] = [];
    for (const torrent of torrents) {
      torrent.on("state", ({ state }) => {
        if (state === "active") downloading.add(torrent.name);
        else downloading.delete(torrent.name);
        t.true(downloading.size <= 1, [...downloading].join());
      });
      torrent.on("complete", () => {
        downloading.delete(torrent.name);
        completed.push(torrent.name);
      });
      torrent.start();
    }
    // Without peers no download ends before all three are in the queue.
    const [a, b, c] = torrents;
    if (a === undefined || b === undefined || c === undefined) return t.fail();
    await Promise.all([untilState(a, "queued"), untilState(b, "queued"), untilState(c, "active")]);
    for (const torrent of torrents) torrent.addPeer({ host: "127.0.0.1", port: seeder.port });
    await Promise.all(torrents.map((torrent) => torrent.completed));
    t.deepEqual(completed, ["c", "a", "b"]);
  },
);

test.serial(
  "F09: the order of the queue and forced torrents are kept over a restart",
  async (t) => {
    using folder = temporaryFolder("queue");
    const directory = join(folder.path, "data");
    const stateDirectory = join(folder.path, "state");
    const kept = { ...local, directory, stateDirectory, maxActiveDownloads: 1 };
    {
      await using engine = await startEngine(kept);
      const [a, b, c] = await Promise.all(
        names.map(async (name) => await engine.add(metainfoOf(name), options)),
      );
      if (a === undefined || b === undefined || c === undefined) return t.fail();
      await untilState(a, "active");
      await Promise.all([untilState(b, "queued"), untilState(c, "queued")]);
      c.setQueuePosition("top");
      b.setForced(true);
      await Promise.all([
        untilState(b, "active"),
        untilState(c, "active"),
        untilState(a, "queued"),
      ]);
    }
    await using engine = await startEngine(kept);
    const { torrents, failed } = await engine.restore();
    t.deepEqual(failed, []);
    t.deepEqual(
      torrents.map(({ name, queuePosition, isForced }) => [name, queuePosition, isForced]),
      [
        ["c", 0, false],
        ["a", 1, false],
        ["b", 2, true],
      ],
    );
    const [c, a, b] = torrents;
    if (a === undefined || b === undefined || c === undefined) return t.fail();
    await Promise.all([untilState(c, "active"), untilState(b, "active"), untilState(a, "queued")]);
    t.is((await a.why()).code, "queued");
    engine.setQueueLimits({});
    await untilState(a, "active");
    t.deepEqual(engine.queueLimits, {});
  },
);

test.serial("F09: a job in a folder of its own stays forced, and keeps its goals", async (t) => {
  const { swarm, folder } = await closedJob();
  await using _ = swarm;
  {
    await using torrent = await Torrent.load(folder, local);
    await torrent.completed;
    torrent.setForced(true);
    torrent.setGoals({ ratio: 7 });
  }
  await using torrent = await Torrent.load(folder, { ...local, start: false });
  t.true(torrent.isForced);
  t.deepEqual(torrent.goals, { ratio: 7 });
});

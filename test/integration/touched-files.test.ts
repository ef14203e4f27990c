// Files that are changed between two runs without a trace in their modification time: their pieces are hashed before
// they count, while the torrent runs.

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { Torrent } from "@troupe/coordinator";
import { decodeRecord } from "@troupe/messages";
import { sha1 } from "@troupe/actor-runtime/testing";
import { encodeVersion1 } from "../../packages/messages/test/support/version-1.ts";
import { closedJob, loadedAgain, local, pieceLengthBytes } from "../support/swarm/closed-job.ts";
import { assertSameFiles } from "../support/clients/interop.ts";

/** Where the trouble is made, in `deep/b` and in the torrent. */
const troubledAt = 200_000;
const troubledPiece = Math.floor((300_000 + troubledAt) / pieceLengthBytes);
/** Nothing is fetched: what a check finds stays as it is. */
const alone = { useTrackers: false };
/** Does something to a file, and puts its modification time back. */
function behindItsTime(path: string, act: () => void): void {
  const before = `${path} before`;
  execFileSync("touch", ["-r", path, before]);
  act();
  execFileSync("touch", ["-r", before, path]);
  rmSync(before);
}

const changes: readonly (readonly [string, (path: string) => void])[] = [
  [
    "written to in place",
    (path) => {
      const file = openSync(path, "r+");
      writeSync(file, "other bytes", troubledAt);
      closeSync(file);
    },
  ],
  [
    "given a hole",
    (path) => {
      execFileSync("fallocate", ["-p", "-o", String(troubledAt), "-l", "4096", path]);
    },
  ],
  [
    "given back from another copy",
    (path) => {
      const other = readFileSync(path);
      other.fill(7, troubledAt, troubledAt + 100);
      writeFileSync(path, other);
    },
  ],
];
for (const [how, change] of changes) {
  test.serial(
    `a file that was ${how}, with its modification time put back, loses the bad piece and is named`,
    async (t) => {
      const { swarm, folder, path } = await closedJob();
      await using _ = swarm;
      const { mtimeNs, ino, size } = statSync(path, { bigint: true });
      behindItsTime(path, () => change(path));
      t.like(statSync(path, { bigint: true }), { mtimeNs, ino, size });
      const { torrent, states, warnings, failedPieces } = await loadedAgain(folder, alone);
      t.deepEqual(failedPieces, [troubledPiece]);
      t.deepEqual(states, ["starting", "active"]);
      t.is(warnings.length, 1);
      t.regex(warnings[0] ?? "", /^files-changed: .*"payload\/deep\/b"/);
      await torrent.close();

      await using again = await Torrent.load(folder, { ...local, useTrackers: true });
      await again.completed;
      await again.close();
      rmSync(join(folder, ".troupe"), { recursive: true });
      await assertSameFiles(t, swarm.payload, folder);
    },
  );
}

const touches: readonly (readonly [string, (path: string, spare: string) => void])[] = [
  ["given an owner", (path) => chownSync(path, process.getuid?.() ?? 0, process.getgid?.() ?? 0)],
  ["given a mode", (path) => chmodSync(path, 0o640)],
  ["given a second name", (path, spare) => linkSync(path, spare)],
  [
    "given its own times",
    (path) => {
      const { atime } = statSync(path);
      behindItsTime(path, () => utimesSync(path, atime, new Date()));
    },
  ],
];
for (const [how, touch] of touches) {
  test.serial(
    `a file that was ${how} is hashed once, counts piece by piece, and is named`,
    async (t) => {
      const { swarm, folder, path } = await closedJob();
      await using _ = swarm;
      touch(path, join(dirname(folder), "spare"));
      const { torrent, states, warnings, failedPieces } = await loadedAgain(folder, alone);
      t.deepEqual(failedPieces, []);
      t.true(torrent.isFinished);
      t.false(states.includes("checking"));
      t.is(warnings.length, 1);
      t.regex(warnings[0] ?? "", /^files-changed: .*"payload\/deep\/b"/);
      await torrent.close();

      const second = await loadedAgain(folder, alone);
      t.true(second.torrent.isFinished);
      t.deepEqual(second.warnings, []);
      await second.torrent.close();
    },
  );
}

test.serial(
  "a file with a hard link is not written to; the torrent keeps serving, and continues when the file has one name",
  async (t) => {
    const { swarm, folder, path } = await closedJob();
    await using _ = swarm;
    const other = join(dirname(folder), "other");
    linkSync(path, other);
    changes[0]?.[1](other);
    const content = readFileSync(other);
    await using torrent = await Torrent.load(folder, { ...local, start: false });
    const { promise: refused, resolve } = Promise.withResolvers<string>();
    torrent.on("state", ({ state, fault }) => {
      if (state === "error") resolve(`${fault?.code}: ${fault?.message}`);
    });
    torrent.start();
    t.regex(await refused, /^file-linked: .*copy the file or remove the other name/);
    t.is(torrent.left, pieceLengthBytes);
    t.deepEqual(readFileSync(other), content);

    rmSync(other);
    await torrent.completed;
    t.is(torrent.fault, undefined);
    await torrent.close();
    rmSync(join(folder, ".troupe"), { recursive: true });
    await assertSameFiles(t, swarm.payload, folder);
  },
);

test.serial(
  "a record of the version before, without change times, is believed once and renewed",
  async (t) => {
    const { swarm, folder, path } = await closedJob();
    await using _ = swarm;
    const place = join(folder, ".troupe", "record");
    const kept = (): Uint8Array => Uint8Array.from(readFileSync(place));
    writeFileSync(place, encodeVersion1(decodeRecord(kept(), sha1), sha1));
    const old = decodeRecord(kept(), sha1);
    t.is(old.files[9], 0n);
    chmodSync(path, 0o640);
    const first = await loadedAgain(folder, alone);
    t.deepEqual([first.warnings, first.failedPieces], [[], []]);
    await first.torrent.close();
    t.is(decodeRecord(kept(), sha1).files[9], statSync(path, { bigint: true }).ctimeNs);
    chmodSync(path, 0o600);
    const second = await loadedAgain(folder, alone);
    t.is(second.warnings.length, 1);
    t.deepEqual(second.failedPieces, []);
    await second.torrent.close();
  },
);

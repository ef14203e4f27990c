// Files that are there before a download: what is right in them is kept, the rest is fetched, and none of them is cut.

import {
  mkdirSync,
  openSync,
  closeSync,
  ftruncateSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 64 * 1024;
const pieces = 64;
const shape = { pieceLengthBytes, files: pieces * pieceLengthBytes };

test("only the damaged and missing pieces of a file are fetched", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder();
  const folder = swarm.folder("found").path;
  const path = join(folder, "payload");
  writeFileSync(path, readFileSync(join(swarm.payload.folder, "payload")));
  const file = openSync(path, "r+");
  // Pieces 3 and 40 are wrong, 60 to 63 are cut off, the first of them in its middle.
  for (const piece of [3, 40]) writeSync(file, "wrong", piece * pieceLengthBytes + 100);
  ftruncateSync(file, 60 * pieceLengthBytes + 1);
  closeSync(file);

  const { record } = await swarm.join({
    folder,
    torrent: { useTrackers: false, peers: [seeder] },
  });
  const { passed, failedPieces } = await record.torrent.checked;
  t.is(passed, 58);
  t.deepEqual(failedPieces, [3, 40, 60, 61, 62, 63]);
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  t.is(seeder.givenBytes, 6 * pieceLengthBytes);
});

test("a complete file needs no byte from a peer", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder();
  const { record } = await swarm.join({
    folder: swarm.payload.folder,
    torrent: { useTrackers: false, peers: [seeder] },
  });
  await record.torrent.completed;
  t.is(record.torrent.left, 0);
  t.is(seeder.givenBytes, 0);
});

test("a file that is too long is an error and stays unchanged", async (t) => {
  await using swarm = await Swarm.open(shape);
  const folder = swarm.folder("long").path;
  const lengthBytes = shape.files + 1;
  writeFileSync(join(folder, "payload"), Buffer.alloc(lengthBytes, "x"));
  const { record, coordinator } = await swarm.join({ folder });
  await t.throwsAsync(record.torrent.completed, { code: "file-too-long" });
  t.is(record.torrent.state, "error");
  t.is(record.torrent.fault?.code, "file-too-long");
  t.regex(record.torrent.fault?.message ?? "", new RegExp(`${lengthBytes} bytes`));
  t.is(statSync(join(folder, "payload")).size, lengthBytes);
  t.is(coordinator.torrents.length, 1);

  // Moved away, the same torrent can be started again.
  const seeder = await swarm.pacedSeeder();
  rmSync(join(folder, "payload"));
  record.torrent.addPeer(seeder);
  record.torrent.start();
  await record.until("completion", () => record.torrent.isComplete);
  await assertSameFiles(t, swarm.payload, folder);
});

test("a folder in the place of a file is an error", async (t) => {
  await using swarm = await Swarm.open(shape);
  const folder = swarm.folder("folder").path;
  mkdirSync(join(folder, "payload"));
  const { record } = await swarm.join({ folder });
  await t.throwsAsync(record.torrent.completed, { code: "not-a-file" });
});

const changed = test.macro<[how: string, change: (path: string) => void, missing: number]>({
  title: (_, how) =>
    `a file that was ${how} between stop and start is fetched again where it must be`,
  async exec(t, _, change, missing) {
    await using swarm = await Swarm.open(shape);
    const seeder = await swarm.pacedSeeder();
    const { record, folder } = await swarm.join({
      torrent: { useTrackers: false, peers: [seeder] },
    });
    const { torrent } = record;
    await torrent.completed;
    await torrent.stop();
    t.is(torrent.state, "stopped");
    const givenBytes = seeder.givenBytes;
    change(join(folder, "payload"));

    torrent.addPeer(seeder);
    torrent.start();
    await record.until("completion", () => record.completions === 2);
    await assertSameFiles(t, swarm.payload, folder);
    t.is(seeder.givenBytes - givenBytes, missing * pieceLengthBytes);
  },
});

test(changed, "deleted", (path) => rmSync(path), pieces);
test(changed, "not touched", () => undefined, 0);
test(
  changed,
  "written to",
  (path) => {
    const file = openSync(path, "r+");
    writeSync(file, "wrong", 5 * pieceLengthBytes);
    closeSync(file);
  },
  1,
);

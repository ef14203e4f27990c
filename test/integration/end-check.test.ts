// The check at completion: pieces that the disk does not hold are fetched again before the completion is reported.

import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 32 * 1024;
const shape = {
  pieceLengthBytes,
  files: ["a", "b"].map((name) => ({ path: [name], lengthBytes: 8 * pieceLengthBytes })),
};

test("L18: a piece that was damaged on the disk is fetched again before the torrent is complete", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder({ isShut: true });
  seeder.allow(10 * pieceLengthBytes);
  const second = await swarm.pacedSeeder();
  const torrent = { useTrackers: false, peers: [seeder], sequential: true };
  const engine = { checkAtCompletion: true };
  const { record, folder } = await swarm.join({ torrent, engine });
  const { torrent: joined } = record;
  const events: string[] = [];
  joined.on("warning", ({ code }) => {
    events.push(code);
    // The first peer was left when all pieces had arrived, and is dialled again after half a minute.
    joined.addPeer(second);
  });
  joined.on("complete", () => events.push("complete"));
  joined.on("piece", ({ index, verified }) => {
    if (index === 3) events.push(`piece 3 ${verified}`);
    // The first file has all its pieces.
    if (index !== 9) return;
    damage(join(folder, "payload/a"), 3 * pieceLengthBytes);
    seeder.open();
  });
  await joined.completed;
  t.deepEqual(events, [
    ...["piece 3 true", "piece 3 false", "pieces-damaged"],
    ...["piece 3 true", "complete"],
  ]);
  t.is(joined.progress.downloadedBytes, 17 * pieceLengthBytes);
  await assertSameFiles(t, swarm.payload, folder);
});

function damage(path: string, position: number): void {
  const file = openSync(path, "r+");
  writeSync(file, new Uint8Array(100), 0, 100, position);
  closeSync(file);
}

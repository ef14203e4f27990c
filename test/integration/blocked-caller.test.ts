// The engine does not run on the caller's thread: peers, hashing and writing continue while that thread is blocked, for as
// long as it likes.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { endsByItself, startProgram } from "../support/programs/program.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const program = new URL("./fixtures/blocked-caller.ts", import.meta.url);
const pieceLengthBytes = 256 * 1024;
const totalBytes = 32 * 1024 * 1024;

test("a download is finished and on the disk while its caller's thread is blocked", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: totalBytes });
  const [data, other] = [swarm.folder("data").path, swarm.folder("other").path];
  const [torrent, flag] = [join(other, "job.torrent"), join(other, "flag")];
  writeFileSync(torrent, swarm.metainfo);
  const seeder = await swarm.pacedSeeder({ isShut: true });
  await using caller = await startProgram(program, [data, torrent, String(seeder.port), flag]);
  await caller.lineWhere("that it is blocked", (line) => line === "blocked" || undefined);
  t.is(seeder.givenBytes, 0);

  seeder.open();
  // Two seeds part, and a piece is told of after its write: when the other side goes, everything is on the disk.
  await seeder.whenAlone();
  t.is(seeder.givenBytes, totalBytes);
  await assertSameFiles(t, swarm.payload, data);
  t.false(caller.lines.includes("free"));

  writeFileSync(flag, "");
  const { status } = await endsByItself(caller);
  t.is(status, 0, caller.tail());
  t.deepEqual(caller.lines.slice(-2), ["free", String(totalBytes)]);
});

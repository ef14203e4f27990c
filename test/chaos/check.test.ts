// A thread ends while it hashes what was found on disk: what it had in hand is looked at again by another, and no piece
// is believed or doubted for it.

import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import test from "ava";
import { endActor } from "@troupe/coordinator/testing";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import { EventRecord } from "../support/swarm/event-record.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { isLong } from "../support/lanes.ts";

const pieceLengthBytes = 2 * 1024 * 1024;
const pieces = 256;
/** These pieces are not what the torrent says. */
const damaged = [0, 77, 255];

/** A file of zeros that costs no room on the disk but takes its time to hash, and its torrent. */
function sparsePayload(folder: string): Uint8Array {
  const lengthBytes = pieces * pieceLengthBytes;
  const file = openSync(join(folder, "payload"), "w");
  ftruncateSync(file, lengthBytes);
  for (const piece of damaged) writeSync(file, "x", piece * pieceLengthBytes + 1234);
  closeSync(file);
  const hash = createHash("sha1").update(Buffer.alloc(pieceLengthBytes)).digest();
  const pieceHashes = Buffer.concat(Array.from({ length: pieces }, () => hash));
  return encodeTorrent({ name: "payload", pieceLengthBytes, pieceHashes, lengthBytes });
}

const survives = test.macro<[name: string, hashThreads: number]>({
  title: (_, name, threads) => `a check with ${threads} thread(s) survives the end of ${name}`,
  async exec(t, name, hashThreads) {
    using folder = temporaryFolder("chaos-check");
    const metainfo = sparsePayload(folder.path);
    await using coordinator = await startEngine({
      host: "threads",
      directory: folder.path,
      port: 0,
      bind: ["127.0.0.1"],
      hashThreads,
    });
    const torrent = await coordinator.add(metainfo, { checkOnly: true, start: false });
    const record = new EventRecord(coordinator, torrent);
    torrent.start();
    await record.until("the check", () => record.states.includes("checking"));
    endActor(coordinator, name);
    const { passed, failed, failedPieces } = await torrent.checked;

    t.deepEqual(
      { passed, failed, failedPieces },
      { passed: 253, failed: 3, failedPieces: damaged },
    );
    await record.until("the restart", () => record.restartsOf(name) === 1);
    t.deepEqual(record.errors, []);
  },
});

test.serial(survives, "check", 1);
if (isLong) {
  test.serial(survives, "check", 2);
  test.serial(survives, "file-0", 2);
  test.serial(survives, "engine", 2);
}

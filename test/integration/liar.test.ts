// A peer that gives wrong data among several that do not, over real sockets: what the user sees of it.

import test from "ava";
import type { LogEntry } from "@troupe/actor-runtime";
import { assertSameFiles } from "../support/clients/interop.ts";
import type { PacedSeeder } from "../support/swarm/paced-seeder.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 256 * 1024;
const blockLengthBytes = 16_384;

/** The payload with one wrong byte in each block. */
function falsified(payload: Uint8Array): Uint8Array {
  const wrong = Uint8Array.from(payload);
  for (let at = 0; at < wrong.length; at += blockLengthBytes) wrong[at] = ~(wrong[at] ?? 0);
  return wrong;
}

test("a liar among honest peers is closed, banned and named once; the download completes bit for bit", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: 16 * pieceLengthBytes });
  const honest: PacedSeeder[] = [];
  for (let count = 0; count < 4; count++) {
    honest.push(await swarm.pacedSeeder({ isShut: true }));
  }
  let blocks = 0;
  const liar = await swarm.pacedSeeder({
    payload: falsified(swarm.content),
    isShut: true,
    // Not before it has given some blocks: the others finish the pieces that it has begun.
    watch: (what) => {
      if (what === "given" && ++blocks === 3) for (const peer of honest) peer.open();
    },
  });
  // A piece of its own, and half of another.
  liar.allow(1.5 * pieceLengthBytes);
  const log: LogEntry[] = [];
  const { record, folder } = await swarm.join({
    engine: { log: (entry) => void log.push(entry) },
    torrent: { peers: [...honest, liar].map(({ host, port }) => ({ host, port })) },
  });
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);

  const address = `${liar.host}:${liar.port}`;
  const parting = { event: "peer", address, connected: false, reason: "bad-piece" } as const;
  await record.until("the end of the liar", () => record.partings.length > 0);
  t.deepEqual(
    record.partings.filter(({ reason }) => reason === "bad-piece"),
    [parting],
  );
  const message = `${address} sent wrong data and is not asked again for an hour`;
  // The disk of a busy machine may be slow.
  t.deepEqual(
    record.warnings
      .filter(({ code }) => code !== "disk-slow")
      .map((warning) => [warning.code, warning.message]),
    [["peer-banned", message]],
  );
  const entries = log.filter(({ event }) => event === "peer-banned");
  t.deepEqual(
    entries.map(({ level, fields }) => [level, fields["address"], fields["reason"]]),
    [["warn", address, "bad-piece"]],
  );
  t.true(record.failedPieces > 0);
  const { progress } = await record.torrent.status();
  t.true(progress.wastedBytes >= record.failedPieces * pieceLengthBytes);
});

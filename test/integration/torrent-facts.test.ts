// The facts of a torrent, and the places of its files.

import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { hangActor } from "@troupe/coordinator/testing";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 32 * 1024;

test("AE2, AE14, AE15, EX8, EX9: folder, sizes, counters and files of a torrent of several files", async (t) => {
  const lengths = [1.5 * pieceLengthBytes, 2.5 * pieceLengthBytes];
  await using swarm = await Swarm.open({
    pieceLengthBytes,
    files: lengths.map((lengthBytes, index) => ({ path: [`file ${index}`], lengthBytes })),
  });
  await swarm.seed();
  const { record, folder } = await swarm.join();
  const { torrent } = record;
  await torrent.completed;
  t.true(existsSync(join(folder, "payload", "file 0")), "in a folder of the torrent's name");
  t.is(torrent.directory, folder);
  t.is(torrent.name, "payload");
  t.is(torrent.size, 4 * pieceLengthBytes);
  t.is(torrent.pieceLength, pieceLengthBytes);
  t.is(torrent.pieceCount, 4, "a last piece that is exactly full is one piece");
  t.is(torrent.lastPieceLength, pieceLengthBytes);
  t.is(torrent.downloaded, torrent.size);
  t.is(torrent.uploaded, 0);
  const { protocolDownBytes, protocolUpBytes } = torrent.progress;
  // Heads of eight blocks, and as many requests; the peer has told of its pieces, and we of ours.
  t.true(protocolDownBytes > 8 * 13, `${protocolDownBytes} bytes of messages from peers`);
  t.true(protocolUpBytes > 8 * 17, `${protocolUpBytes} bytes of messages to peers`);
  t.true(protocolDownBytes + protocolUpBytes < 4_096, "no payload");
  t.deepEqual(
    torrent.files.map(({ offset, lengthBytes, pieceRange }) => ({
      offset,
      lengthBytes,
      pieceRange,
    })),
    [
      { offset: 0, lengthBytes: lengths[0] ?? 0, pieceRange: [0, 1] },
      { offset: lengths[0] ?? 0, lengthBytes: lengths[1] ?? 0, pieceRange: [1, 3] },
    ],
  );
  const status = await torrent.status();
  t.is(status.state, "active");
  t.deepEqual(status.bitfield, torrent.bitfield);
});

test("PI7: while the disk accepts nothing, no more is requested than the payload memory holds", async (t) => {
  const mebibyte = 1024 * 1024;
  const memory = 2 * mebibyte;
  const files = 16 * mebibyte;
  await using swarm = await Swarm.open({ pieceLengthBytes: 256 * 1024, files });
  const seeder = await swarm.pacedSeeder({ isShut: true });
  const { record, coordinator, folder } = await swarm.join({
    engine: { host: "threads", memory, peerWorkers: 1 },
    torrent: { useTrackers: false, peers: [seeder] },
  });
  await record.until("it runs", () => record.torrent.state === "active");
  // A file thread in an endless loop writes nothing until it is found out and replaced.
  hangActor(coordinator, "file-0");
  seeder.open();
  await record.until("the hang is found out", () => record.crashesOf("file-0") > 0);
  t.true(seeder.givenBytes > 0 && seeder.givenBytes <= memory, `${seeder.givenBytes} bytes`);
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  t.is(seeder.givenBytes, files);
});

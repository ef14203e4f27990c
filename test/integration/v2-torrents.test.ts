// Torrents of version 2 and hybrids with all their hash layers: with real engines, sockets and files (BEP 52).

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Coordinator, type CoordinatorOptions, type Torrent } from "@troupe/coordinator";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { filesBelow } from "../support/files/files-below.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import {
  assertEdgeFiles,
  edgeTorrent,
  writeEdgeFiles,
  type EdgeTorrent,
} from "../support/hashes/edge-torrent.ts";
import { EventRecord } from "../support/swarm/event-record.ts";
import { PacedSeeder } from "../support/swarm/paced-seeder.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

const host = "127.0.0.1";
const local = { ...quiet, port: 0, bind: [host] } as const;
const inline = { ...local, host: "inline" } as const;
const kibibyte = 1_024;
const blockBytes = 16 * kibibyte;

async function startInline(options: CoordinatorOptions): Promise<Coordinator> {
  return await Coordinator.start({ ...options, host: "inline" });
}

async function seed(made: EdgeTorrent, folder: string, start = startInline): Promise<Coordinator> {
  writeEdgeFiles(made, folder);
  const coordinator = await start({ ...local, directory: folder });
  const torrent = await coordinator.add(made.bytes, { seedOnly: true });
  await torrent.completed;
  return coordinator;
}

/** The content end to end, its padding as zeros, as a peer has it. */
function payloadOf({ bytes, files }: EdgeTorrent): Uint8Array {
  const metainfo = parseTorrent(bytes);
  const payload = new Uint8Array(metainfo.geometry.totalBytes);
  for (const { isPadding, offset, path } of metainfo.files) {
    const file = files.find((one) => one.path === path.slice(1).join("/"));
    if (!isPadding && file !== undefined) payload.set(file.bytes, offset);
  }
  return payload;
}

async function allOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

const indexOf = ({ files }: Torrent, path: string): number =>
  files.findIndex(({ torrentPath }) => torrentPath === `folder/${path}`);

const engines: readonly [string, (options: CoordinatorOptions) => Promise<Coordinator>][] = [
  ["one thread", startInline],
  ["threads", (options) => startEngine({ hashThreads: 2, ...options })],
];

for (const version of ["v2", "hybrid"] as const) {
  for (const pieceBytes of [blockBytes, 64 * kibibyte, 4 * kibibyte ** 2]) {
    for (const [name, start] of engines.slice(0, pieceBytes === 64 * kibibyte ? 2 : 1)) {
      test.serial(
        `A15, A16: two engines of ${name} share a torrent of ${version} with pieces of ${pieceBytes} bytes, and check it again`,
        async (t) => {
          const made = edgeTorrent(version, pieceBytes);
          using source = temporaryFolder();
          using target = temporaryFolder();
          await using seeder = await seed(made, source.path, start);
          await using leecher = await start({ ...local, directory: target.path });
          const torrent = await leecher.add(made.bytes, { peers: [{ host, port: seeder.port }] });
          await torrent.completed;
          assertEdgeFiles(t, made, target.path);
          const { progress } = await torrent.status();
          t.is(progress.downloadedBytes, made.dataBytes);
          t.is(progress.failedHashBytes, 0);
          const { pieceCount } = parseTorrent(made.bytes).geometry;
          const checked = await torrent.hashcheck();
          t.deepEqual(checked, { passed: pieceCount, failed: 0, failedPieces: [] });
        },
      );
    }
  }

  test.serial(`A18: no request of a torrent of ${version} asks for padding`, async (t) => {
    const pieceBytes = 64 * kibibyte;
    const made = edgeTorrent(version, pieceBytes);
    const metainfo = parseTorrent(made.bytes);
    const asked: number[] = [];
    await using peer = await PacedSeeder.open({
      infoHash: metainfo.infoHash,
      payload: payloadOf(made),
      pieceLengthBytes: pieceBytes,
      bytesPerSecond: Infinity,
      watch(what, piece, begin) {
        if (what === "asked") asked.push(piece * pieceBytes + begin);
      },
    });
    using target = temporaryFolder();
    await using leecher = await Coordinator.start({ ...inline, directory: target.path });
    const torrent = await leecher.add(made.bytes, { peers: [peer] });
    await torrent.completed;
    assertEdgeFiles(t, made, target.path);
    t.is(peer.givenBytes, made.dataBytes);
    t.deepEqual(
      asked.toSorted((one, other) => one - other),
      metainfo.files.flatMap(({ isPadding, lengthBytes, offset }) =>
        isPadding
          ? []
          : Array.from(
              { length: Math.ceil(lengthBytes / blockBytes) },
              (_, block) => offset + block * blockBytes,
            ),
      ),
    );
  });

  test.serial(
    `A15, A16: chosen files of a torrent of ${version} come alone, and the rest after a restart`,
    async (t) => {
      const made = edgeTorrent(version, 64 * kibibyte);
      using source = temporaryFolder();
      using target = temporaryFolder();
      await using seeder = await seed(made, source.path);
      const peers = [{ host, port: seeder.port }];
      const options = {
        ...inline,
        directory: target.path,
        stateDirectory: join(target.path, "state"),
      };
      {
        await using leecher = await Coordinator.start(options);
        const torrent = await leecher.add(made.bytes, { start: false });
        const chosen = new Set(["b", "d/f"].map((path) => indexOf(torrent, path)));
        for (const file of torrent.files.keys())
          if (!chosen.has(file)) torrent.setPriority(file, 0);
        torrent.start();
        for (const peer of peers) torrent.addPeer(peer);
        await torrent.completed;
        t.false(torrent.isSeed);
        const { progress } = await torrent.status();
        t.is(progress.downloadedBytes, 64 * kibibyte + 2);
        t.deepEqual(filesBelow(join(target.path, "folder")), ["b", "d/f"]);
      }
      await using again = await Coordinator.start(options);
      const [torrent] = (await again.restore()).torrents;
      if (torrent === undefined) return t.fail("nothing was restored");
      await torrent.completed;
      const record = new EventRecord(again, torrent);
      for (const file of torrent.files.keys()) torrent.setPriority(file, 1);
      for (const peer of peers) torrent.addPeer(peer);
      await record.until("the rest", () => torrent.isSeed);
      assertEdgeFiles(t, made, target.path);
      const { progress } = await torrent.status();
      // The first run's bytes come no second time.
      t.is(progress.downloadedBytes, made.dataBytes - (64 * kibibyte + 2));
    },
  );

  test.serial(
    `G04: a file of a torrent of ${version} is read while it downloads, without padding`,
    async (t) => {
      const made = edgeTorrent(version, 64 * kibibyte);
      using source = temporaryFolder();
      using target = temporaryFolder();
      await using seeder = await seed(made, source.path);
      await using leecher = await Coordinator.start({ ...inline, directory: target.path });
      const torrent = await leecher.add(made.bytes);
      const readings = made.files.map(
        async ({ path }) => await allOf(torrent.read(indexOf(torrent, path))),
      );
      torrent.addPeer({ host, port: seeder.port });
      for (const [at, bytes] of (await Promise.all(readings)).entries())
        t.true(bytes.equals(made.files[at]?.bytes ?? new Uint8Array(1)), made.files[at]?.path);
    },
  );

  test.serial(
    `A15, A16: a file of a torrent of ${version} that was damaged or removed is fetched again`,
    async (t) => {
      const made = edgeTorrent(version, 64 * kibibyte);
      using source = temporaryFolder();
      using target = temporaryFolder();
      await using seeder = await seed(made, source.path);
      writeEdgeFiles(made, target.path);
      rmSync(join(target.path, "folder", "c"));
      const damaged = Uint8Array.from(made.files[4]?.bytes ?? []);
      damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
      writeFileSync(join(target.path, "folder", "d/f"), damaged);
      await using leecher = await Coordinator.start({ ...inline, directory: target.path });
      const torrent = await leecher.add(made.bytes, { peers: [{ host, port: seeder.port }] });
      await torrent.completed;
      assertEdgeFiles(t, made, target.path);
      const { progress } = await torrent.status();
      t.is(progress.downloadedBytes, blockBytes + 1);
    },
  );
}

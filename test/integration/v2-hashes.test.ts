// Engines and torrents of version 2 whose hashes come from other engines (BEP 52).

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Coordinator } from "@troupe/coordinator";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { v2Torrent, writeV2Files, type V2Torrent } from "../support/hashes/v2-torrent.ts";
import { PacedSeeder } from "../support/swarm/paced-seeder.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { until } from "../support/time/until.ts";
import { Relay } from "../support/swarm/relay.ts";

const host = "127.0.0.1";
const local = { ...quiet, port: 0, bind: [host], host: "inline" } as const;
const blockBytes = 16_384;

/** More than 512 pieces, and files of one piece, of three, of a byte and of none. */
const manyPieces = [600 * blockBytes + 5, blockBytes, 3 * blockBytes, 1, 0];

async function seedOf(torrent: V2Torrent, folder: string): Promise<Coordinator> {
  writeV2Files(torrent, folder);
  const coordinator = await Coordinator.start({ ...local, directory: folder });
  await (
    await coordinator.add(torrent.whole)
  ).completed;
  return coordinator;
}

function assertWhole(t: ExecutionContext, torrent: V2Torrent, folder: string): void {
  for (const { name, bytes } of torrent.files)
    t.true(readFileSync(join(folder, torrent.name, name)).equals(bytes), name);
}

test.serial(
  "A17: a torrent without hash layers gets them from another engine, file by file",
  async (t) => {
    const torrent = v2Torrent(manyPieces, blockBytes);
    using source = temporaryFolder();
    using target = temporaryFolder();
    await using seeder = await seedOf(torrent, source.path);
    await using leecher = await Coordinator.start({ ...local, directory: target.path });
    const download = await leecher.add(torrent.bare, { peers: [{ host, port: seeder.port }] });
    await download.completed;
    assertWhole(t, torrent, target.path);
  },
);

test.serial("A17: layers that have come are saved: another run asks for none", async (t) => {
  const torrent = v2Torrent(manyPieces, blockBytes, 2);
  using source = temporaryFolder();
  using target = temporaryFolder();
  const options = { ...local, directory: target.path, stateDirectory: join(target.path, "state") };
  const saved = (): Uint8Array =>
    readFileSync(join(target.path, "state", "torrents", `${torrent.hash.slice(0, 40)}.torrent`));
  {
    await using seeder = await seedOf(torrent, source.path);
    await using leecher = await Coordinator.start(options);
    const download = await leecher.add(torrent.bare, { peers: [{ host, port: seeder.port }] });
    await download.completed;
    await until("the layers are saved", () => saved().length === torrent.whole.length);
    t.deepEqual(Buffer.compare(saved(), torrent.whole), 0);
  }
  const { pieceHashes, geometry } = parseTorrent(saved());
  const known = Array.from({ length: geometry.pieceCount }, (_, piece) =>
    pieceHashes.isKnown(piece),
  );
  t.true(known.every(Boolean));
  await using again = await Coordinator.start(options);
  const [restored] = (await again.restore()).torrents;
  await restored?.completed;
  t.true(restored?.isSeed);
});

for (const [title, { given, lengths, comes }] of Object.entries({
  "with the hash layers that its peer has": { given: "whole", lengths: manyPieces, comes: "whole" },
  "without hash layers if its peer sends none in time": {
    given: "bare",
    lengths: manyPieces,
    comes: "bare",
  },
  "at once if no file has a layer": { given: "whole", lengths: [blockBytes, 1], comes: "bare" },
} as const))
  test.serial(`A17: the metadata of a btmh magnet comes alone ${title}`, async (t) => {
    const torrent = v2Torrent(lengths, blockBytes, 5);
    using source = temporaryFolder();
    using target = temporaryFolder();
    if (given === "whole") writeV2Files(torrent, source.path);
    await using seeder = await Coordinator.start({ ...local, directory: source.path });
    await seeder.add(torrent[given]);
    await using coordinator = await Coordinator.start({ ...local, directory: target.path });
    const link = `magnet:?xt=urn:btmh:1220${torrent.hash}&x.pe=${host}:${seeder.port}`;
    const layersWithinSeconds = given === "whole" ? 600 : 1;
    const magnet = await coordinator.add(link, { metadataOnly: true, layersWithinSeconds });
    await magnet.metadata;
    t.is(Buffer.compare(magnet.metainfo ?? new Uint8Array(), torrent[comes]), 0);
    await magnet.stop();
    t.is(magnet.state, "stopped");
    t.deepEqual(readdirSync(target.path), []);
  });

test.serial("A17: data that is there is hashed when its layers have come", async (t) => {
  const torrent = v2Torrent(manyPieces, blockBytes, 4);
  using source = temporaryFolder();
  using target = temporaryFolder();
  await using seeder = await seedOf(torrent, source.path);
  const wrong = Uint8Array.from(torrent.files[0]?.bytes ?? []);
  wrong[300 * blockBytes] = ~(wrong[300 * blockBytes] ?? 0);
  writeV2Files({ ...torrent, files: [{ name: "a.bin", bytes: wrong }] }, target.path);
  await using leecher = await Coordinator.start({ ...local, directory: target.path });
  const download = await leecher.add(torrent.bare, { peers: [{ host, port: seeder.port }] });
  await download.completed;
  assertWhole(t, torrent, target.path);
  // The wrong piece, and those of the files that are not there.
  const { progress } = await download.status();
  t.is(progress.downloadedBytes, 5 * blockBytes + 1);
});

test.serial(
  "A17: leaf hashes name a liar at its first wrong piece, and its right blocks stay",
  async (t) => {
    const pieceLengthBytes = 64 * blockBytes;
    const torrent = v2Torrent([12 * pieceLengthBytes, 1], pieceLengthBytes, 3);
    const payload = new Uint8Array(12 * pieceLengthBytes + 1);
    for (const [place, { bytes }] of torrent.files.entries())
      payload.set(bytes, place * 12 * pieceLengthBytes);
    // A wrong block in each piece.
    for (let at = 5 * blockBytes; at < payload.length; at += pieceLengthBytes)
      payload[at] = ~(payload[at] ?? 0);
    using source = temporaryFolder();
    using target = temporaryFolder();
    await using seeder = await seedOf(torrent, source.path);
    await using door = await Relay.open({ target: { host, port: seeder.port }, gated: "target" });
    let given = 0;
    await using liar = await PacedSeeder.open({
      infoHash: torrent.hash.slice(0, 40),
      payload,
      pieceLengthBytes,
      isShut: true,
      // The other seeder comes when the first piece of the liar is whole.
      watch: (what) => {
        if (what === "given" && ++given === 64) door.allow(Infinity);
      },
    });
    liar.allow(3 * pieceLengthBytes);
    await using leecher = await Coordinator.start({ ...local, directory: target.path });
    const peers = [door.port, liar.port].map((port) => ({ host, port }));
    const download = await leecher.add(torrent.whole, { peers });
    const failed: number[] = [];
    const banned: string[] = [];
    download.on("piece", ({ index, verified }) => {
      if (!verified) failed.push(index);
    });
    download.on("warning", ({ code, message }) => {
      if (code === "peer-banned") banned.push(message);
    });
    await download.completed;
    assertWhole(t, torrent, target.path);
    t.is(banned.length, 1, banned.join());
    t.regex(banned[0] ?? "", new RegExp(`:${liar.port} `));
    // The wrong block alone of each failed piece is requested again.
    const { progress } = await download.status();
    t.true(failed.length > 0);
    t.is(progress.failedHashBytes, failed.length * blockBytes);
  },
);

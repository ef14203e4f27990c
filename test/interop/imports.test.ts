// Torrents of four other clients: what comes along, and that no byte is hashed or fetched again without need.

import { createHash } from "node:crypto";
import { cpSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { importTorrents } from "@troupe/coordinator";
import {
  leaveDeluge,
  leaveQbittorrent,
  leaveRtorrent,
  leaveTransmission,
  type LeftTorrents,
} from "../support/clients/left-clients.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { writePayload, type PayloadPlan } from "../support/files/payload.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

const pieceLengthBytes = 32_768;
const clients = {
  transmission: leaveTransmission,
  rtorrent: leaveRtorrent,
  qbittorrent: leaveQbittorrent,
  deluge: leaveDeluge,
};
type Client = keyof typeof clients;
const partPieces = 64;
/** Pieces of the part that the client finds. */
const foundPieces = 20;
const album = [
  { path: ["a.bin"], lengthBytes: 10 * pieceLengthBytes },
  { path: ["b.bin"], lengthBytes: 500_000 },
  { path: ["c.bin"], lengthBytes: 1_000_000 },
];

function plan(folder: string, name: string, files: PayloadPlan["files"], seed: number) {
  return writePayload({ folder, name, pieceLengthBytes, files, seed });
}

/** Three torrents: one of several files, one of a file, and one of which a part is there. */
function makeTorrents(root: string): LeftTorrents & { readonly whole: string } {
  const whole = join(root, "whole");
  const payloads = [
    plan(whole, "album", album, 1),
    plan(whole, "film.bin", 2_000_000, 2),
    plan(whole, "part.bin", partPieces * pieceLengthBytes, 3),
  ];
  const files = payloads.map((payload) =>
    writeTorrentFile(payload, ["http://127.0.0.1:1/announce"]),
  );
  const data = join(root, "data");
  for (const name of ["album", "film.bin", "part.bin"])
    cpSync(join(whole, name), join(data, name), { recursive: true });
  truncateSync(join(data, "part.bin"), foundPieces * pieceLengthBytes);
  truncateSync(join(data, "part.bin"), partPieces * pieceLengthBytes);
  return {
    ...{ whole, data },
    torrents: files.map(({ path }) => path) as unknown as LeftTorrents["torrents"],
    infoHashes: files.map(({ infoHash }) => infoHash) as unknown as LeftTorrents["infoHashes"],
  };
}

/** Digests of all files in a folder. */
function digests(folder: string): readonly string[] {
  return filesBelow(folder).map((path) => {
    const digest = createHash("sha1")
      .update(readFileSync(join(folder, path)))
      .digest("hex");
    return `${path} ${digest}`;
  });
}

async function imported(client: Client, root: string, isKilled = false) {
  const left = makeTorrents(root);
  const from = await clients[client](join(root, client), left, isKilled);
  return { left, from, stateDirectory: join(root, "state") };
}

/** Imports the clean end of a client, and finishes the part from a seeder. */
async function movesIn(t: ExecutionContext, client: Client): Promise<void> {
  using folder = temporaryFolder(`import-${client}`);
  const { left, from, stateDirectory } = await imported(client, folder.path);
  const before = digests(from);
  const { torrents } = await importTorrents(from, { stateDirectory });
  t.deepEqual(digests(from), before, "the folder of the client stays");
  for (const { name, hadPieces, hashedFiles, samples } of torrents)
    t.log(`${name}: ${hadPieces} pieces had, ${samples} sampled, ${hashedFiles} files hashed`);
  const byName = new Map(torrents.map((torrent) => [torrent.infoHash, torrent]));
  const [albumNow, filmNow, partNow] = left.infoHashes.map((hash) => byName.get(hash));
  t.is(torrents.length, 3);
  t.like(albumNow, { outcome: "imported", isStarted: true, hashedFiles: 0, missingFiles: 0 });
  t.is(albumNow?.hadPieces, albumNow?.pieceCount);
  t.like(partNow, { hadPieces: foundPieces, hashedFiles: 0, isStarted: true });
  t.is(filmNow?.isStarted, false);
  for (const { samples } of torrents) t.true(samples <= 64);
  if (client !== "deluge") t.deepEqual(albumNow?.labels, ["kept"]);

  await using seeder = await startEngine({ port: 0, bind: ["127.0.0.1"], host: "inline" });
  const seed = await seeder.add(left.torrents[2], { directory: left.whole, useTrackers: false });
  await seed.completed;
  await using engine = await startEngine({
    stateDirectory,
    port: 0,
    bind: ["127.0.0.1"],
    host: "inline",
  });
  const restored = await engine.restore();
  t.deepEqual(restored.failed, []);
  for (const torrent of restored.torrents) {
    if (torrent.name === "film.bin") continue;
    await torrent.checked;
    if (torrent.name !== "album") continue;
    t.is(torrent.progress.finished, torrent.pieceCount);
    if (client === "rtorrent") continue;
    t.deepEqual(
      torrent.files.map(({ priority }) => priority > 0),
      [true, true, false],
    );
  }
  const part = restored.torrents.find(({ name }) => name === "part.bin");
  part?.addPeer({ host: "127.0.0.1", port: seeder.port });
  await part?.completed;
  t.is(part?.progress.downloadedBytes, (partPieces - foundPieces) * pieceLengthBytes);
  t.deepEqual(
    readFileSync(join(left.data, "part.bin")).compare(readFileSync(join(left.whole, "part.bin"))),
    0,
  );
  await engine.close();
}

for (const client of Object.keys(clients) as Client[]) {
  test.serial(
    `L19: the torrents of ${client}, cleanly stopped, go on without being hashed or fetched again`,
    async (t) => {
      await movesIn(t, client);
    },
  );

  test.serial(
    `L19: after a kill of ${client} no piece of a file that was written to is believed`,
    async (t) => {
      using folder = temporaryFolder(`import-killed-${client}`);
      const { left, from, stateDirectory } = await imported(client, folder.path, true);
      const path = join(left.data, "part.bin");
      writeFileSync(path, readFileSync(path).fill(1));
      const { torrents } = await importTorrents(from, { stateDirectory });
      await using engine = await startEngine({
        stateDirectory,
        port: 0,
        bind: ["127.0.0.1"],
        host: "inline",
      });
      const restored = await engine.restore();
      for (const torrent of restored.torrents) {
        torrent.set({ useTrackers: false });
        torrent.start();
        await torrent.checked;
      }
      const part = restored.torrents.find(({ name }) => name === "part.bin");
      t.is(part?.progress.finished ?? 0, 0);
      t.is(torrents.find(({ name }) => name === "part.bin")?.hadPieces ?? 0, 0);
      await engine.close();
    },
  );
}

// Torrents by the hashes of both versions: magnet links, locks, and what trackers get (BEP 9, BEP 52).

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Coordinator, createTorrent, type Torrent } from "@troupe/coordinator";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { startTracker, type Tracker } from "@troupe/tracker";
import { assertSameFiles } from "../support/clients/interop.ts";
import { madeTorrent, type MadeTorrent } from "../support/hashes/made-torrent.ts";
import { Command } from "../support/programs/command.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { until } from "../support/time/until.ts";

const host = "127.0.0.1";
const local = { ...quiet, port: 0, bind: [host], host: "inline" } as const;
const pieceLengthBytes = 32_768;
/** Each file has one piece, whose root is its hash: no layers are needed. */
const lengths = [pieceLengthBytes, 1, 20_000];

type Version = Parameters<typeof madeTorrent>[0];

async function made(version: Version, trackers: readonly string[] = []): Promise<MadeTorrent> {
  return await madeTorrent(version, lengths, { pieceLengthBytes, trackers });
}

async function seed({ path, source }: MadeTorrent): Promise<Coordinator> {
  const coordinator = await Coordinator.start({ ...local, directory: source });
  const torrent = await coordinator.add(path);
  await torrent.completed;
  return coordinator;
}

function hashesOf({ path }: MadeTorrent): { readonly v1: string; readonly v2: string } {
  const { v1 = "", v2 = "" } = parseTorrent(new Uint8Array(readFileSync(path))).infoHashes;
  return { v1, v2 };
}

const btih = (hash: string): string => `xt=urn:btih:${hash}`;
const btmh = (hash: string): string => `xt=urn:btmh:1220${hash}`;

function linkTo({ port }: Coordinator, ...topics: readonly string[]): string {
  return `magnet:?${topics.join("&")}&x.pe=${host}:${port}`;
}

/** The code of the error of a torrent. */
function errorOf(torrent: Torrent): Promise<string> {
  return new Promise((resolve) => torrent.once("error", ({ code }) => resolve(code)));
}

for (const version of ["v2", "hybrid"] as const) {
  test.serial(
    `EX18: a magnet link by the hash of version 2 alone fetches a torrent of ${version}`,
    async (t) => {
      using torrent = await made(version);
      const { v1, v2 } = hashesOf(torrent);
      await using seeder = await seed(torrent);
      await using leecher = await Coordinator.start({ ...local, directory: torrent.target });
      const added = await leecher.add(linkTo(seeder, btmh(v2)));
      t.deepEqual([added.infoHashV1, added.infoHashV2], [undefined, v2]);
      await added.completed;
      await assertSameFiles(t, torrent.payload, torrent.target);
      t.is(added.infoHash, v2.slice(0, 40), "the key stays");
      t.is(added.infoHashV1, v1 === "" ? undefined : v1);
      t.is(added.magnet.includes(btmh(v2)), true);
    },
  );
}

test.serial("EX18: a magnet link with both hashes, and 64 digits as a source", async (t) => {
  using torrent = await made("hybrid");
  const { v1, v2 } = hashesOf(torrent);
  await using seeder = await seed(torrent);
  await using leecher = await Coordinator.start({ ...local, directory: torrent.target });
  const added = await leecher.add(linkTo(seeder, btih(v1), btmh(v2)));
  await added.completed;
  t.deepEqual([added.infoHash, added.infoHashV1, added.infoHashV2], [v1, v1, v2]);
  await t.throwsAsync(leecher.add(v2.toUpperCase()), { code: "torrent-exists" });
});

test.serial(
  "EX18: a magnet link whose hashes are of two torrents ends with an error",
  async (t) => {
    using torrent = await made("hybrid");
    const { v2 } = hashesOf(torrent);
    await using seeder = await seed(torrent);
    await using leecher = await Coordinator.start({ ...local, directory: torrent.target });
    const added = await leecher.add(linkTo(seeder, btih("cd".repeat(20)), btmh(v2)));
    t.is(await errorOf(added), "magnet-malformed");
    t.false(existsSync(join(torrent.target, "payload")));
  },
);

test.serial(
  "EX18: of two magnets of one hybrid the second ends, and the first takes its tracker and metadata",
  async (t) => {
    using torrent = await made("hybrid");
    const { v1, v2 } = hashesOf(torrent);
    await using seeder = await seed(torrent);
    await using leecher = await Coordinator.start({ ...local, directory: torrent.target });
    const url = "http://192.0.2.1/announce";
    const first = await leecher.add(`magnet:?${btih(v1)}`);
    const second = await leecher.add(`${linkTo(seeder, btmh(v2))}&tr=${encodeURIComponent(url)}`);
    t.is(await errorOf(second), "torrent-exists");
    await first.completed;
    await assertSameFiles(t, torrent.payload, torrent.target);
    t.deepEqual([first.infoHash, first.infoHashV2], [v1, v2]);
    t.deepEqual(
      (await first.tiers()).flatMap(({ urls }) => urls),
      [url],
    );
    t.is(second.state, "error");
    await second.remove();
    await t.throwsAsync(leecher.add(v2), { code: "torrent-exists" });
  },
);

test.serial(
  "AE11: a magnet that learns its other hash does not run where another program runs that",
  async (t) => {
    using torrent = await made("hybrid");
    const { v1, v2 } = hashesOf(torrent);
    await using seeder = await seed(torrent);
    const directory = torrent.target;
    await using other = await Coordinator.start({ ...local, directory });
    const holder = await other.add(`magnet:?${btih(v1)}`);
    await using leecher = await Coordinator.start({ ...local, directory });
    const added = await leecher.add(linkTo(seeder, btmh(v2)));
    t.is(await errorOf(added), "already-running");
    t.false(existsSync(join(directory, "payload")));
    await holder.remove();
    added.start();
    await added.completed;
    await assertSameFiles(t, torrent.payload, directory);
    await t.throwsAsync(other.add(torrent.path), { code: "already-running" });
  },
);

test.serial(
  "AE11: a job is resumed under the key that it has, whichever source is added",
  async (t) => {
    using torrent = await made("hybrid");
    using state = await made("v2");
    const { v1, v2 } = hashesOf(torrent);
    const options = { ...local, directory: torrent.target, stateDirectory: state.target };
    await using seeder = await seed(torrent);
    {
      await using leecher = await Coordinator.start(options);
      const added = await leecher.add(linkTo(seeder, btmh(v2)));
      await added.completed;
    }
    {
      await using leecher = await Coordinator.start(options);
      const added = await leecher.add(torrent.path);
      await added.completed;
      t.is(added.infoHash, v2.slice(0, 40));
      t.is(added.progress.downloadedBytes, 0);
    }
    await using leecher = await Coordinator.start(options);
    const { torrents, failed } = await leecher.restore();
    t.deepEqual(failed, []);
    t.deepEqual(
      torrents.map(({ infoHash, infoHashV1 }) => [infoHash, infoHashV1]),
      [[v2.slice(0, 40), v1]],
    );
  },
);

/** The hashes under which a tracker knows peers. */
function namesAt(tracker: Tracker): readonly string[] {
  return tracker.swarms().flatMap(({ infoHash, peers }) => (peers.length > 0 ? [infoHash] : []));
}

test.serial(
  "A16: a tracker gets both hashes of a hybrid with equal totals, and a leecher finds peers by either",
  async (t) => {
    const tracker = await startTracker({ host });
    try {
      using torrent = await made("hybrid", [tracker.url]);
      await using _seeder = await seed(torrent);
      await until("the tracker knows both names", () => namesAt(tracker).length === 2);
      t.deepEqual(namesAt(tracker).toSorted(), [...torrent.names].toSorted());
      const totals = tracker.swarms().map(({ peers }) => peers.map(({ leftBytes }) => leftBytes));
      t.deepEqual(totals, [[0], [0]]);
      const { v2 } = hashesOf(torrent);
      await using leecher = await Coordinator.start({ ...local, directory: torrent.target });
      const added = await leecher.add(`magnet:?${btmh(v2)}&tr=${encodeURIComponent(tracker.url)}`);
      await added.completed;
      const peersOf = (name = "") =>
        tracker.swarms().find(({ infoHash }) => infoHash === name)?.peers;
      await until("the tracker has both peers under each name", () =>
        torrent.names.every((name) => peersOf(name)?.length === 2),
      );
      const [row] = (await added.status()).trackers;
      t.like(row, { url: tracker.url, isWorking: true });
      const [scraped] = await added.scrape();
      t.is((scraped?.complete ?? 0) + (scraped?.incomplete ?? 0), 2);
    } finally {
      await tracker.close();
    }
  },
);

test.serial(
  "AE11: `troupe info` prints each info-hash of a torrent, and a link with both",
  async (t) => {
    using torrent = await made("hybrid");
    const { v1, v2 } = hashesOf(torrent);
    const info = async (...words: readonly string[]) => {
      using command = new Command(["info", torrent.path, ...words], torrent.source);
      return (await command.ended).stdout;
    };
    const table = await info();
    t.regex(table, new RegExp(`^info-hash +${v1}$`, "m"));
    t.regex(table, new RegExp(`^info-hash v2 +${v2}$`, "m"));
    const [line = ""] = (await info("--json")).split("\n");
    const fields = JSON.parse(line) as Record<string, string>;
    const { infoHash, infoHashV1, infoHashV2, magnet } = fields;
    t.deepEqual([infoHash, infoHashV1, infoHashV2], [v1, v1, v2]);
    t.true(magnet?.startsWith(`magnet:?${btih(v1)}&${btmh(v2)}`));
  },
);

for (const known of ["both hashes", "version 2 alone"] as const) {
  test.serial(
    `A16: a private hybrid is announced by one hash to a tracker that takes ${known}`,
    async (t) => {
      using torrent = await made("hybrid");
      let allowed = "";
      const tracker = await startTracker({
        host,
        allow: (name) => known === "both hashes" || name === allowed,
      });
      try {
        const { bytes } = await createTorrent(join(torrent.source, "payload"), {
          ...{ version: "hybrid", pieceLengthBytes },
          fields: { trackers: { set: [[tracker.url]] }, info: { isPrivate: true } },
        });
        const { infoHashes } = parseTorrent(bytes);
        allowed = infoHashes.v2?.slice(0, 40) ?? "";
        await using seeder = await Coordinator.start({ ...local, directory: torrent.source });
        const added = await seeder.add(bytes);
        await added.completed;
        await until("the tracker knows a name", () => namesAt(tracker).length > 0);
        await added.scrape();
        const [row] = (await added.status()).trackers;
        t.like(row, { failures: 0, isWorking: true });
        t.deepEqual(namesAt(tracker), [known === "both hashes" ? infoHashes.v1 : allowed]);
      } finally {
        await tracker.close();
      }
    },
  );
}

// Torrents that have two info-hashes: their names at trackers, in links and in locks (BEP 52).

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Coordinator, createTorrent, type Torrent } from "@troupe/coordinator";
import { parseMagnet } from "@troupe/protocol/magnet";
import { startTracker, type Tracker } from "@troupe/tracker";
import { temporaryFolder, type TemporaryFolder } from "../support/files/temporary-folder.ts";
import { until } from "../support/time/until.ts";
import { quiet } from "../support/swarm/quiet.ts";

const host = "127.0.0.1";
const local = { ...quiet, port: 0, bind: [host], host: "inline" } as const;

/** A hybrid of one file, and the engine that seeds it. */
interface Hybrid extends AsyncDisposable {
  readonly bytes: Uint8Array;
  readonly v1: string;
  /** 64 digits. */
  readonly v2: string;
  /** The 40 digits that name version 2 on the wire. */
  readonly wire: string;
  readonly payload: Uint8Array;
  readonly seeder: Coordinator;
  readonly seed: Torrent;
  folder(): string;
}

interface HybridOptions {
  readonly trackers?: readonly string[];
  readonly isPrivate?: boolean;
}

async function hybrid({ trackers = [], isPrivate = false }: HybridOptions = {}): Promise<Hybrid> {
  const folders: TemporaryFolder[] = [temporaryFolder()];
  const source = folders[0]?.path ?? "";
  const payload = Uint8Array.from({ length: 300_001 }, (_, at) => (at * at + (at >> 7)) & 0xff);
  writeFileSync(join(source, "a.bin"), payload);
  const { bytes, infoHashV1, infoHashV2 } = await createTorrent(join(source, "a.bin"), {
    ...{ version: "hybrid", pieceLengthBytes: 16_384 },
    fields: {
      ...(trackers.length > 0 && { trackers: { set: trackers.map((url) => [url]) } }),
      ...(isPrivate && { info: { isPrivate: true } }),
    },
  });
  const [v1 = "", v2 = ""] = [infoHashV1, infoHashV2];
  const seeder = await Coordinator.start({ ...local, directory: source });
  const seed = await seeder.add(bytes);
  await seed.completed;
  return {
    ...{ bytes, v1, v2, wire: v2.slice(0, 40), payload, seeder, seed },
    folder: () => {
      const folder = temporaryFolder();
      folders.push(folder);
      return folder.path;
    },
    [Symbol.asyncDispose]: async () => {
      await seeder.close();
      for (const folder of folders) folder[Symbol.dispose]();
    },
  };
}

function assertWhole(t: ExecutionContext, { payload }: Hybrid, folder: string): void {
  t.is(Buffer.compare(readFileSync(join(folder, "a.bin")), payload), 0);
}

const peersOf = ({ seeder }: Hybrid) => [{ host, port: seeder.port }];

/** Hashes under which a tracker knows peers. */
function hashesAt(tracker: Tracker): readonly string[] {
  return tracker
    .swarms()
    .flatMap(({ infoHash, peers }) => (peers.length > 0 ? [infoHash] : []))
    .toSorted();
}

async function trackerOnce(allow?: (hash: string) => boolean) {
  const tracker = await startTracker({ host, ...(allow !== undefined && { allow }) });
  return { tracker, [Symbol.asyncDispose]: () => tracker.close() };
}

test.serial(
  "AE11: a hybrid has both hashes in the library and in its link, and its key is the first one",
  async (t) => {
    await using made = await hybrid();
    const { seed, v1, v2 } = made;
    t.deepEqual([seed.infoHash, seed.infoHashV1, seed.infoHashV2], [v1, v1, v2]);
    t.like(parseMagnet(seed.magnet).infoHashes, { v1, v2 });
  },
);

test.serial("EX18: links of either hash, and of both, lead to one torrent", async (t) => {
  await using made = await hybrid();
  const { v1, v2, wire } = made;
  const links = {
    [`magnet:?xt=urn:btih:${v1}`]: v1,
    [`magnet:?xt=urn:btmh:1220${v2}`]: wire,
    [`magnet:?xt=urn:btih:${v1}&xt=urn:btmh:1220${v2}`]: v1,
    [v2]: wire,
  };
  for (const [link, key] of Object.entries(links)) {
    const directory = made.folder();
    await using leecher = await Coordinator.start({ ...local, directory });
    const torrent = await leecher.add(link, { peers: peersOf(made) });
    t.is(torrent.infoHash, key, link);
    await torrent.completed;
    assertWhole(t, made, directory);
    t.deepEqual([torrent.infoHash, torrent.infoHashV1, torrent.infoHashV2], [key, v1, v2], link);
  }
});

test.serial(
  "EX18: a link whose hashes are of two torrents ends with an error, and no file is made",
  async (t) => {
    await using made = await hybrid();
    const { v1, v2 } = made;
    const [zeros1, zeros2] = ["0".repeat(40), "0".repeat(64)];
    const directory = made.folder();
    await using leecher = await Coordinator.start({ ...local, directory });
    // The wire has the first 40 digits of the hash of version 2.
    for (const [first, second] of [
      [v1, `${v2.slice(0, 60)}0000`],
      [v1, zeros2],
      [zeros1, v2],
    ] as const) {
      const link = `magnet:?xt=urn:btih:${first}&xt=urn:btmh:1220${second}`;
      const torrent = await leecher.add(link, { peers: peersOf(made) });
      await t.throwsAsync(torrent.completed, { code: "magnet-malformed" }, link);
      t.false(torrent.hasMetadata);
      t.false(existsSync(join(directory, "a.bin")));
      await torrent.remove();
    }
  },
);

test.serial("AE11: a torrent keeps its key in the state folder", async (t) => {
  await using made = await hybrid();
  const { v1, v2, wire } = made;
  const directory = made.folder();
  const options = { ...local, directory, stateDirectory: join(directory, "state") };
  {
    await using leecher = await Coordinator.start(options);
    const link = `magnet:?xt=urn:btmh:1220${v2}`;
    await (
      await leecher.add(link, { peers: peersOf(made) })
    ).completed;
  }
  await using again = await Coordinator.start(options);
  const { torrents, failed } = await again.restore();
  t.deepEqual(failed, []);
  const [torrent] = torrents;
  await torrent?.completed;
  t.deepEqual([torrent?.infoHash, torrent?.infoHashV1, torrent?.infoHashV2], [wire, v1, v2]);
  await t.throwsAsync(again.add(made.bytes), { code: "torrent-exists" });
});

test.serial(
  "two links of one hybrid in an engine: the second ends with `torrent-exists`, the first takes its trackers",
  async (t) => {
    await using made = await hybrid();
    const { v1, v2 } = made;
    const directory = made.folder();
    await using leecher = await Coordinator.start({ ...local, directory });
    const first = await leecher.add(`magnet:?xt=urn:btih:${v1}`);
    const url = "http://127.0.0.1:9/announce";
    const link = `magnet:?xt=urn:btmh:1220${v2}&tr=${encodeURIComponent(url)}`;
    const second = await leecher.add(link, { peers: peersOf(made) });
    await t.throwsAsync(second.completed, { code: "torrent-exists" });
    await first.completed;
    assertWhole(t, made, directory);
    t.deepEqual(
      (await first.tiers()).flatMap(({ urls }) => urls),
      [url],
    );
    t.is(first.infoHashV2, v2);
  },
);

test.serial(
  "a link that ended with `torrent-exists` does not start beside the first torrent, which peers still find",
  async (t) => {
    await using made = await hybrid();
    const { v1, v2, bytes } = made;
    await using engine = await Coordinator.start({ ...local, directory: made.folder() });
    const first = await engine.add(`magnet:?xt=urn:btih:${v1}`);
    const second = await engine.add(`magnet:?xt=urn:btmh:1220${v2}`, { peers: peersOf(made) });
    await t.throwsAsync(second.completed, { code: "torrent-exists" });
    await first.completed;
    second.start();
    await t.throwsAsync(second.completed, { code: "already-running" });
    const directory = made.folder();
    await using leecher = await Coordinator.start({ ...local, directory });
    const peers = [{ host, port: engine.port }];
    await (
      await leecher.add(bytes, { peers })
    ).completed;
    assertWhole(t, made, directory);
  },
);

test.serial(
  "a link that learns the hash by which another engine runs the job ends with `already-running`",
  async (t) => {
    await using made = await hybrid();
    const { v1, v2 } = made;
    const directory = made.folder();
    await using other = await Coordinator.start({ ...local, directory });
    await other.add(`magnet:?xt=urn:btih:${v1}`);
    await using leecher = await Coordinator.start({ ...local, directory });
    const link = `magnet:?xt=urn:btmh:1220${v2}`;
    const torrent = await leecher.add(link, { peers: peersOf(made) });
    await t.throwsAsync(torrent.completed, { code: "already-running" });
    t.is(torrent.downloaded, 0);
  },
);

test.serial(
  "A16: a public hybrid is announced and scraped by both hashes, and its peers find each other",
  async (t) => {
    await using opened = await trackerOnce();
    const { tracker } = opened;
    await using made = await hybrid({ trackers: [tracker.url] });
    await until("two swarms", async () => hashesAt(tracker).length === 2);
    t.deepEqual(hashesAt(tracker), [made.v1, made.wire].toSorted());
    const totals = tracker
      .swarms()
      .flatMap(({ peers }) =>
        peers.map(({ peerId, leftBytes }) => [Buffer.from(peerId).toString(), leftBytes]),
      );
    t.deepEqual(totals[0], totals[1]);
    t.like((await made.seed.scrape())[0], { complete: 1, incomplete: 0 });
    const directory = made.folder();
    await using leecher = await Coordinator.start({ ...local, directory });
    const torrent = await leecher.add(made.bytes);
    await torrent.completed;
    assertWhole(t, made, directory);
  },
);

test.serial("A16: a private hybrid is announced by the hash of version 1 alone", async (t) => {
  await using opened = await trackerOnce();
  const { tracker } = opened;
  await using made = await hybrid({ trackers: [tracker.url], isPrivate: true });
  await until("an announce", async () => hashesAt(tracker).length > 0);
  await made.seed.stop();
  t.deepEqual(
    tracker.swarms().map(({ infoHash }) => infoHash),
    [made.v1],
  );
});

test.serial(
  "A16: a private hybrid is announced by the hash of version 2 where the tracker refuses the other",
  async (t) => {
    let v1: string | undefined;
    const asked: string[] = [];
    await using opened = await trackerOnce((hash) => {
      asked.push(hash);
      return hash !== (v1 ??= hash);
    });
    const { tracker } = opened;
    await using made = await hybrid({ trackers: [tracker.url], isPrivate: true });
    await until("an announce", async () => hashesAt(tracker).length > 0);
    t.deepEqual(hashesAt(tracker), [made.wire]);
    t.deepEqual(asked, [made.v1, made.wire]);
  },
);

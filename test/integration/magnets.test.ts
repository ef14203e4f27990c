// Magnets between two engines over loopback: the peer of the link is the only source of metadata and data.

import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Coordinator, Torrent, type AddOptions } from "@troupe/coordinator";
import { endActor } from "@troupe/coordinator/testing";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { quiet } from "../support/swarm/quiet.ts";

const shape = {
  pieceLengthBytes: 32 * 1024,
  files: [
    { path: ["a.bin"], lengthBytes: 300_000 },
    { path: ["deep", "b.txt"], lengthBytes: 200_001 },
  ],
};
const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;

/** The seed of all tests, and a link that names the seed alone. */
let seed: {
  readonly swarm: Swarm;
  readonly bare: string;
  readonly port: number;
  readonly link: string;
};

test.before(async () => {
  const swarm = await Swarm.open(shape);
  const { coordinator } = await swarm.seed({ engine: { host: "inline" } });
  const bare = `magnet:?xt=urn:btih:${swarm.infoHash}`;
  const { port } = coordinator;
  seed = { swarm, bare, port, link: `${bare}&x.pe=127.0.0.1:${port}` };
});

test.after.always(async () => await seed.swarm[Symbol.asyncDispose]());

/** Resolves when the torrent looks for its metadata. */
const seeks = (torrent: Torrent): Promise<void> => comesTo(torrent, "metadata");

async function comesTo(torrent: Torrent, state: Torrent["state"]): Promise<void> {
  while (torrent.state !== state)
    await new Promise<void>((resolve) => {
      torrent.once("state", () => resolve());
    });
}

test.serial("AE1: a magnet with a peer alone becomes a torrent and is downloaded", async (t) => {
  const { swarm, link } = seed;
  const directory = swarm.folder("data").path;
  await using coordinator = await Coordinator.start({ ...local, directory });
  const torrent = await coordinator.add(`${link}&dn=from%20the%20link`);
  t.is(torrent.name, "from the link");
  t.false(torrent.hasMetadata);
  await torrent.metadata;
  t.true(torrent.hasMetadata);
  t.is(torrent.size, 500_001);
  await torrent.completed;
  t.true(torrent.isSeed);
  await assertSameFiles(t, swarm.payload, directory);
  const { infoHash, name } = parseTorrent(torrent.metainfo ?? new Uint8Array());
  t.deepEqual([String(infoHash), name], [swarm.infoHash, torrent.name]);
});

test.serial(
  "the deadlines that a magnet gets with its metadata hold from its first pieces on",
  async (t) => {
    const { swarm, link } = seed;
    const directory = swarm.folder("data").path;
    const limits = { down: 200_000 };
    await using coordinator = await Coordinator.start({ ...local, directory, limits });
    const torrent = await coordinator.add(link);
    const pieces: number[] = [];
    torrent.on("piece", ({ index }) => pieces.push(index));
    await torrent.metadata;
    const due = [15, 3, 9, 12, 6];
    torrent.setDeadlines(due.map((piece, place) => ({ piece, ms: place * 10 })));
    await torrent.completed;
    const last = Math.max(...due.map((piece) => pieces.indexOf(piece)));
    t.true(last < 8, `of 16 pieces the due ones came last at place ${last}: ${pieces.join()}`);
  },
);

test.serial(
  "AE1: a magnet stops with its metadata, its files are chosen, and its start goes on",
  async (t) => {
    const { swarm, link, port } = seed;
    const directory = swarm.folder("data").path;
    const stateDirectory = swarm.folder("state").path;
    {
      await using coordinator = await Coordinator.start({ ...local, directory, stateDirectory });
      const torrent = await coordinator.add(link, { stopAt: "metadata" });
      await torrent.metadata;
      await comesTo(torrent, "stopped");
      t.is(torrent.files.length, 2);
      torrent.setPriority(0, 0);
      t.false(existsSync(join(directory, swarm.payload.name)), "no file is made before the start");
    }
    await using coordinator = await Coordinator.start({ ...local, directory, stateDirectory });
    const { torrents } = await coordinator.restore();
    const [torrent] = torrents;
    if (torrent === undefined) throw new Error("no torrent was restored");
    t.is(torrent.state, "stopped");
    t.deepEqual(torrent.priorities, [0, 1]);
    torrent.start();
    torrent.addPeer({ host: "127.0.0.1", port });
    await torrent.completed;
    t.is(torrent.progress.wantedBytes, torrent.progress.haveBytes);
    t.true(torrent.progress.haveBytes < 500_001);
  },
);

test.serial(
  "AE1: a magnet that stopped with its metadata goes on in the same engine",
  async (t) => {
    const { swarm, link, port } = seed;
    const directory = swarm.folder("data").path;
    await using coordinator = await Coordinator.start({ ...local, directory });
    const torrent = await coordinator.add(link, { stopAt: "metadata" });
    await torrent.metadata;
    await comesTo(torrent, "stopped");
    torrent.setPriority(0, 0);
    torrent.start();
    torrent.addPeer({ host: "127.0.0.1", port });
    await comesTo(torrent, "active");
    await torrent.completed;
    t.true(torrent.progress.haveBytes < 500_001);
  },
);

test.serial("AE1: a .torrent that is to stop with its metadata is added stopped", async (t) => {
  const { swarm } = seed;
  const directory = swarm.folder("data").path;
  await using coordinator = await Coordinator.start({ ...local, directory });
  const torrent = await coordinator.add(swarm.metainfo, { stopAt: "metadata" });
  t.is(torrent.state, "stopped");
});

test.serial("AE1: files of a magnet are chosen before its first request", async (t) => {
  const { swarm, link } = seed;
  const chosen: { source: string; options: AddOptions; listens?: boolean }[] = [
    { source: `${link}&so=1`, options: {} },
    { source: link, options: {}, listens: true },
    { source: link, options: { priorities: [0, 1] } },
    {
      source: link,
      options: {
        priorities: (files: Torrent["files"]) =>
          files.map(({ path }) => (path.endsWith(".txt") ? 1 : 0)),
      },
    },
  ];
  await using coordinator = await Coordinator.start(local);
  for (const { source, options, listens = false } of chosen) {
    const directory = swarm.folder("data").path;
    const torrent = await coordinator.add(source, { directory, ...options });
    const pieces: number[] = [];
    torrent.on("piece", ({ index }) => pieces.push(index));
    if (listens) torrent.on("metadata", () => torrent.setPriority(0, 0));
    await torrent.completed;
    t.deepEqual(torrent.priorities, [0, 1]);
    t.deepEqual(readdirSync(join(directory, "payload")), ["deep"]);
    t.is(Math.min(...pieces), Math.floor(300_000 / shape.pieceLengthBytes));
    await torrent.remove();
  }
});

test.serial("AE1: priorities that do not fit the files are the error of a magnet", async (t) => {
  const { swarm, link } = seed;
  await using coordinator = await Coordinator.start({
    ...local,
    directory: swarm.folder("data").path,
  });
  const torrent = await coordinator.add(link, { priorities: [1, 1, 1] });
  await t.throwsAsync(torrent.metadata, { code: "option-out-of-range" });
  t.is(torrent.state, "error");
});

test.serial(
  "AE1: a magnet is restored as a magnet, and its .torrent replaces the link",
  async (t) => {
    const { swarm, bare, link } = seed;
    const stateDirectory = swarm.folder("state").path;
    const copies = () =>
      readdirSync(join(stateDirectory, "torrents")).map((name) => name.replace(/.*\./, "."));
    const directory = swarm.folder("data").path;
    {
      await using coordinator = await Coordinator.start({ ...local, stateDirectory, directory });
      const torrent = await coordinator.add(bare, { priorities: [0, 1] });
      await seeks(torrent);
      t.like(await torrent.why(), { code: "no-peers-known" });
    }
    t.deepEqual(copies().toSorted(), [".job", ".magnet"]);
    {
      await using coordinator = await Coordinator.start({ ...local, stateDirectory });
      const { torrents, failed } = await coordinator.restore();
      t.deepEqual(failed, []);
      const [torrent] = torrents;
      if (torrent === undefined) return t.fail("not restored");
      t.false(torrent.hasMetadata);
      torrent.addPeer({ host: "127.0.0.1", port: Number(link.split(":").at(-1)) });
      await torrent.completed;
      t.deepEqual(torrent.priorities, [0, 1]);
    }
    t.deepEqual(copies().toSorted(), [".job", ".torrent"]);
    await using coordinator = await Coordinator.start({ ...local, stateDirectory });
    const torrent = await coordinator.add(bare, { directory });
    t.true(torrent.hasMetadata);
  },
);

test.serial(
  "AE1: a magnet that was killed when its .torrent was saved and its priorities were not is restored with the files of its link",
  async (t) => {
    const { swarm, bare } = seed;
    const stateDirectory = swarm.folder("state").path;
    const copies = join(stateDirectory, "torrents");
    const directory = swarm.folder("data").path;
    {
      await using coordinator = await Coordinator.start({ ...local, stateDirectory, directory });
      await coordinator.add(`${bare}&so=1`);
    }
    // The state that such a program leaves.
    writeFileSync(join(copies, `${swarm.infoHash}.torrent`), swarm.metainfo);
    for (const time of ["first", "second"]) {
      await using coordinator = await Coordinator.start({ ...local, stateDirectory });
      const { torrents } = await coordinator.restore();
      t.true(torrents[0]?.hasMetadata);
      t.deepEqual(torrents[0]?.priorities, [0, 1], time);
    }
    const names = readdirSync(copies).map((name) => name.replace(/.*\./, "."));
    t.deepEqual(names.toSorted(), [".job", ".torrent"]);
  },
);

test.serial(
  "AE1: a job of a magnet lives in its folder with its link, then with its .torrent",
  async (t) => {
    const { swarm, bare, link } = seed;
    const folder = join(swarm.folder("jobs").path, "job");
    const source = () =>
      readdirSync(join(folder, ".troupe")).filter((name) => name.startsWith("job."));
    {
      await using torrent = await Torrent.create(folder, bare, local);
      await seeks(torrent);
    }
    t.deepEqual(source(), ["job.magnet"]);
    const peers = [{ host: "127.0.0.1", port: Number(link.split(":").at(-1)) }];
    {
      await using torrent = await Torrent.load(folder, { ...local, peers });
      await torrent.completed;
      t.deepEqual(source(), ["job.torrent"]);
      t.deepEqual(
        readFileSync(join(folder, ".troupe", "job.torrent")),
        Buffer.from(torrent.metainfo ?? []),
      );
    }
    await using torrent = await Torrent.load(folder, local);
    t.true(torrent.hasMetadata);
  },
);

test.serial("AE1: a magnet outlives its engine, before and after its metadata", async (t) => {
  const { swarm, bare, link } = seed;
  const directory = swarm.folder("data").path;
  const stateDirectory = swarm.folder("state").path;
  await using coordinator = await Coordinator.start({ ...local, directory, stateDirectory });
  const engineRuns = (): Promise<void> =>
    new Promise((resolve) => {
      coordinator.on("worker", ({ name, state }) => {
        if (name === "engine" && state === "running") resolve();
      });
    });
  const torrent = await coordinator.add(bare);
  const again = engineRuns();
  endActor(coordinator, "engine");
  await again;
  t.false(torrent.hasMetadata);
  torrent.addPeer({ host: "127.0.0.1", port: Number(link.split(":").at(-1)) });
  torrent.on("metadata", () => endActor(coordinator, "engine"));
  await torrent.metadata;
  await torrent.completed;
  await assertSameFiles(t, swarm.payload, directory);
});

test.serial("AE1: a magnet that was killed as soon as it was added is restored", async (t) => {
  const { swarm, bare } = seed;
  const [stateDirectory, copied] = [swarm.folder("state").path, swarm.folder("copy").path];
  const directory = swarm.folder("data").path;
  {
    await using coordinator = await Coordinator.start({ ...local, stateDirectory, directory });
    await coordinator.add(bare);
    // The state that a killed program leaves.
    cpSync(stateDirectory, copied, { recursive: true });
  }
  await using coordinator = await Coordinator.start({ ...local, stateDirectory: copied });
  const { torrents } = await coordinator.restore();
  t.deepEqual(
    torrents.map(({ infoHash, directory: folder }) => [infoHash, folder]),
    [[swarm.infoHash, directory]],
  );
});

test.serial("a magnet link from the network names no peer of this machine", async (t) => {
  const { swarm, link } = seed;
  await using coordinator = await Coordinator.start({
    ...local,
    directory: swarm.folder("data").path,
  });
  const torrent = await coordinator.add(link, { fromNetwork: true });
  t.regex(torrent.warnings.join(), /^1 address left out: the link names this machine/);
  await seeks(torrent);
  t.like(await torrent.why(), { code: "no-peers-known" });
});

test.serial("metadata that is fetched alone writes no file", async (t) => {
  const { swarm, link } = seed;
  const directory = swarm.folder("data").path;
  const stateDirectory = swarm.folder("state").path;
  await using coordinator = await Coordinator.start({ ...local, directory, stateDirectory });
  const torrent = await coordinator.add(link, { metadataOnly: true });
  await torrent.metadata;
  t.is(String(parseTorrent(torrent.metainfo ?? new Uint8Array()).infoHash), swarm.infoHash);
  await torrent.stop();
  t.is(torrent.state, "stopped");
  t.deepEqual(readdirSync(directory), []);
  t.false(readdirSync(stateDirectory).includes("torrents"));
});

test.serial("a magnet passes its metadata on to a magnet that was connected before", async (t) => {
  const { swarm, bare, link } = seed;
  const folders = [swarm.folder("first").path, swarm.folder("second").path] as const;
  await using first = await Coordinator.start({ ...local, directory: folders[0] });
  await using second = await Coordinator.start({ ...local, directory: folders[1] });
  const source = await first.add(bare);
  const connected = new Promise<void>((resolve) => {
    source.once("peer", () => resolve());
  });
  const torrent = await second.add(`${bare}&x.pe=127.0.0.1:${first.port}`);
  const peers: string[] = [];
  torrent.on("peer", (event) => {
    if (event.connected) peers.push(event.address);
  });
  await connected;
  source.addPeer({ host: "127.0.0.1", port: Number(link.split(":").at(-1)) });
  await torrent.completed;
  await assertSameFiles(t, swarm.payload, folders[1]);
  t.deepEqual(peers, [`127.0.0.1:${first.port}`]);
});

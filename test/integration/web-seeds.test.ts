// Downloads from web servers (BEP 19), alone and beside peers.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Coordinator, type AddOptions, type Torrent } from "@troupe/coordinator";
import { endActor } from "@troupe/coordinator/testing";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { FileServer, type FileServerRules } from "../support/web/file-server.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";

const inline = { engine: { host: "inline" } } as const;
const shape = {
  pieceLengthBytes: 32 * 1024,
  files: [
    { path: ["a.bin"], lengthBytes: 300_000 },
    { path: ["empty"], lengthBytes: 0 },
    { path: ["deep & far", "ü #1%.txt"], lengthBytes: 200_001 },
    { path: ["small"], lengthBytes: 7 },
  ],
};
const totalBytes = 500_008;

/** A payload, and a server that has it. */
async function served(rules: FileServerRules = {}) {
  const swarm = await Swarm.open(shape);
  const server = swarm.use(await FileServer.start(swarm.payload.folder, rules));
  return { swarm, server };
}

const withoutRanges = { hasRanges: false } as const;
/** No file begins with a piece, and the last piece of each has bytes of the next. */
const threeFiles = [900_000, 700_000, 300_000].map((lengthBytes, file) => ({
  path: [`${file}.bin`],
  lengthBytes,
}));
const payloads = [
  { name: "three files", files: threeFiles },
  { name: "a large file", files: isLong ? 40_000_000 : 3_000_000 },
] as const;

/** A payload with large pieces, and a server that sends whole files. */
async function servedWhole(
  files: number | typeof threeFiles,
  rules: Pick<FileServerRules, "holds"> = {},
) {
  const swarm = await Swarm.open({ pieceLengthBytes: 256 * 1024, files });
  const server = await FileServer.start(swarm.payload.folder, { ...withoutRanges, ...rules });
  return { swarm, server: swarm.use(server) };
}

/** Settles when the web seed is in this state. */
async function isIn(torrent: Torrent, state: string): Promise<void> {
  while ((await torrent.webSeeds())[0]?.state !== state) {
    await new Promise((resolve) => torrent.once("progress", resolve));
  }
}

test.serial("files come from a web server alone, each byte once", async (t) => {
  const { swarm, server } = await served();
  await using _swarm = swarm;
  const torrent = { webSeeds: [server.url], useTrackers: false };
  const { record, folder } = await swarm.join({ ...inline, torrent });
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  t.is(server.bytes, totalBytes);
  t.deepEqual(record.warnings, []);
  t.like(record.peers[0], {
    connected: true,
    client: "web seed",
    address: server.url.slice(7, -1),
  });
  await record.until("the end of the web seed", () => record.partings.length > 0);
  const [seed] = await record.torrent.webSeeds();
  t.like(seed, { url: server.url, state: "idle", error: undefined });
});

test.serial("a web server and a peer give the files together", async (t) => {
  const onlyPeerHas = join("payload", "small");
  const given = Promise.withResolvers<void>();
  let asked = 0;
  const { swarm, server } = await served({
    statusOf: (path) => (path === onlyPeerHas ? 404 : undefined),
    // The first answer brings pieces; the others come after blocks of the peer.
    wait: async () => (asked++ === 0 ? undefined : await given.promise),
  });
  await using _swarm = swarm;
  const peer = await swarm.pacedSeeder({
    watch: (what) => (what === "given" ? given.resolve() : undefined),
  });
  const torrent = { webSeeds: [server.url], useTrackers: false };
  const { record, folder } = await swarm.join({ ...inline, torrent });
  await record.until("a piece of the server", () => record.pieces.length > 0);
  record.torrent.addPeer(peer);
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  t.true(server.bytes > 0);
  t.true(peer.givenBytes > 0);
});

test.serial("the URL of a single file is used as it is, whatever its name", async (t) => {
  await using swarm = await Swarm.open({ ...shape, files: 100_000 });
  const server = swarm.use(await FileServer.start(swarm.payload.folder));
  const { name, pieceHashes, pieceLengthBytes } = swarm.payload;
  const metainfo = encodeTorrent({
    name: "other",
    pieceHashes,
    pieceLengthBytes,
    lengthBytes: 100_000,
  });
  const options: AddOptions = { webSeeds: [`${server.url}${name}`] };
  const directory = swarm.folder("data").path;
  await using coordinator = await Coordinator.start({
    ...quiet,
    port: 0,
    host: "inline",
    directory,
  });
  const torrent = await coordinator.add(metainfo, options);
  await torrent.completed;
  t.deepEqual(new Set(server.requests.map(({ path }) => path)), new Set([name]));
});

test.serial("a torrent cannot make us ask a server of this machine", async (t) => {
  const { swarm, server } = await served();
  await using _swarm = swarm;
  const { payload } = swarm;
  const { files, ...rest } = payload;
  if (typeof files === "number") return t.fail();
  const metainfo = encodeTorrent({ ...rest, files, webSeeds: [server.url] });
  const directory = swarm.folder("data").path;
  await using coordinator = await Coordinator.start({
    ...quiet,
    port: 0,
    host: "inline",
    directory,
  });
  const torrent = await coordinator.add(metainfo);
  await isIn(torrent, "resting");
  t.is(server.requests.length, 0);
  t.deepEqual(parseTorrent(torrent.metainfo ?? new Uint8Array()).webSeeds, [server.url]);
  t.true(torrent.magnet.endsWith(`&ws=${encodeURIComponent(server.url)}`));
  t.is((await torrent.why()).code, "web-seeds-failing");
});

test.serial(
  "a file that the server lacks comes from a peer, the others from the server",
  async (t) => {
    const { swarm, server } = await served({
      statusOf: (path) => (path.endsWith("a.bin") ? 404 : undefined),
    });
    await using _swarm = swarm;
    const torrent = { webSeeds: [server.url], useTrackers: false };
    const { record, folder } = await swarm.join({ ...inline, torrent });
    const others = 200_001 + 7 - (327_680 - 300_000);
    await record.until("the other files", () => record.torrent.progress.haveBytes >= others);
    const peer = await swarm.pacedSeeder();
    record.torrent.addPeer({ host: "127.0.0.1", port: peer.port });
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    t.is(server.requests.filter(({ status }) => status === 404).length, 1);
    t.deepEqual(record.warnings, []);
  },
);

test.serial("a web server with wrong data is off after its second bad piece", async (t) => {
  const { swarm, server } = await served({ change: (bytes) => Buffer.alloc(bytes.length) });
  await using _swarm = swarm;
  const torrent = { webSeeds: [server.url], useTrackers: false };
  const { record, folder } = await swarm.join({ ...inline, torrent });
  await record.until("the warning", () => record.warnings.length > 0);
  t.deepEqual(
    record.warnings.map(({ code }) => code),
    ["web-seed-off"],
  );
  t.like(await record.torrent.webSeeds(), [{ state: "off", error: { code: "bad-piece" } }]);
  const peer = await swarm.pacedSeeder();
  record.torrent.addPeer({ host: "127.0.0.1", port: peer.port });
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
});

test.serial(
  "after 503 and Retry-After the server rests, until the torrent is started again",
  async (t) => {
    const { swarm, server } = await served({
      statusOf: (_, served) => (served < 1 ? 503 : undefined),
      headers: { "retry-after": "1000" },
    });
    await using _swarm = swarm;
    const torrent = { webSeeds: [server.url], useTrackers: false };
    const { record, folder } = await swarm.join({ ...inline, torrent });
    await isIn(record.torrent, "resting");
    const [seed] = await record.torrent.webSeeds();
    // Without the header the first rest is 30 s.
    t.true((seed?.nextInSeconds ?? 0) > 900);
    await record.torrent.stop();
    record.torrent.start();
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
  },
);

test.serial("a web seed is asked again after both peer-workers have crashed", async (t) => {
  let asked = 0;
  const crashed = Promise.withResolvers<void>();
  // The first answer brings pieces; the others come after the crash.
  const wait = async (): Promise<void> => (asked++ === 0 ? undefined : crashed.promise);
  const { swarm, server } = await served({ wait });
  await using _swarm = swarm;
  const torrent = { webSeeds: [server.url], useTrackers: false };
  const { coordinator, record, folder } = await swarm.join({
    engine: { host: "inline", peerWorkers: 2 },
    torrent,
  });
  await record.until("a piece", () => record.pieces.length > 0);
  endActor(coordinator, "peer-0");
  endActor(coordinator, "peer-1");
  const askedBefore = asked;
  crashed.resolve();
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  t.true(asked > askedBefore);
});

test.serial("priority 0 keeps the server from being asked for a file", async (t) => {
  const { swarm, server } = await served();
  await using _swarm = swarm;
  const torrent = { webSeeds: [server.url], useTrackers: false, priorities: [0, 0, 0, 1] };
  const { record } = await swarm.join({ ...inline, torrent });
  await record.torrent.completed;
  t.true(server.requests.every(({ path }) => path !== join("payload", "a.bin")));
  t.true(server.bytes <= 32 * 1024);
});

for (const { name, files } of payloads) {
  test.serial(`a server without ranges gives ${name} alone, each file once`, async (t) => {
    const { swarm, server } = await servedWhole(files);
    await using _swarm = swarm;
    const torrent = { webSeeds: [server.url], useTrackers: false };
    const { record, folder } = await swarm.join({ ...inline, torrent });
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    t.is(server.bytes, swarm.payload.totalBytes);
    t.deepEqual(record.warnings, []);
    t.is(record.torrent.progress.wastedBytes, 0);
  });

  test.serial(`a server without ranges and a peer give ${name} together`, async (t) => {
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
    const { swarm, server } = await servedWhole(files, { holds: { afterBytes: 600_000, until } });
    await using _swarm = swarm;
    const peer = await swarm.pacedSeeder({
      watch: (what) => (what === "given" ? goOn() : undefined),
    });
    const torrent = { webSeeds: [server.url], useTrackers: false };
    const { record, folder } = await swarm.join({ ...inline, torrent });
    await record.until("a piece of the server", () => record.pieces.length > 0);
    record.torrent.addPeer(peer);
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    const paths = server.requests.map(({ path }) => path);
    t.is(new Set(paths).size, paths.length, "each file once at most");
    t.true(peer.givenBytes > 0);
  });

  // One file is cut off in both: the gate has the torrent with whole files beside it.
  const declare = name === "three files" ? test.serial : longTest;
  declare(`a download of ${name} whose process is killed goes on`, async (t: ExecutionContext) => {
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
    const holds = { afterBytes: 600_000, until };
    const { swarm, server } = await servedWhole(files, { holds });
    await using _swarm = swarm;
    const folder = swarm.folder("leecher").path;
    const torrent = join(swarm.folder("torrent").path, "payload.torrent");
    writeFileSync(torrent, swarm.metainfo);
    const words = ["--web-seed", server.url, "--no-trackers"];
    const state = swarm.folder("state").path;
    const options = { torrent, folder, state, arguments: words };
    {
      await using download = await Troupe.download(options);
      await download.event("progress", ({ haveBytes }) => Number(haveBytes) >= 256 * 1024);
      t.is((await download.kill()).signal, "SIGKILL");
    }
    goOn();
    const { record } = await swarm.join({
      engine: { host: "inline", stateDirectory: state },
      torrent: { webSeeds: [server.url], useTrackers: false },
      folder,
    });
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    const paths = server.requests.map(({ path }) => path);
    t.true(
      paths.length <= new Set(paths).size + 1,
      "only the file that was cut off is asked for again",
    );
  });
}

test.serial("why names a web seed that lacks the missing files", async (t) => {
  const { swarm, server } = await served({
    statusOf: (path) => (path.endsWith("a.bin") ? 404 : undefined),
  });
  await using _swarm = swarm;
  const torrent = { webSeeds: [server.url], useTrackers: false };
  const { record } = await swarm.join({ ...inline, torrent });
  let why = await record.torrent.why();
  while (why.code !== "web-seeds-failing") {
    await new Promise((resolve) => record.torrent.once("why", resolve));
    why = await record.torrent.why();
  }
  t.regex(why.message, /does not have file 0: status 404/);
});

// Automation, by a service with real folders, programs and servers.

import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseTorrent } from "@troupe/protocol/metainfo";
import test from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { until } from "../support/time/until.ts";
import { HearingHook } from "../support/service/heard-events.ts";
import { buildTorrent } from "../support/service/named-torrent.ts";
import { Served } from "../support/service/served.ts";
import { SmallSwarm } from "../support/service/small-swarm.ts";

const onUnix = process.platform === "win32" ? test.skip : test;
const events = ["added", "metadata", "complete", "error", "goal", "removed"] as const;
const magnetHash = "ab".repeat(20);

test("H01: torrents and magnets of a watch folder are added as its settings say", async (t) => {
  using folder = temporaryFolder("watch-folder");
  const [watch, done, data] = ["watch", "done", "films"].map((name) => join(folder.path, name));
  for (const path of [watch, done]) mkdirSync(path ?? "");
  const torrent = buildTorrent("a film");
  const { infoHash } = parseTorrent(torrent);
  writeFileSync(join(watch ?? "", "a.torrent"), torrent);
  writeFileSync(join(watch ?? "", "b.magnet"), `magnet:?xt=urn:btih:${magnetHash}\n`);
  writeFileSync(join(watch ?? "", "c.torrent"), "no torrent");
  await using served = await Served.open({
    watchFolders: [
      {
        ...{ path: watch ?? "", after: "move", moveTo: done ?? "", directory: data ?? "" },
        ...{ group: "films", labels: ["new"], state: "stopped" },
      },
    ],
  });
  await until(
    "the files are moved, and the third is refused",
    async () => readdirSync(done ?? "").length === 2 && served.warnings.length > 0,
  );
  t.deepEqual(readdirSync(done ?? "").toSorted(), ["a.torrent", "b.magnet"]);
  t.deepEqual(readdirSync(watch ?? ""), ["c.torrent"]);
  for (const hash of [infoHash, magnetHash]) {
    const { body } = await served.run("status", { torrent: hash });
    t.like(body.result, { directory: data, group: "films", labels: ["new"], state: "stopped" });
  }
  t.deepEqual(served.warnings, ["watched-file-refused"]);
});

test("H01: files that are kept are not added again by the next run, after their torrents were removed", async (t) => {
  using folder = temporaryFolder("watch-keep");
  const watch = join(folder.path, "watch");
  mkdirSync(watch);
  writeFileSync(join(watch, "a.torrent"), buildTorrent("a film"));
  const setting = { path: watch, after: "keep", state: "stopped" } as const;
  const { infoHash } = parseTorrent(buildTorrent("a film"));
  const kept = join(folder.path, "state/service/watched-files.json");
  {
    await using served = await Served.open({ folder: folder.path, watchFolders: [setting] });
    await until("the file is remembered", async () => existsSync(kept));
    t.is((await served.run("remove", { torrent: infoHash })).status, 200);
  }
  writeFileSync(join(watch, "b.torrent"), buildTorrent("another film"));
  await using served = await Served.open({ folder: folder.path, watchFolders: [setting] });
  await until("a torrent is added", async () => served.coordinator.torrents.length > 0);
  t.deepEqual(
    served.coordinator.torrents.map(({ name }) => name),
    ["another film"],
  );
  t.deepEqual(readdirSync(watch).toSorted(), ["a.torrent", "b.torrent"]);
});

test("settings of automation that cannot hold are refused at the start", async (t) => {
  const refused = async (options: Parameters<typeof Served.open>[0]): Promise<string> => {
    const error = await t.throwsAsync(Served.open(options));
    t.is((error as NodeJS.ErrnoException).code, "option-out-of-range");
    return error.message;
  };
  const watchFolders = [{ path: "/w" }, { path: "/w" }];
  t.regex(await refused({ watchFolders }), /watchFolders\.1 is \/w a second time/);
  t.regex(
    await refused({ watchFolders: [{ path: "/w", after: "move" }] }),
    /watchFolders\.0\.moveTo/,
  );
  t.regex(
    await refused({ watchFolders: [{ path: "/w", moveTo: "/x" }] }),
    /watchFolders\.0\.moveTo/,
  );
  t.regex(
    await refused({ watchFolders: [{ path: "/w", after: "move", moveTo: "/w" }] }),
    /watchFolders\.0\.moveTo/,
  );
  using folder = temporaryFolder("keys");
  const short = join(folder.path, "short");
  writeFileSync(short, "too short\n");
  for (const keyFile of [short, join(folder.path, "missing"), folder.path])
    t.regex(
      await refused({ webhooks: { chat: { url: "http://h/", keyFile, events: ["added"] } } }),
      /webhooks\.chat\.keyFile/,
    );
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A server that keeps what it gets. */
async function startReceiver(): Promise<AsyncDisposable & { url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (more: string) => (text += more));
    request.on("end", () => {
      received.push({ headers: request.headers, text });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const end = async (): Promise<void> =>
    await new Promise((done) => void server.close(() => done()));
  return { url, received, [Symbol.asyncDispose]: end };
}

onUnix(
  "H02: hooks and webhooks hear a download, its goal and its removal, in this order",
  async (t) => {
    using folder = temporaryFolder("hooks");
    const hook = new HearingHook(folder.path);
    const keyFile = join(folder.path, "key");
    writeFileSync(keyFile, "0123456789abcdef\n");
    await using receiver = await startReceiver();
    await using swarm = await SmallSwarm.open({
      hooks: { all: { program: hook.program, events: [...events] } },
      webhooks: { all: { url: receiver.url, keyFile, events: [...events] } },
    });
    const { served, torrent } = swarm;
    const metainfo = readFileSync(torrent.path).toString("base64");
    const added = await served.run("add", {
      metainfo,
      goals: { seedSeconds: 1 },
      useLocalHosts: true,
    });
    t.is(added.body.result, torrent.infoHash);
    const heardAll = ["added", "metadata", "complete", "goal"];
    await until(
      "four events are heard",
      async () => hook.of(torrent.infoHash).length === 4 && receiver.received.length === 4,
    );
    t.deepEqual(hook.of(torrent.infoHash), heardAll);
    await served.run("remove", { torrent: torrent.infoHash });
    await until(
      "the removal is heard",
      async () => hook.of(torrent.infoHash).length === 5 && receiver.received.length === 5,
    );
    const bodies = receiver.received.map(({ text }) => JSON.parse(text));
    t.deepEqual(
      bodies.map(({ event }) => event),
      [...heardAll, "removed"],
    );
    for (const [place, { headers, text }] of receiver.received.entries()) {
      const signed = `${String(headers["troupe-time"])}.${text}`;
      const expected = createHmac("sha256", "0123456789abcdef").update(signed).digest("hex");
      t.is(headers["troupe-signature"], `sha256=${expected}`);
      t.is(headers["troupe-id"], bodies[place].id);
      t.like(bodies[place].torrent, {
        infoHash: torrent.infoHash,
        name: "payload",
        sizeBytes: 60_000,
      });
      t.notRegex(text, /announce/, "trackers have passkeys");
    }
    t.is(new Set([...hook.heard.map(({ id }) => id), ...bodies.map(({ id }) => id)]).size, 10);
    t.deepEqual(served.warnings, []);
  },
);

onUnix(
  "H02: hooks hear the error of a torrent, and nothing of torrents that were there before them",
  async (t) => {
    using folder = temporaryFolder("hook-error");
    const [one, other] = ["old", "new"].map((name) => buildTorrent(name));
    const add = (torrent: Buffer | undefined) => ({ metainfo: torrent?.toString("base64") });
    {
      await using served = await Served.open({ folder: folder.path });
      await served.run("add", { ...add(one), state: "stopped" });
    }
    const hook = new HearingHook(folder.path);
    const hooks = { all: { program: hook.program, events: [...events] } };
    await using served = await Served.open({ folder: folder.path, hooks, isRestored: false });
    await served.coordinator.restore({ served: true });
    served.service.restored();
    const directory = join(folder.path, "data/fresh");
    const { body } = await served.run("add", { ...add(other), directory, state: "stopped" });
    const infoHash = String(body.result);
    // A file in place of its data folder.
    mkdirSync(join(folder.path, "data"), { recursive: true });
    writeFileSync(directory, "");
    await served.run("start", { torrents: [infoHash] });
    await until("the error is heard", async () => hook.of(infoHash).length >= 3);
    t.deepEqual(hook.of(infoHash), ["added", "metadata", "error"]);
    t.deepEqual(
      hook.heard.filter(({ torrent }) => torrent !== infoHash),
      [],
    );
  },
);

onUnix("H02: an event that came while no service ran is heard at the next start", async (t) => {
  using folder = temporaryFolder("hook-later");
  const hook = new HearingHook(folder.path);
  const hooks = { all: { program: hook.program, events: [...events] } };
  const torrent = buildTorrent("a film");
  {
    await using _ = await Served.open({ folder: folder.path, hooks });
  }
  {
    // A service that dies before it has looked at its torrents again.
    await using served = await Served.open({ folder: folder.path, isRestored: false, hooks });
    await served.coordinator.add(torrent, { served: true, state: "stopped" });
  }
  t.deepEqual(hook.heard, []);
  await using served = await Served.open({ folder: folder.path, hooks, isRestored: false });
  await served.coordinator.restore({ served: true });
  served.service.restored();
  const { infoHash } = parseTorrent(torrent);
  await until("both events are heard", async () => hook.of(infoHash).length === 2);
  t.deepEqual(hook.of(infoHash), ["added", "metadata"]);
});

test("H06: a torrent is paused in its period, and runs when its user starts it", async (t) => {
  await using served = await Served.open({ pauseSchedule: [{ from: "00:00", to: "00:00" }] });
  const metainfo = buildTorrent("a film").toString("base64");
  const { body } = await served.run("add", { metainfo });
  const torrent = String(body.result);
  const state = async (): Promise<string> =>
    (await served.run("status", { torrent })).body.result.state;
  await until("the torrent is paused", async () => (await state()) === "paused");
  await served.run("start", { torrents: [torrent] });
  await until("the torrent runs", async () => (await state()) === "active");
  t.is(await state(), "active");
});

// Every command, run once on an engine, and what a caller elsewhere may not do.

import { lstat, realpath } from "node:fs/promises";
import { statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Coordinator, type CoordinatorOptions } from "@troupe/coordinator";
import { nodePorts } from "@troupe/actor-runtime";
import { CommandRunner, folderBelowRoots, type Caller } from "@troupe/coordinator/commands";
import { flag, passes } from "@troupe/control";
import { commands, type CommandName, type CommandRow } from "@troupe/control/commands";
import { quiet } from "../support/swarm/quiet.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const shape = {
  pieceLengthBytes: 32 * 1024,
  files: [
    { path: ["a"], lengthBytes: 300_000 },
    { path: ["deep", "b"], lengthBytes: 200_001 },
  ],
};
const rows: Readonly<Record<CommandName, CommandRow>> = commands;
const local: Caller = { right: "local" };

/** The engine of a test, and its torrent. */
class Scene implements AsyncDisposable {
  readonly runner: CommandRunner;
  readonly coordinator: Coordinator;
  readonly swarm: Swarm;
  readonly folder: string;

  constructor(coordinator: Coordinator, swarm: Swarm, folder: string, isService: boolean) {
    this.coordinator = coordinator;
    this.swarm = swarm;
    this.folder = folder;
    this.runner = new CommandRunner(coordinator, {
      timers: nodePorts().timers,
      folderBelow: folderBelowRoots({ lstat, realpath }),
      isService,
      ended: ({ command }) => {
        throw new Error(`${command} took longer than its deadline`);
      },
    });
  }

  static async open(
    swarm: Swarm,
    {
      isService = false,
      folder: path = swarm.folder("commands").path,
      ...more
    }: CoordinatorOptions & { readonly isService?: boolean; readonly folder?: string } = {},
  ): Promise<Scene> {
    const folder = await realpath(path);
    const options = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;
    const coordinator = await Coordinator.start({
      ...options,
      directory: join(folder, "data"),
      stateDirectory: join(folder, "state"),
      ...more,
    });
    return new Scene(coordinator, swarm, folder, isService);
  }

  /** The argument that names the torrent. */
  get torrent(): { readonly torrent: string } {
    return { torrent: this.swarm.infoHash };
  }

  get metainfo(): string {
    return Buffer.from(this.swarm.metainfo).toString("base64");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.coordinator.close();
  }
}

/** A call of a command. */
interface Example {
  readonly given: (scene: Scene) => object;
  /** Settles when the next example may follow. */
  readonly after?: (scene: Scene) => Promise<unknown>;
  /** A code with which the call may end, by the row of its command. */
  readonly mayFail?: string;
}

const nothing: Example = { given: () => ({}) };
const aboutTorrent: Example = { given: ({ torrent }) => torrent };

async function untilActive({ coordinator }: Scene): Promise<void> {
  const [torrent] = coordinator.torrents;
  if (torrent === undefined || torrent.state === "active") return;
  const active = Promise.withResolvers<void>();
  torrent.on("state", ({ state }) => state === "active" && active.resolve());
  await active.promise;
}

/** Calls in their order; a command without one does not compile. */
const examples: { readonly [Name in CommandName]: Example } = {
  restore: { given: () => ({ served: true }) },
  adopt: nothing,
  add: {
    given: ({ metainfo }) => ({ metainfo, labels: ["film"], goals: { ratio: 9 } }),
    after: async ({ coordinator }) => await coordinator.torrents[0]?.completed,
  },
  list: nothing,
  status: aboutTorrent,
  settings: aboutTorrent,
  swarm: aboutTorrent,
  why: aboutTorrent,
  files: aboutTorrent,
  peers: aboutTorrent,
  tiers: aboutTorrent,
  "web-seeds": aboutTorrent,
  pieces: aboutTorrent,
  "piece-origins": aboutTorrent,
  "piece-cache": aboutTorrent,
  metainfo: aboutTorrent,
  announce: { ...aboutTorrent, mayFail: "announce-too-early" },
  scrape: aboutTorrent,
  hashcheck: { given: ({ torrent }) => ({ ...torrent, pieces: [0, [2, 3]] }) },
  set: {
    given: ({ torrent }) => ({ ...torrent, webSeeds: ["http://192.0.2.1/"], goals: null }),
  },
  "set-priorities": {
    given: ({ torrent }) => ({ ...torrent, priorities: [{ file: 1, priority: 7 }] }),
  },
  "set-deadlines": {
    given: ({ torrent }) => ({ ...torrent, deadlines: [{ piece: 1, ms: 500 }] }),
  },
  queue: { given: ({ torrent }) => ({ ...torrent, position: "top" }) },
  "add-peer": { given: ({ torrent }) => ({ ...torrent, peer: { host: "127.0.0.1", port: 9 } }) },
  "disconnect-peer": {
    given: ({ torrent }) => ({ ...torrent, peer: { host: "127.0.0.1", port: 9 } }),
  },
  rename: { given: ({ torrent }) => ({ ...torrent, from: 0, to: "payload/renamed" }) },
  move: {
    given: ({ torrent, folder }) => ({ ...torrent, directory: join(folder, "moved") }),
    after: untilActive,
  },
  pause: aboutAll(),
  start: { ...aboutAll(), after: untilActive },
  stop: nothing,
  "set-engine": { given: () => ({ limits: { down: 50_000 }, groups: { films: { maxPeers: 9 } } }) },
  "engine-settings": nothing,
  ban: { given: () => ({ addresses: ["192.0.2.7", "198.51.100.0/24"] }) },
  bans: nothing,
  "lift-ban": { given: () => ({ addresses: ["192.0.2.7"] }) },
  totals: nothing,
  metrics: nothing,
  "rate-history": nothing,
  actors: nothing,
  ports: nothing,
  "free-space": { given: ({ folder }) => ({ directory: join(folder, "data", "new") }) },
  "set-ip-filter": { given: ({ folder }) => ({ path: written(folder, "filter", "10.0.0.1\n") }) },
  "ip-filter": nothing,
  "update-ip-filter": nothing,
  "set-tracker-list": {
    given: ({ folder }) => ({ source: written(folder, "trackers", "udp://192.0.2.1:80\n") }),
  },
  "tracker-list": nothing,
  remove: { given: ({ torrent }) => ({ ...torrent, data: true }) },
  close: nothing,
};

function aboutAll(): Example {
  return { given: ({ torrent: { torrent } }) => ({ torrents: [torrent] }) };
}

function written(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("every command runs, and its result passes the gate of its row as JSON", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed({ engine: { host: "inline" } });
  await using scene = await Scene.open(swarm);
  t.deepEqual(Object.keys(examples).toSorted(), Object.keys(commands).toSorted());
  for (const [name, { given, after, mayFail }] of Object.entries(examples)) {
    const { result: gate, errors } = rows[name as CommandName];
    const run = async (): Promise<unknown> => await scene.runner.run(name, given(scene), local);
    const [ended] = await Promise.allSettled([run()]);
    if (ended.status === "rejected") {
      const { code } = ended.reason as { readonly code?: string };
      if (code === undefined || code !== mayFail || !errors.includes(code)) throw ended.reason;
    } else if (gate === undefined) t.is(ended.value, undefined, name);
    else {
      // A result without a value has no JSON, and does not pass.
      const text = JSON.stringify(ended.value ?? null);
      t.true(passes(gate, JSON.parse(text)), `${name} ${text}`);
    }
    await after?.(scene);
  }
});

test("free space is told of folders below the roots of a caller elsewhere, and of no other", async (t) => {
  await using swarm = await Swarm.open(shape);
  await using scene = await Scene.open(swarm);
  const { runner, folder } = scene;
  const reader: Caller = { right: "read", roots: [folder] };
  const { blocks, bsize } = statfsSync(folder);
  const space = await runner.run("free-space", { directory: "data" }, reader);
  t.is(space.totalBytes, blocks * bsize);
  t.true(space.freeBytes <= space.totalBytes);
  for (const directory of ["..", "/"]) {
    const outside = runner.run("free-space", { directory }, reader);
    await t.throwsAsync(outside, { code: "not-permitted" });
  }
});

test("U02: the tree of actors and other results are those of the library", async (t) => {
  await using swarm = await Swarm.open(shape);
  await using scene = await Scene.open(swarm);
  const { runner, torrent, coordinator } = scene;
  const added = { metainfo: scene.metainfo, state: "stopped", maxPeers: 7, useLocalHosts: false };
  t.is(await runner.run("add", added, local), torrent.torrent);
  const status = await runner.run("status", torrent, local);
  t.like(status, { name: "payload", state: "stopped", sizeBytes: 500_001, queuePosition: 0 });
  t.deepEqual(await runner.run("list", {}, local), [status]);
  t.deepEqual(await runner.run("settings", torrent, local), { maxPeers: 7, useLocalHosts: false });
  t.deepEqual(await runner.run("settings", torrent, { right: "read" }), { maxPeers: 7 });
  t.is(await runner.run("metainfo", torrent, local), scene.metainfo);
  const actors = await runner.run("actors", {}, local);
  t.like(actors[0], { level: 0, kind: "supervisor", state: "running" });
  const { port, publicPort } = coordinator;
  t.deepEqual(await runner.run("ports", {}, local), { port, publicPort, dht: {} });
  const several = runner.run("add", { ...added, source: torrent.torrent }, local);
  await t.throwsAsync(several, {
    code: "option-out-of-range",
    message: /option source is 2 sources/,
  });
});

test("a torrent that a caller of a service adds has the mark of a service, and others have none", async (t) => {
  await using swarm = await Swarm.open(shape);
  for (const isService of [false, true]) {
    await using scene = await Scene.open(swarm, { isService });
    const added = { metainfo: scene.metainfo, state: "stopped" };
    const caller: Caller = { right: "control", roots: [join(scene.folder, "data")] };
    await scene.runner.run("add", added, caller);
    await scene.coordinator.close();
    await using again = await Scene.open(swarm, { folder: scene.folder });
    const restored = await again.runner.run("restore", { served: true }, local);
    t.deepEqual(restored.torrents, isService ? [swarm.infoHash] : []);
  }
});

test("a caller elsewhere adds a torrent below its roots, which reaches no local host", async (t) => {
  await using swarm = await Swarm.open(shape);
  await using scene = await Scene.open(swarm);
  const { runner, torrent, coordinator, folder } = scene;
  const caller: Caller = { right: "control", roots: [join(folder, "data")] };
  const added = { metainfo: scene.metainfo, state: "stopped", directory: "films" };
  await runner.run("add", added, caller);
  t.is(coordinator.torrents[0]?.directory, join(folder, "data", "films"));
  t.like((await runner.run("scrape", torrent, caller))[0], {
    error: { code: "http-redirect-refused" },
  });
  const refused = { code: "not-permitted" };
  const up = { ...torrent, directory: "../outside" };
  await t.throwsAsync(runner.run("move", up, caller), refused);
  await t.throwsAsync(runner.run("set", { ...torrent, moveTo: "/" }, caller), refused);
  await t.throwsAsync(runner.run("set", { ...torrent, useLocalHosts: true }, caller), refused);
  const file = { path: join(folder, "data", "x.torrent") };
  await t.throwsAsync(runner.run("add", file, caller), refused);
  const source = swarm.tracker.url;
  const fetched = runner.run("add", { source }, caller);
  await t.throwsAsync(fetched, { code: "torrent-not-fetched" });
  await t.throwsAsync(runner.run("remove", torrent, { right: "read" }), refused);
  t.is((await runner.run("list", {}, { right: "read" })).length, 1);
});

test("trackers of a caller elsewhere keep a torrent of this machine from local hosts", async (t) => {
  await using swarm = await Swarm.open(shape);
  await using scene = await Scene.open(swarm);
  const { runner, torrent } = scene;
  await runner.run("add", { metainfo: scene.metainfo, state: "stopped" }, local);
  const counts = { complete: 0, downloaded: 0, incomplete: 0 };
  const { url } = swarm.tracker;
  t.deepEqual(await runner.run("scrape", torrent, local), [{ url, ...counts }]);
  const caller: Caller = { right: "control" };
  await runner.run("set", { ...torrent, trackers: ["http://127.0.0.1:9/announce"] }, caller);
  const lines = await runner.run("scrape", torrent, local);
  t.deepEqual(new Set(lines.map(({ error }) => error?.code)), new Set(["http-redirect-refused"]));
});

test("the folder of a caller elsewhere is below its roots, whoever has chosen it", async (t) => {
  await using swarm = await Swarm.open(shape);
  await using scene = await Scene.open(swarm);
  const { runner, torrent, coordinator, folder } = scene;
  const inside = join(folder, "data", "own");
  const caller: Caller = { right: "control", roots: [inside] };
  const added = { metainfo: scene.metainfo, state: "stopped" };
  const refused = { code: "not-permitted" };
  await t.throwsAsync(runner.run("add", added, caller), refused);
  const groups = { films: { directory: join(folder, "films") } };
  await runner.run("set-engine", { groups }, local);
  await t.throwsAsync(runner.run("add", { ...added, group: "films" }, caller), refused);
  const named = { ...added, directory: inside };
  for (const setting of ["moveTo", "incompleteDirectory"]) {
    await runner.run("set-engine", { [setting]: join(folder, "elsewhere") }, local);
    await t.throwsAsync(runner.run("add", named, caller), refused, setting);
    await runner.run("set-engine", { [setting]: null }, local);
  }
  t.deepEqual(coordinator.torrents, []);
  await runner.run("add", named, caller);
  t.is(coordinator.torrents[0]?.directory, inside);
  await runner.run("remove", torrent, caller);
});

test("a torrent of a caller elsewhere does not go on in the folder of an earlier run", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { folder, ...kept } = await (async () => {
    await using scene = await Scene.open(swarm);
    const directory = join(scene.folder, "data", "own");
    const places = { directory, incompleteDirectory: join(scene.folder, "secret") };
    const added = { metainfo: scene.metainfo, state: "stopped", ...places };
    await scene.runner.run("add", added, local);
    t.is(scene.coordinator.torrents[0]?.directory, places.incompleteDirectory);
    return { folder: scene.folder, directory, stateDirectory: join(scene.folder, "state") };
  })();
  const { stateDirectory } = kept;
  await using scene = await Scene.open(swarm, { stateDirectory });
  const caller: Caller = { right: "control", roots: [join(folder, "data")] };
  const again = { metainfo: scene.metainfo, state: "stopped", directory: kept.directory };
  const refused = { code: "not-permitted" };
  const elsewhere = { ...again, incompleteDirectory: join(folder, "data", "new") };
  await t.throwsAsync(scene.runner.run("add", elsewhere, caller), refused);
  t.deepEqual(scene.coordinator.torrents, []);
});

/** The error of the torrent's tracker in a scrape. */
async function scrapeCode({ runner, torrent }: Scene, caller: Caller): Promise<string | undefined> {
  const lines = await runner.run("scrape", torrent, caller);
  return lines[0]?.error?.code;
}

test("a caller elsewhere reaches exactly the hosts that the engine lists", async (t) => {
  await using swarm = await Swarm.open(shape);
  for (const [localHosts, reaches] of [
    [["127.0.0.1"], true],
    [["127.0.0.2"], false],
    [[], false],
  ] as const) {
    await using scene = await Scene.open(swarm, { localHosts });
    const { runner, torrent, folder } = scene;
    const caller: Caller = { right: "control", roots: [join(folder, "data")] };
    await runner.run("add", { metainfo: scene.metainfo, state: "stopped" }, caller);
    t.is(await scrapeCode(scene, caller), reaches ? undefined : "http-redirect-refused");
    const add = { ...torrent, peer: { host: "127.0.0.1", port: 9 } };
    const adding = runner.run("add-peer", add, caller);
    const isAdded = adding.then(
      () => true,
      ({ code }: { code: string }) => code,
    );
    t.is(await isAdded, reaches || "not-permitted");
  }
});

test("a caller that only reads sees no passkey in any result", async (t) => {
  await using swarm = await Swarm.open(shape);
  await using scene = await Scene.open(swarm);
  const { runner, torrent } = scene;
  const url = "http://192.0.2.1/SECRET/announce?key=SECRET";
  const given = { trackers: [url], webSeeds: [url] };
  await runner.run("add", { metainfo: scene.metainfo, state: "stopped", ...given }, local);
  await runner.run("set-engine", { defaultTrackers: [url] }, local);
  for (const name of ["list", "status", "settings", "tiers", "web-seeds", "engine-settings"]) {
    const about = name === "list" || name === "engine-settings" ? {} : torrent;
    const [all, shown] = await Promise.all(
      (["control", "read"] as const).map(async (right) =>
        JSON.stringify(await runner.run(name, about, { right })),
      ),
    );
    t.regex(all ?? "", /SECRET/, name);
    t.notRegex(shown ?? "", /SECRET/, name);
    t.regex(shown ?? "", /192\.0\.2\.1\/…/, name);
    t.true(passes(rows[name as CommandName].result ?? flag, JSON.parse(shown ?? "")), name);
  }
  const metainfo = runner.run("metainfo", torrent, { right: "read" });
  await t.throwsAsync(metainfo, { code: "not-permitted" });
});

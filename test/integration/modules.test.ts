// Pickers and chokers of the program in the threads of engines.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import type { Torrent } from "@troupe/coordinator";
import { Command } from "../support/programs/command.ts";
import { listen as listenTo, neverReturns, writeModule } from "../support/programs/modules.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 16 * 1024;
const pieces = 24;
const shape = { pieceLengthBytes, files: pieces * pieceLengthBytes };

/** A picker that says what it picks, the last pieces first, and that it is closed. */
const lastFirst = (channel: string): string => `
  import { BroadcastChannel } from "node:worker_threads";
  export default ({ name, pieceCount }) => {
    const channel = new BroadcastChannel("${channel}");
    channel.unref();
    channel.postMessage({ started: name, pieceCount });
    return {
      pick({ candidates, count }) {
        const picked = candidates().toReversed().slice(0, count);
        channel.postMessage({ picked });
        return picked;
      },
      close() {
        channel.postMessage({ closed: true });
        channel.close();
      },
    };
  };`;

const broken = `export default () => ({ pick() { throw new RangeError("not today"); } });`;

/** A picker that notes in a file of the current folder that it was started. */
const noting = `
  import { writeFileSync } from "node:fs";
  export default ({ pieceCount }) => {
    writeFileSync("started", String(pieceCount));
    return { pick: ({ candidates, count }) => candidates(count) };
  };`;

interface Told {
  readonly started?: string;
  readonly pieceCount?: number;
  readonly picked?: readonly number[];
  readonly closed?: true;
}

const listen = (t: ExecutionContext, name: string) => listenTo<Told>(t, name);

/** A swarm whose engines have threads, and a peer that has the whole payload. */
async function seededSwarm({ isShut = false } = {}) {
  const swarm = await Swarm.open(shape, { host: "threads", hashThreads: 1 });
  const seeder = await swarm.pacedSeeder({ isShut });
  return { swarm, seeder, peers: [{ host: seeder.host, port: seeder.port }] };
}

/** The error of a torrent. */
const errorOf = (torrent: Torrent) =>
  new Promise<{ readonly code: string; readonly message: string }>((resolve) => {
    torrent.once("error", resolve);
  });

test("AE27: a picker of a file picks every piece, and no file of the state folder names it", async (t) => {
  const { swarm, peers } = await seededSwarm();
  await using _swarm = swarm;
  const { told, until } = listen(t, `picker ${process.pid}`);
  const picker = writeModule(
    swarm.folder("modules").path,
    "last.mjs",
    lastFirst(`picker ${process.pid}`),
  );
  const stateDirectory = swarm.folder("state").path;
  const { coordinator, record } = await swarm.join({
    engine: { stateDirectory },
    torrent: { useTrackers: false, peers, modules: { picker } },
  });
  const { torrent } = record;
  await torrent.completed;
  await torrent.stop();
  await until((all) => all.at(-1)?.closed === true);
  t.deepEqual(told[0], { started: torrent.name, pieceCount: pieces });
  t.is(told[1]?.picked?.[0], pieces - 1);
  const picked = new Set(told.flatMap((each) => each.picked ?? []));
  t.is(picked.size, pieces);
  await coordinator.close();
  const kept = readdirSync(stateDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  t.true(kept.length > 0);
  t.false(kept.some((text) => text.includes("last.mjs")));
});

test("AE27: a restored torrent gets a picker before it starts, also in an engine without threads", async (t) => {
  const { swarm, peers } = await seededSwarm();
  await using _swarm = swarm;
  const name = `restored ${process.pid}`;
  const { told, until } = listen(t, name);
  const picker = writeModule(swarm.folder("modules").path, "last.mjs", lastFirst(name));
  const stateDirectory = swarm.folder("state").path;
  const { coordinator } = await swarm.join({
    engine: { stateDirectory, host: "inline" },
    torrent: { useTrackers: false },
  });
  await coordinator.close();
  await using next = await startEngine({
    port: 0,
    bind: ["127.0.0.1"],
    stateDirectory,
    host: "inline",
  });
  const [torrent] = (await next.restore()).torrents;
  torrent?.setModules({ picker });
  for (const peer of peers) torrent?.addPeer(peer);
  await torrent?.completed;
  await until((all) => new Set(all.flatMap(({ picked = [] }) => picked)).size === pieces);
  t.is(told[1]?.picked?.[0], pieces - 1);
});

test("AE27: a picker is replaced while its torrent runs", async (t) => {
  const { swarm, seeder, peers } = await seededSwarm({ isShut: true });
  await using _swarm = swarm;
  const names = ["one", "two"].map((name) => `${name} ${process.pid}`);
  const [one, two] = names.map((name) => listen(t, name));
  const folder = swarm.folder("modules").path;
  const [first, second] = names.map((name, index) =>
    writeModule(folder, `${index}.mjs`, lastFirst(name)),
  );
  const { record } = await swarm.join({
    torrent: { useTrackers: false, peers, modules: { picker: first } },
  });
  const { torrent } = record;
  seeder.allow(shape.files / 4);
  await one?.until((all) => all.length > 1);
  torrent.setModules({ picker: second });
  await one?.until((all) => all.at(-1)?.closed === true);
  seeder.allow(shape.files / 2);
  await two?.until((all) => all.length > 0);
  torrent.setModules({ picker: undefined });
  await two?.until((all) => all.at(-1)?.closed === true);
  seeder.open();
  await torrent.completed;
  t.is(torrent.fault, undefined);
});

test("AE27: a picker that throws gives its torrent an error, and the torrent continues without it", async (t) => {
  const { swarm, peers } = await seededSwarm();
  await using _swarm = swarm;
  const picker = writeModule(swarm.folder("modules").path, "broken.mjs", broken);
  const { record } = await swarm.join({
    torrent: { useTrackers: false, peers, start: false, modules: { picker } },
  });
  const { torrent } = record;
  const failed = errorOf(torrent);
  torrent.start();
  t.deepEqual(await failed, {
    event: "error",
    code: "strategy-failed",
    message: `cannot pick pieces of ${torrent.name}: the picker ${picker} threw RangeError: not today`,
  });
  t.is(torrent.state, "error");
  torrent.setModules({ picker: undefined });
  torrent.start();
  await torrent.completed;
  t.is(torrent.downloaded, shape.files);
});

test("AE27: a picker that never returns gets its torrent quarantined, which continues without it", async (t) => {
  const { swarm, peers } = await seededSwarm();
  await using _swarm = swarm;
  const hanging = `export default () => ({ pick() { ${neverReturns} } });`;
  const picker = writeModule(swarm.folder("modules").path, "hanging.mjs", hanging);
  const { record } = await swarm.join({
    torrent: { useTrackers: false, peers, start: false, modules: { picker } },
  });
  const { torrent } = record;
  const failed = errorOf(torrent);
  torrent.start();
  t.is((await failed).code, "quarantined");
  torrent.setModules({ picker: undefined });
  torrent.start();
  await torrent.completed;
});

test("AE27: a module with a wrong syntax, and a file that is missing, give the torrent an error", async (t) => {
  const { swarm, peers } = await seededSwarm();
  await using _swarm = swarm;
  const folder = swarm.folder("modules").path;
  const choker = writeModule(folder, "wrong.mjs", "export default {{{");
  const { record } = await swarm.join({
    torrent: { useTrackers: false, peers, start: false, modules: { choker } },
  });
  const { torrent } = record;
  const wrong = errorOf(torrent);
  torrent.start();
  t.regex((await wrong).message, /^cannot load a module of .* threw SyntaxError: /);
  torrent.setModules({ choker: pathToFileURL(join(folder, "missing.mjs")) });
  const missing = errorOf(torrent);
  torrent.start();
  t.regex((await missing).message, /threw Error.*: Cannot find module /);
});

test.serial("AE27: a choker of a package decides who gets data", async (t) => {
  const swarm = await Swarm.open(shape, { hashThreads: 1 });
  await using _swarm = swarm;
  const name = `choker ${process.pid}`;
  const { told, until } = listen(t, name);
  const folder = swarm.folder("program").path;
  const home = join(folder, "node_modules", "closed-choker");
  const text = `
    import { BroadcastChannel } from "node:worker_threads";
    const channel = new BroadcastChannel("${name}");
    channel.unref();
    export default () => ({
      rank(peers, { slots, isComplete }) {
        channel.postMessage({ hosts: peers.map(({ connection }) => connection.host), slots, isComplete });
        return [];
      },
      optimisticSlots: () => 0,
    });`;
  writeModule(home, "index.mjs", text);
  writeModule(
    home,
    "package.json",
    JSON.stringify({ name: "closed-choker", exports: "./index.mjs" }),
  );
  const before = process.cwd();
  process.chdir(folder);
  t.teardown(() => process.chdir(before));
  const { coordinator, record } = await swarm.seed({
    engine: { host: "threads" },
    torrent: { useTrackers: false, modules: { choker: "closed-choker" } },
  });
  const peers = [{ host: "127.0.0.1", port: coordinator.port }];
  const leecher = await swarm.join({ torrent: { useTrackers: false, peers } });
  await until((all) => all.length > 0);
  t.like(told[0], { hosts: ["127.0.0.1"], isComplete: true });
  t.is(leecher.record.torrent.downloaded, 0);
  record.torrent.setModules({ choker: undefined });
  await leecher.record.torrent.completed;
  t.is(record.torrent.fault, undefined);
});

test("AE27: the command ends with the reason if a module fails or is missing", async (t) => {
  const { swarm, peers } = await seededSwarm();
  await using _swarm = swarm;
  const [peer] = peers;
  const folder = swarm.folder("program").path;
  writeModule(folder, "broken.mjs", broken);
  const torrent = join(folder, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const run = async (module: string) => {
    const words = [torrent, "--dir", "data", "--no-trackers", "--picker", module];
    const network = ["--port", "0", "--bind", "127.0.0.1", "--peer", `127.0.0.1:${peer?.port}`];
    using command = new Command([...words, ...network, "--quiet"], folder);
    return await command.ended;
  };
  const failed = await run("./broken.mjs");
  t.is(failed.status, 1, failed.stderr);
  t.regex(failed.stderr, /cannot pick pieces of .*broken\.mjs threw RangeError: not today/);
  t.true(failed.stderr.includes("[strategy-failed]"), failed.stderr);
  const missing = await run("no-such-picker");
  t.is(missing.status, 1, missing.stderr);
  t.true(missing.stderr.includes("[module-not-found]"), missing.stderr);
});

test("AE27: the command takes paths of modules and a packed IP filter, and prints no warning of Node", async (t) => {
  const { swarm, peers } = await seededSwarm();
  await using _swarm = swarm;
  const [peer] = peers;
  const folder = swarm.folder("program").path;
  writeModule(folder, "good.mjs", noting);
  writeModule(folder, "chat.mjs", `export default () => ({ name: "x_chat", message() {} });`);
  writeFileSync(join(folder, "list.gz"), gzipSync("192.0.2.0 - 192.0.2.255 , 1 , documentation\n"));
  writeFileSync(join(folder, "job.torrent"), swarm.metainfo);
  const words = ["job.torrent", "--dir", "data", "--no-trackers", "--quiet"];
  const modules = ["--picker", "./good.mjs", "--extension", "./chat.mjs"];
  const network = ["--port", "0", "--bind", "127.0.0.1", "--peer", `127.0.0.1:${peer?.port}`];
  const line = [...words, ...modules, ...network, "--ip-filter", "list.gz"];
  using command = new Command(line, folder);
  const { status, stderr } = await command.ended;
  t.is(status, 0, stderr);
  t.is(stderr, "");
  t.is(readFileSync(join(folder, "started"), "utf8"), String(pieces));
});

test("AE27: the examples of a picker and a choker work", async (t) => {
  const swarm = await Swarm.open(shape, { hashThreads: 1 });
  await using _swarm = swarm;
  const example = (name: string): URL =>
    new URL(`../../examples/modules/${name}.ts`, import.meta.url);
  const { coordinator, record } = await swarm.seed({
    torrent: { useTrackers: false, modules: { choker: example("near-choker") } },
  });
  const peers = [{ host: "127.0.0.1", port: coordinator.port }];
  const leecher = await swarm.join({
    engine: { host: "threads" },
    torrent: { useTrackers: false, peers, modules: { picker: example("window-picker") } },
  });
  await leecher.record.torrent.completed;
  t.is(leecher.record.torrent.downloaded, shape.files);
  t.is(record.torrent.fault, undefined);
});

// Extensions of the program in the threads of engines: they talk to each other by peer connections, and to the program by
// channels.

import { randomUUID } from "node:crypto";
import test from "ava";
import type { Torrent } from "@troupe/coordinator";
import { listen, writeModule } from "../support/programs/modules.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: 24 * pieceLengthBytes };
/** Two complete peers would part. */
const slow = { limits: { down: 4_000 } };

/** Greets each peer, and repeats each line. */
const echo = (greeting: string): string => `
  export default () => ({
    name: "x_chat",
    connected(peer) { peer.send(Buffer.from(${JSON.stringify(greeting)})); },
    message(peer, payload) { peer.send(Buffer.concat([payload, Buffer.from("!")])); },
  });`;

/** Tells all that it hears by a channel. */
const teller = (channel: string): string => `
  import { BroadcastChannel } from "node:worker_threads";
  export default ({ name, pieceCount }) => {
    const channel = new BroadcastChannel(${JSON.stringify(channel)});
    channel.unref();
    channel.postMessage(["made", name, pieceCount]);
    return {
      name: "x_chat",
      connected(peer) { channel.postMessage(["connected", peer.host]); },
      message(peer, payload) {
        const line = Buffer.from(payload).toString();
        channel.postMessage(["message", peer.host, line]);
        if (line === "die") throw new Error("as you say");
      },
      disconnected(peer) { channel.postMessage(["disconnected", peer.host]); },
      close() { channel.postMessage(["close"]); channel.close(); },
    };
  };`;

interface Line {
  readonly from?: string;
  readonly line?: string;
}

type Told = readonly (string | number)[];

/** A seeder that greets and repeats. */
async function seededSwarm(greeting: string, peerWorkers = 1) {
  const swarm = await Swarm.open(shape, { host: "threads" });
  const folder = swarm.folder("modules").path;
  const url = writeModule(folder, "echo.mjs", echo(greeting));
  const { coordinator } = await swarm.seed({
    engine: { peerWorkers },
    torrent: { useTrackers: false, modules: { extensions: [url] } },
  });
  return { folder, swarm, peers: [{ host: "127.0.0.1", port: coordinator.port }] };
}

const warningOf = (torrent: Torrent) =>
  new Promise<{ readonly code: string; readonly message: string }>((resolve) => {
    torrent.once("warning", resolve);
  });

test("AE27: the example of an extension passes lines between a program and a peer", async (t) => {
  const { swarm, peers } = await seededSwarm("welcome", 2);
  await using _swarm = swarm;
  const example = new URL("../../examples/modules/chat-extension.ts", import.meta.url);
  const { record } = await swarm.join({
    engine: { peerWorkers: 2 },
    torrent: {
      useTrackers: false,
      peers,
      start: false,
      ...slow,
      modules: { extensions: [example] },
    },
  });
  const { torrent } = record;
  const { told, until, say } = listen<Line>(t, `chat of ${torrent.infoHash}`);
  torrent.start();
  await until((all) => all.length === 1);
  say({ say: "hello" });
  await until((all) => all.length === 2);
  t.deepEqual(told, [
    { from: "127.0.0.1", line: "welcome" },
    { from: "127.0.0.1", line: "hello!" },
  ]);
  torrent.setLimits({});
  await torrent.completed;
  t.is(torrent.downloaded, shape.files);
});

test("AE27: extensions are added, replaced and removed while a torrent runs, and the connection stays", async (t) => {
  const { folder, swarm, peers } = await seededSwarm("welcome");
  await using _swarm = swarm;
  const channels = [randomUUID(), randomUUID()];
  const [one, two] = channels.map((name) => listen<Told>(t, name));
  const [first, second] = channels.map((name, at) =>
    writeModule(folder, `${at}.mjs`, teller(name)),
  );
  const { record } = await swarm.join({
    torrent: { useTrackers: false, peers, start: false, ...slow },
  });
  const { torrent } = record;
  const connected = new Promise((resolve) => {
    torrent.once("peer", resolve);
  });
  const partings: (string | undefined)[] = [];
  torrent.on("peer", (event) => {
    if (!event.connected) partings.push(event.reason);
  });
  torrent.start();
  await connected;
  torrent.setModules({ extensions: [first ?? ""] });
  await one?.until((all) => all.length === 3);
  torrent.setModules({ extensions: [second ?? ""] });
  await one?.until((all) => all.length === 4);
  t.deepEqual(one?.told, [
    ["made", torrent.name, 24],
    ["connected", "127.0.0.1"],
    ["message", "127.0.0.1", "welcome"],
    ["close"],
  ]);
  await two?.until((all) => all.length >= 2);
  torrent.setModules({ extensions: [] });
  await two?.until((all) => all.at(-1)?.[0] === "close");
  t.deepEqual(
    two?.told.map(([word]) => word).filter((word) => word !== "message"),
    ["made", "connected", "close"],
  );
  t.deepEqual(partings, []);
  torrent.setLimits({});
  await torrent.completed;
});

test("AE27: an extension that throws costs its connection, with a warning, and the download completes", async (t) => {
  const { folder, swarm, peers } = await seededSwarm("die");
  await using _swarm = swarm;
  const name = randomUUID();
  const { told, until } = listen<Told>(t, name);
  const url = writeModule(folder, "teller.mjs", teller(name));
  const { record } = await swarm.join({
    torrent: { useTrackers: false, peers, start: false, ...slow, modules: { extensions: [url] } },
  });
  const { torrent } = record;
  const warned = warningOf(torrent);
  torrent.start();
  t.like(await warned, {
    code: "extension-failed",
    message: `the handler message of the extension ${url} threw Error: as you say`,
  });
  await until((all) => all.some(([word]) => word === "disconnected"));
  t.deepEqual(
    told.slice(0, 4).map(([word]) => word),
    ["made", "connected", "message", "disconnected"],
  );
  torrent.setModules({ extensions: [] });
  torrent.setLimits({});
  await torrent.completed;
  t.is(torrent.fault, undefined);
});

test("AE27: an extension that never returns gets its torrent quarantined, which continues without it", async (t) => {
  const { folder, swarm, peers } = await seededSwarm("hang, please");
  await using _swarm = swarm;
  const hanging = 'export default () => ({ name: "x_chat", message() { for (;;); } });';
  const url = writeModule(folder, "hanging.mjs", hanging);
  const { record } = await swarm.join({
    torrent: { useTrackers: false, peers, start: false, ...slow, modules: { extensions: [url] } },
  });
  const { torrent } = record;
  const failed = new Promise<{ readonly code: string }>((resolve) => {
    torrent.once("error", resolve);
  });
  torrent.start();
  t.is((await failed).code, "quarantined");
  torrent.setModules({ extensions: [] });
  torrent.setLimits({});
  torrent.start();
  await torrent.completed;
});

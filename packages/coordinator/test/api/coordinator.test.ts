// The whole library over a real engine, on this thread, on loopback.

import test, { type ExecutionContext } from "ava";
import { sessionOf } from "../../src/api/session-of.ts";
import { endActor } from "../../src/testing.ts";
import { until } from "../../../../test/support/time/until.ts";
import { once } from "node:events";
import { mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import {
  Coordinator,
  Torrent,
  type CoordinatorOptions,
  type WorkerEvent,
} from "../../src/index.ts";
import { isLong } from "../../../../test/support/lanes.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "coordinator-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

async function start(t: ExecutionContext, options: CoordinatorOptions = {}): Promise<Coordinator> {
  const coordinator = await Coordinator.start({
    directory: await folder(t),
    port: 0,
    bind: ["127.0.0.1"],
    host: "inline",
    memory: 2 * 1024 * 1024,
    peerWorkers: 1,
    ...options,
  });
  t.teardown(() => coordinator.close());
  return coordinator;
}

/** Torrents without a seed: each of five bytes, of its own name. */
function torrentNamed(name: string): Uint8Array {
  return encodeTorrent({
    name,
    pieceLengthBytes: 16_384,
    pieceHashes: new Uint8Array(20),
    lengthBytes: 5,
  });
}

/** The next `count` events of the engine that say this. */
async function engineSays(coordinator: Coordinator, state: string, count = 1): Promise<void> {
  let seen = 0;
  await new Promise<void>((resolve) => {
    coordinator.on("worker", (event: WorkerEvent) => {
      if (event.name === "engine" && event.state === state && ++seen === count) resolve();
    });
  });
}

test.serial(
  "AE2: a relative folder is resolved once, at the start, also when the current folder changes later",
  async (t) => {
    const before = process.cwd();
    t.teardown(() => process.chdir(before));
    process.chdir(await folder(t));
    const atStart = process.cwd();
    const coordinator = await start(t, { directory: "data" });
    process.chdir(await folder(t));
    const torrent = await coordinator.add(torrentNamed("job"));
    t.is(torrent.directory, join(atStart, "data"));
    t.is(torrent.files[0]?.path, join(atStart, "data", "job"));
    process.chdir(before);
  },
);

test("torrents survive a crash of the engine, and a second crash right after the first", async (t) => {
  const coordinator = await start(t);
  for (let index = 0; index < 10; index++) await coordinator.add(torrentNamed(`job ${index}`));
  const back = engineSays(coordinator, "running");
  coordinator.on("worker", function endOnce({ name, state, restarts }: WorkerEvent) {
    if (name !== "engine" || state !== "restarting" || restarts !== 1) return;
    coordinator.off("worker", endOnce);
    // The second engine ends as soon as it runs.
    setImmediate(() => endActor(coordinator, "engine"));
  });
  endActor(coordinator, "engine");
  await back;
  t.is(coordinator.torrents.length, 10);
  const states = await Promise.all(
    coordinator.torrents.map(async (torrent) => (await torrent.status()).state),
  );
  t.is(states.length, 10);
  t.is(new Set(sessionOf(coordinator).torrents.all.map(({ id }) => id)).size, 10);
});

test("a torrent that is added while the engine is down waits for the next engine", async (t) => {
  const coordinator = await start(t);
  const gone = engineSays(coordinator, "restarting");
  endActor(coordinator, "engine");
  await gone;
  const torrent = await coordinator.add(torrentNamed("late"));
  t.is((await torrent.status()).state === "error", false);
});

test("AE13: `port` is the port that takes connections when the system has picked it", async (t) => {
  const coordinator = await start(t, { port: 0 });
  const socket = connect(coordinator.port, "127.0.0.1");
  t.teardown(() => socket.destroy());
  await once(socket, "connect");
  t.true(coordinator.port > 0);
});

test("AE9: the state is `stopped` when stop() resolves", async (t) => {
  const coordinator = await start(t);
  const torrent = await coordinator.add(torrentNamed("job"));
  await torrent.stop();
  t.is(torrent.state, "stopped");
});

test.serial(
  "a listener that throws does not end the engine: its error goes to the user",
  async (t) => {
    const coordinator = await start(t);
    const mistake = new Error("in a listener");
    const uncaught = nextUncaught(t);
    const back = engineSays(coordinator, "running");
    coordinator.on("worker", () => {
      throw mistake;
    });
    const torrent = await coordinator.add(torrentNamed("job"));
    endActor(coordinator, "engine");
    await back;
    t.is(await uncaught, mistake);
    await torrent.stop();
    t.is(torrent.state, "stopped");
  },
);

onLinux("a torrent runs once in a folder, and in another folder beside it", async (t) => {
  const [one, two] = [await start(t), await start(t)];
  const directory = await folder(t);
  const torrent = await one.add(torrentNamed("job"), { directory });
  await t.throwsAsync(two.add(torrentNamed("job"), { directory }), { code: "already-running" });
  t.is(two.torrents.length, 0);
  await two.add(torrentNamed("other"), { directory });
  const elsewhere = await two.add(torrentNamed("job"));
  await elsewhere.remove();
  await two.add(torrentNamed("job"), { directory, checkOnly: true });
  await torrent.stop();
  await two.torrents[1]?.remove();
  await t.notThrowsAsync(two.add(torrentNamed("job"), { directory }));
});

test("hundreds of torrents, in the long lanes a thousand, are added, asked and stopped together", async (t) => {
  const count = isLong ? 1_000 : 200;
  const coordinator = await start(t);
  const torrents = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      coordinator.add(torrentNamed(`job ${index}`), { useTrackers: false }),
    ),
  );
  const statuses = await Promise.all(torrents.map((torrent) => torrent.status()));
  t.is(statuses.length, count);
  await Promise.all(torrents.map((torrent) => torrent.stop()));
  t.true(torrents.every(({ state }) => state === "stopped"));
});

test("a torrent is found again by its info-hash", async (t) => {
  const stateDirectory = await folder(t);
  const first = await start(t, { stateDirectory });
  const { infoHash } = await first.add(torrentNamed("job"));
  await first.close();
  t.deepEqual(
    (await readdir(join(stateDirectory, "torrents"))).filter((name) => !name.endsWith(".job")),
    [`${infoHash}.torrent`],
  );
  const second = await start(t, { stateDirectory });
  t.is((await second.add(infoHash)).name, "job");
});

test("without a state folder, and in a check, no state is saved", async (t) => {
  const stateDirectory = await folder(t);
  const coordinator = await start(t, { stateDirectory });
  await coordinator.add(torrentNamed("job"), { checkOnly: true });
  await coordinator.close();
  t.deepEqual(await readdir(stateDirectory), []);
});

test("a .torrent that cannot be saved is a warning", async (t) => {
  const stateDirectory = join(await folder(t), "file");
  await writeFile(stateDirectory, "");
  const coordinator = await start(t, { stateDirectory });
  const torrent = await coordinator.add(torrentNamed("job"));
  for await (const event of torrent.events()) {
    if (event.event !== "warning") continue;
    t.is(event.code, "state-not-kept");
    t.regex(
      event.message,
      /copy of the \.torrent/,
      "not only that of the record, ten seconds later",
    );
    break;
  }
});

/** The next uncaught exception; later ones are ignored until the test is over. */
function nextUncaught(t: ExecutionContext): Promise<unknown> {
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  t.teardown(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  });
  return new Promise((resolve) => {
    process.on("uncaughtException", resolve);
  });
}

test("close() does not wait for a .torrent that is being fetched", async (t) => {
  const asked = Promise.withResolvers<void>();
  const server = createServer(() => asked.resolve());
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const coordinator = await start(t);
  const { port } = server.address() as AddressInfo;
  const added = coordinator.add(`http://127.0.0.1:${port}/job.torrent`);
  const refused = t.throwsAsync(added, { code: "coordinator-closed" });
  await asked.promise;
  await coordinator.close();
  await refused;
  await t.throwsAsync(coordinator.add(torrentNamed("late")), { code: "coordinator-closed" });
});

test("a torrent that is to run is never `stopped` after `add`, and one with `start: false` is", async (t) => {
  const coordinator = await start(t);
  const states = (torrent: Torrent) => {
    const seen: string[] = [torrent.state];
    torrent.on("state", ({ state }) => seen.push(state, torrent.state));
    return seen;
  };
  const file = await coordinator.add(torrentNamed("file"));
  const ofFile = states(file);
  const magnet = await coordinator.add(`magnet:?xt=urn:btih:${"1".repeat(40)}`);
  const ofMagnet = states(magnet);
  const paused = await coordinator.add(torrentNamed("paused"), { state: "paused" });
  const ofPaused = states(paused);
  const stopped = await coordinator.add(torrentNamed("stopped"), { start: false });
  t.is(stopped.state, "stopped");
  await Promise.all([file.checked, paused.checked, magnet.why(), file.why()]);
  t.is(ofFile[0], "starting");
  t.is(ofMagnet[0], "metadata");
  t.is(ofPaused[0], "starting");
  for (const seen of [ofFile, ofMagnet, ofPaused]) t.false(seen.includes("stopped"), seen.join());
  await file.stop();
  t.is(file.state, "stopped");
  t.is(stopped.state, "stopped");
});

test("a start after the close of its coordinator is refused, and after its removal does nothing", async (t) => {
  const coordinator = await start(t);
  const [kept, removed] = [
    await coordinator.add(torrentNamed("kept")),
    await coordinator.add(torrentNamed("removed")),
  ];
  await removed.remove();
  t.notThrows(() => removed.start());
  const closed = coordinator.close();
  t.throws(() => kept.start(), { code: "coordinator-closed" });
  await closed;
  t.throws(() => kept.start(), { code: "coordinator-closed" });
  t.notThrows(() => removed.start());
});

test("a job that cannot be added leaves no folder, so that the call can be repeated", async (t) => {
  const parent = await folder(t);
  const job = join(parent, "job");
  const metainfo = torrentNamed("job");
  const options = { port: 0, bind: ["127.0.0.1"], host: "inline" } as const;
  const signal = AbortSignal.abort();
  await t.throwsAsync(Torrent.create(job, metainfo, { ...options, signal }), {
    name: "AbortError",
  });
  await t.throwsAsync(Torrent.create(job, metainfo, { ...options, port: 70_000 }), {
    code: "option-out-of-range",
  });
  await t.throwsAsync(Torrent.create(job, metainfo, { ...options, priorities: [1, 1] }), {
    code: "option-out-of-range",
  });
  t.deepEqual(await readdir(parent), []);
  await using torrent = await Torrent.create(job, metainfo, { ...options, start: false });
  t.is(torrent.directory, await realpath(job));
});

test("L21: one call starts, pauses or stops all torrents, or some of them", async (t) => {
  const coordinator = await start(t);
  const names = ["a", "b", "c"];
  const add = async (name: string) => await coordinator.add(torrentNamed(name), { start: false });
  const torrents = await Promise.all(names.map(add));
  const reach = async (...states: string[]): Promise<void> => {
    const isReached = (): boolean => torrents.map(({ state }) => state).join() === states.join();
    await until(`the torrents are ${states.join(", ")}`, isReached);
  };
  coordinator.startAll();
  await reach("active", "active", "active");
  coordinator.pauseAll(torrents.slice(0, 2));
  await reach("paused", "paused", "active");
  coordinator.startAll(torrents.slice(1));
  await reach("paused", "active", "active");
  await coordinator.stopAll(new Set(torrents.slice(0, 1)));
  await reach("stopped", "active", "active");
  await coordinator.stopAll();
  await reach("stopped", "stopped", "stopped");
  t.pass();
});

test("an engine that crashes while it begins to listen is not reported as running", async (t) => {
  const coordinator = await start(t);
  const { ports } = sessionOf(coordinator);
  const listen = ports.listen.bind(ports);
  ports.listen = async (ask) => {
    ports.listen = listen;
    endActor(coordinator, "engine");
    await listen(ask);
  };
  const seen: string[] = [];
  coordinator.on("worker", ({ name, state, restarts }) => {
    if (name === "engine") seen.push(`${state} ${restarts}`);
  });
  const running = engineSays(coordinator, "running");
  endActor(coordinator, "engine");
  await running;
  t.deepEqual(seen, ["restarting 1", "restarting 2", "running 2"]);
});

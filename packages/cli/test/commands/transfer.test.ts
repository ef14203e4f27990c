import test from "ava";
import type { ExecutionContext } from "ava";
import { runTroupe } from "../../src/main.ts";
import { FakeEngine, FakeTorrent, noProgress } from "../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../support/fake-environment.ts";
import { torrentBytes } from "../support/torrents.ts";

interface Run {
  readonly engine: FakeEngine;
  readonly environment: FakeEnvironment;
  readonly exitCode: Promise<number>;
}

/** Starts the command with sources that can be read, and lets it come to rest. */
async function start(line: string, ...torrents: FakeTorrent[]): Promise<Run> {
  const engine = new FakeEngine(...torrents);
  for (const source of ["a.torrent", "b.torrent"])
    engine.sources.set(source, torrentBytes({ name: source, files: { a: 1 } }));
  const environment = new FakeEnvironment(engine);
  const exitCode = runTroupe(line.split(" "), environment);
  await settle();
  return { engine, environment, exitCode };
}

function kinds({ environment }: Run): unknown[] {
  return environment.stdout.events.map(({ event }) => event);
}

function isOver(t: ExecutionContext, { engine, environment }: Run): void {
  t.is(environment.timers, 0);
  for (const coordinator of engine.coordinators) t.true(coordinator.isClosed);
}

test("a download ends with 0 when it is complete", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --dir D", torrent);
  torrent.complete(2);
  t.is(await run.exitCode, 0);
  t.is(
    run.environment.stdout.text,
    "debian.iso: complete, 1000 B in 2.00 s (500 B/s), in /here/D\n",
  );
  isOver(t, run);
});

test("complete data is reported as complete", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent", torrent);
  torrent.progress = { ...noProgress, haveBytes: 1000 };
  torrent.emit("complete", { seconds: 0 });
  run.environment.askToStop();
  await run.exitCode;
  t.regex(run.environment.stdout.text, /^debian.iso: already complete, 1000 B in \/here\n$/);
});

test("the options reach the engine", async (t) => {
  const torrent = new FakeTorrent();
  const line =
    "a.torrent --dir D --port 7000,0 --bind 127.0.0.1 --memory 8M --peer-workers 2 --hash-threads 3 --max-peers 9 --max-downloads 1 --max-seeds 2 --max-checks 3 --chaos kill:file:1/s --peer localhost:1 --tracker http://t/announce --web-seed http://w/d/ --no-trackers --announce all --no-pex --no-lsd --no-dht --no-port-mapping --upload-slots 7 --no-upload";
  const run = await start(line, torrent);
  torrent.complete(1);
  await run.exitCode;
  const [coordinator] = run.engine.coordinators;
  t.like(coordinator?.started, {
    directory: "/here/D",
    port: [7000, 0],
    bind: ["127.0.0.1"],
    peerExchange: false,
    localDiscovery: false,
    dht: false,
    portMapping: false,
    memory: 8 * 1024 ** 2,
    peerWorkers: 2,
    hashThreads: 3,
    chaos: "kill:file:1/s",
    maxPeers: 9,
    maxActiveDownloads: 1,
    maxActiveSeeds: 2,
    maxChecks: 3,
    uploadSlots: 7,
  });
  t.like(coordinator?.added[0], {
    directory: "/here/D",
    trackers: ["http://t/announce"],
    useTrackers: false,
    announce: "all",
    peers: [{ host: "localhost", port: 1 }],
    webSeeds: ["http://w/d/"],
    maxPeers: 9,
    upload: false,
  });
});

test("--ip-filter is a file below the current folder; its ranges and skipped lines are told", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --ip-filter lists/bad.p2p.gz", torrent);
  torrent.complete(1);
  t.is(await run.exitCode, 0);
  t.is(run.engine.coordinators[0]?.started.ipFilter, "/here/lists/bad.p2p.gz");
  const { text } = run.environment.stderr;
  t.true(
    text.includes("IP filter: the addresses of 2 ranges in /here/lists/bad.p2p.gz are refused\n"),
  );
  t.true(
    text.includes(
      "warning: /here/lists/bad.p2p.gz: a line is not understood and left out of the IP filter; the first is line 3 [ip-filter-lines-skipped]\n",
    ),
  );
});

test("--json has an event of the IP filter after `listening`", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --json --ip-filter bad.p2p", torrent);
  torrent.complete(1);
  await run.exitCode;
  t.deepEqual(kinds(run).slice(0, 3), ["listening", "ip-filter", "warning"]);
  t.like(run.environment.stdout.events[1], {
    infoHash: null,
    path: "/here/bad.p2p",
    ranges: 2,
    skippedLines: 1,
  });
});

test("peers go to the engine as they were written, and the engine looks up names", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --peer peer.example:1 --peer [2001:db8::1]:2", torrent);
  torrent.complete(1);
  await run.exitCode;
  t.deepEqual(run.engine.coordinators[0]?.added[0]?.peers, [
    { host: "peer.example", port: 1 },
    { host: "2001:db8::1", port: 2 },
  ]);
});

test("a .torrent from a server is added with that origin", async (t) => {
  const [first, second] = [new FakeTorrent("one"), new FakeTorrent("two")];
  const engine = new FakeEngine(first, second);
  for (const source of ["a.torrent", "https://host/b.torrent"]) {
    engine.sources.set(source, new Uint8Array());
  }
  const environment = new FakeEnvironment(engine);
  const exitCode = runTroupe(["a.torrent", "https://host/b.torrent"], environment);
  await settle();
  first.complete(1);
  second.complete(1);
  t.is(await exitCode, 0);
  t.deepEqual(engine.coordinators[0]?.added.map(({ fromNetwork }) => fromNetwork).toSorted(), [
    false,
    true,
  ]);
});

for (const [words, folder] of [
  ["a.torrent --state-dir S", "/here/S"],
  ["a.torrent", "/home/me/.local/state/troupe"],
] as const) {
  test(`\`troupe ${words}\` keeps its state in ${folder}, and looks for sources there`, async (t) => {
    const torrent = new FakeTorrent();
    const run = await start(words, torrent);
    torrent.complete(1);
    await run.exitCode;
    t.is(run.engine.coordinators[0]?.started.stateDirectory, folder);
    t.is(run.engine.loads[0]?.stateDirectory, folder);
  });
}

test("a torrent that runs already ends the command with 75", async (t) => {
  const engine = new FakeEngine();
  engine.sources.set("a.torrent", new Uint8Array());
  engine.refusal = Object.assign(new Error("it is running there already"), {
    code: "already-running",
  });
  const environment = new FakeEnvironment(engine);
  t.is(await runTroupe(["a.torrent"], environment), 75);
  t.regex(environment.stderr.text, /\[already-running\]/);
});

test("an unreadable source fails without starting an engine", async (t) => {
  const run = await start("missing.torrent");
  t.is(await run.exitCode, 1);
  t.deepEqual(run.engine.coordinators, []);
  t.regex(
    run.environment.stderr.text,
    /^troupe: there is no file missing\.torrent \[torrent-not-found\]\n {2}\S/,
  );
});

test("a source that fails does not stop the others", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("missing.torrent a.torrent", torrent);
  torrent.complete(1);
  t.is(await run.exitCode, 1);
  t.regex(run.environment.stdout.text, /complete/);
});

test("a command with several sources ends when all have ended", async (t) => {
  const first = new FakeTorrent("one");
  const second = new FakeTorrent("two");
  const run = await start("a.torrent b.torrent --json", first, second);
  first.complete(1);
  await settle();
  t.false(run.engine.coordinators[0]?.isClosed);
  second.complete(2);
  t.is(await run.exitCode, 0);
});

test("a torrent's error is reported with an advice, and the exit code is 1", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent", torrent);
  torrent.fail("disk-full", "cannot write to /data: the disk is full");
  t.is(await run.exitCode, 1);
  t.regex(
    run.environment.stderr.text,
    /troupe: debian\.iso: cannot write to \/data: the disk is full \[disk-full\]\n {2}Free disk space/,
  );
  isOver(t, run);
});

test("the first signal closes the engine, reports the progress, and ends with 130", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent", torrent);
  torrent.progress = { ...noProgress, haveBytes: 523 };
  run.environment.askToStop();
  t.is(await run.exitCode, 130);
  t.regex(
    run.environment.stderr.text,
    /debian\.iso: stopped at 52\.3 %; the same command resumes there/,
  );
  isOver(t, run);
});

test("with --seed the torrent stays after completion until it is stopped", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --seed", torrent);
  torrent.complete(1);
  await settle();
  t.false(run.engine.coordinators[0]?.isClosed);
  run.environment.askToStop();
  t.is(await run.exitCode, 130);
});

test("with --seed an error after completion ends the command", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --seed", torrent);
  torrent.complete(1);
  await settle();
  torrent.emit("error", { code: "disk-not-answering", message: "the disk does not answer" });
  t.is(await run.exitCode, 1);
});

test("seed adds the torrent as `seedOnly`", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("seed a.torrent --dir D", torrent);
  t.like(run.engine.coordinators[0]?.added[0], { seedOnly: true, directory: "/here/D" });
  torrent.progress = { ...noProgress, haveBytes: 700 };
  torrent.fail("incomplete", "cannot seed");
  t.is(await run.exitCode, 1);
  t.regex(
    run.environment.stderr.text,
    /300 B of 1000 B are missing or damaged in \/here\/D \[incomplete\]\n {2}`troupe check`/,
  );
});

test("a seed wants the files of the last run, or those of --select", async (t) => {
  const seed = async (line: string): Promise<FakeEngine> => {
    const engine = new FakeEngine(new FakeTorrent());
    engine.recorded = [0, 1];
    engine.sources.set("a.torrent", torrentBytes({ files: { a: 1, b: 1 } }));
    const environment = new FakeEnvironment(engine);
    environment.variables = { HOME: "/home/me" };
    const exitCode = runTroupe(line.split(" "), environment);
    await settle();
    environment.askToStop();
    await exitCode;
    return engine;
  };
  const recorded = await seed("seed a.torrent --dir D");
  t.like(recorded.recordsAsked, [{ directory: "/here/D" }]);
  t.deepEqual(recorded.coordinators[0]?.added[0]?.priorities, [0, 1]);
  const chosen = await seed("seed a.torrent --select a");
  t.deepEqual(chosen.recordsAsked, []);
  t.is(typeof chosen.coordinators[0]?.added[0]?.priorities, "function");
});

test("the size of a selection is that of its files, not of their pieces", async (t) => {
  const torrent = new FakeTorrent();
  const [file] = torrent.files;
  if (file === undefined) return t.fail();
  Object.assign(torrent, {
    files: [
      { ...file, lengthBytes: 10 },
      { ...file, lengthBytes: 990, priority: 0 },
    ],
  });
  torrent.progress = { ...noProgress, wantedBytes: 100 };
  const run = await start("a.torrent --select 1", torrent);
  torrent.complete(2);
  t.is(await run.exitCode, 0);
  t.regex(run.environment.stdout.text, /^debian.iso: complete, 10 B in 2.00 s \(50 B\/s\)/);
});

test("a seed runs until it is stopped", async (t) => {
  const run = await start("seed a.torrent", new FakeTorrent());
  run.environment.askToStop();
  t.is(await run.exitCode, 130);
});

test("--json prints every event as a line, the last figures before the end", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --json", torrent);
  torrent.emit("checking", { done: 1, total: 10 });
  torrent.emit("piece", { index: 4, verified: true });
  torrent.emit("tracker", { url: "http://t/announce", ok: true, peers: 3 });
  torrent.emit("peer", { address: "192.0.2.1:1", connected: true, client: "x" });
  run.engine.coordinators[0]?.crash({ name: "peer-0", state: "running", restarts: 1 });
  torrent.emit("warning", { code: "odd", message: "odd" });
  torrent.complete(2);
  t.is(await run.exitCode, 0);
  t.deepEqual(kinds(run), [
    "listening",
    "ready",
    "checking",
    "piece",
    "tracker",
    "peer",
    "worker",
    "warning",
    "progress",
    "complete",
    "stopped",
  ]);
  t.is(run.environment.stderr.text, "");
});

test("--json prints the port that a gateway maps", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --json", torrent);
  const event = { port: 40_000, listenPort: 6_881, externalAddress: "45.10.1.1" };
  run.engine.coordinators[0]?.listensOn(event);
  torrent.complete(2);
  await run.exitCode;
  const lines = run.environment.stdout.events.filter((line) => line["event"] === "listening");
  t.is(lines.length, 2);
  t.like(lines[1], { infoHash: null, ...event });
});

test("--json lines have the fields that scripts rely on", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --json", torrent);
  torrent.complete(2);
  await run.exitCode;
  const byKind = new Map(run.environment.stdout.events.map((line) => [line["event"], line]));
  t.like(byKind.get("listening"), { time: 1_000_000, infoHash: null, port: 6881 });
  t.like(byKind.get("ready"), {
    infoHash: torrent.infoHash,
    name: "debian.iso",
    lengthBytes: 1000,
    pieceLengthBytes: 100,
    pieces: 10,
    files: [{ path: "/data/debian.iso", lengthBytes: 1000 }],
  });
  t.like(byKind.get("progress"), {
    haveBytes: 1000,
    wantedBytes: 1000,
    downloadedBytes: 1000,
    uploadedBytes: 0,
    wastedBytes: 0,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    peers: 0,
    etaSeconds: null,
  });
  t.like(byKind.get("complete"), { seconds: 2 });
});

test("a source that fails is an error line too", async (t) => {
  const run = await start("missing.torrent --json");
  await run.exitCode;
  t.like(run.environment.stdout.events[0], {
    event: "error",
    code: "torrent-not-found",
    source: "missing.torrent",
    infoHash: null,
  });
});

test("--quiet prints only errors", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent missing.torrent --quiet", torrent);
  run.environment.pass(60_000);
  torrent.complete(1);
  t.is(await run.exitCode, 1);
  t.is(run.environment.stdout.text, "");
  t.regex(run.environment.stderr.text, /^troupe: [^\n]*missing\.torrent [^\n]*\n[^\n]*\n$/);
});

test("without a terminal progress is a line every few seconds", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent", torrent);
  run.environment.pass(11_000);
  run.environment.askToStop();
  await run.exitCode;
  const lines = run.environment.stderr.text
    .split("\n")
    .filter((line) => line.includes("downloading"));
  t.is(lines.length, 2);
  t.false(run.environment.stderr.text.includes("\u001b"));
});

test("on a terminal the display is drawn at most ten times a second and is erased at the end", async (t) => {
  const engine = new FakeEngine(new FakeTorrent());
  engine.sources.set("a.torrent", new Uint8Array());
  const environment = new FakeEnvironment(engine);
  environment.stderr.isTTY = true;
  const exitCode = runTroupe(["a.torrent"], environment);
  await settle();
  environment.pass(1000);
  const frames = environment.stderr.text.split("\u001b[?2026h").length - 1;
  t.true(frames >= 1 && frames <= 10, `${frames} frames`);
  environment.askToStop();
  await exitCode;
  t.true(environment.stderr.text.endsWith("\u001b[?25h"));
});

test("the cursor is shown again when the process ends in the middle", async (t) => {
  const engine = new FakeEngine(new FakeTorrent());
  engine.sources.set("a.torrent", new Uint8Array());
  const environment = new FakeEnvironment(engine);
  environment.stderr.isTTY = true;
  void runTroupe(["a.torrent"], environment);
  await settle();
  environment.pass(1000);
  environment.exit();
  t.true(environment.stderr.text.endsWith("\u001b[?25h"));
});

test("a dumb terminal gets plain lines", async (t) => {
  const engine = new FakeEngine(new FakeTorrent());
  engine.sources.set("a.torrent", new Uint8Array());
  const environment = new FakeEnvironment(engine);
  environment.stderr.isTTY = true;
  environment.variables = { TERM: "dumb" };
  const exitCode = runTroupe(["a.torrent"], environment);
  await settle();
  environment.pass(5000);
  environment.askToStop();
  await exitCode;
  t.false(environment.stderr.text.includes("\u001b"));
});

test("trackers that do not answer are named once, without their passkey", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent", torrent);
  const event = { url: "http://t.example/secret/announce", ok: false, error: "refused\u001b[2J" };
  torrent.emit("tracker", event);
  torrent.emit("tracker", event);
  torrent.emit("tracker", { ...event, error: "time-out" });
  run.environment.askToStop();
  await run.exitCode;
  const lines = run.environment.stderr.text
    .split("\n")
    .filter((line) => line.includes("t.example"));
  t.deepEqual(lines, [
    "troupe: debian.iso: tracker t.example: refused[2J",
    "troupe: debian.iso: tracker t.example: time-out",
  ]);
});

test("the crash and restart of a worker are reported to people", async (t) => {
  const run = await start("a.torrent", new FakeTorrent());
  const [coordinator] = run.engine.coordinators;
  coordinator?.crash({ name: "peer-0", state: "running", restarts: 0 });
  coordinator?.crash({ name: "peer-0", state: "restarting", restarts: 1, error: "boom" });
  coordinator?.crash({ name: "peer-0", state: "running", restarts: 1 });
  run.environment.askToStop();
  await run.exitCode;
  const lines = run.environment.stderr.text.split("\n").filter((line) => line.includes("worker"));
  t.deepEqual(lines, [
    "troupe: worker peer-0 crashed: boom",
    "troupe: worker peer-0 runs again (1 restart)",
  ]);
});

test("a failed start of the engine is reported, and the exit code is 1", async (t) => {
  const engine = new FakeEngine();
  engine.sources.set("a.torrent", new Uint8Array());
  engine.start = async () => {
    throw Object.assign(new Error("no port of 6881 is free"), { code: "port-in-use" });
  };
  const environment = new FakeEnvironment(engine);
  t.is(await runTroupe(["a.torrent", "--port", "6881"], environment), 1);
  t.regex(environment.stderr.text, /no port of 6881 is free \[port-in-use\]\n {2}Give other ports/);
});

test("a second signal hurries the close of the engine", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent", torrent);
  const [coordinator] = run.engine.coordinators;
  if (coordinator === undefined) return t.fail("no engine was started");
  const hurried = Promise.withResolvers<void>();
  coordinator.close = async ({ signal }: { readonly signal?: AbortSignal } = {}) => {
    signal?.addEventListener("abort", () => hurried.resolve());
    run.environment.askToHurry();
    await hurried.promise;
  };
  run.environment.askToStop();
  t.is(await run.exitCode, 130);
});

test("a silent disk at the end is reported", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent", torrent);
  const [coordinator] = run.engine.coordinators;
  if (coordinator === undefined) return t.fail("no engine was started");
  coordinator.close = async () => {
    throw Object.assign(new Error("cannot close"), { code: "disk-not-answering" });
  };
  torrent.complete(1);
  t.is(await run.exitCode, 1);
});

test("a misspelt call gets the nearest call, and no download starts", async (t) => {
  const run = await start("chekc a.torrent --no-trackers", new FakeTorrent());
  t.deepEqual(run.engine.coordinators, [], "nothing is downloaded");
  t.is(await run.exitCode, 2);
  t.regex(
    run.environment.stderr.text,
    /there is no call chekc, and no file of this name; did you mean `troupe check`\?/,
  );
  const other = await start("sub/chekc");
  t.is(await other.exitCode, 1);
  t.notRegex(other.environment.stderr.text, /did you mean/);
});

test("--give-up ends a download that has waited for its disk for that long", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --give-up 10s", torrent);
  torrent.wait("disk-full", "waiting for space: no room");
  run.environment.pass(9_000);
  torrent.resume();
  run.environment.pass(2_000);
  torrent.wait("disk-full", "waiting for space: no room", "there is room");
  run.environment.pass(12_000);
  t.is(await run.exitCode, 1, run.environment.stderr.text);
  t.regex(
    run.environment.stderr.text,
    /gave up after 10s: waiting for space: no room \[disk-full\]/,
  );
  isOver(t, run);
});

test("without --give-up a download waits for its disk without a limit", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent", torrent);
  torrent.wait("disk-full", "waiting for space: no room");
  run.environment.pass(100_000);
  torrent.resume();
  torrent.complete(1);
  t.is(await run.exitCode, 0);
});

test("--json prints figures while a torrent seeds, and none after the end", async (t) => {
  const ending = new FakeTorrent();
  const run = await start("a.torrent --json", ending);
  ending.complete(1);
  ending.emit("progress", noProgress);
  t.is(await run.exitCode, 0);
  ending.emit("progress", noProgress);
  t.is(kinds(run).lastIndexOf("progress"), kinds(run).indexOf("complete") - 1);

  const seeding = new FakeTorrent();
  const staying = await start("a.torrent --json --seed", seeding);
  seeding.complete(1);
  seeding.emit("progress", noProgress);
  t.true(kinds(staying).lastIndexOf("progress") > kinds(staying).indexOf("complete"));
  staying.environment.askToStop();
  t.is(await staying.exitCode, 130);
  seeding.emit("progress", noProgress);
  t.is(kinds(staying).at(-1), "stopped");
});

/** Two torrents that complete at once, from a list or stdin. */
async function transferOf(
  words: readonly string[],
  stdin: string,
): Promise<{ readonly exitCode: number; readonly engine: FakeEngine; readonly stderr: string }> {
  const torrents = [new FakeTorrent("one"), new FakeTorrent("two")];
  const engine = new FakeEngine(...torrents);
  for (const source of ["a.torrent", "b.torrent"])
    engine.sources.set(source, torrentBytes({ name: source, files: { a: 1 } }));
  const environment = new FakeEnvironment(engine);
  environment.stdin = stdin;
  const exitCode = runTroupe(words, environment);
  for (let turn = 0; turn < 20; turn++) await settle();
  for (const torrent of torrents) torrent.complete(1);
  return { exitCode: await exitCode, engine, stderr: environment.stderr.text };
}

const added = (engine: FakeEngine): number => engine.coordinators[0]?.added.length ?? 0;

test("a list of sources on stdin is downloaded; one that fails is exit 1, and the others go on", async (t) => {
  const list = "# a remark\na.torrent\n\n  gone.torrent\r\nb.torrent\n";
  const { exitCode, engine, stderr } = await transferOf(["-i", "-"], list);
  t.is(exitCode, 1);
  t.is(added(engine), 2);
  t.regex(stderr, /there is no file gone\.torrent/);
  t.is((await transferOf(["-"], "a.torrent\nb.torrent\n")).exitCode, 0);
});

test("a .torrent on stdin is downloaded", async (t) => {
  const bytes = torrentBytes({ name: "piped", files: { a: 1 } });
  const { exitCode, engine } = await transferOf(["-"], Buffer.from(bytes).toString("latin1"));
  t.is(exitCode, 0);
  t.deepEqual(Buffer.from(engine.coordinators[0]?.sources[0] as Uint8Array), Buffer.from(bytes));
});

test("a list that cannot be read, and an empty stdin, are refused", async (t) => {
  const gone = await transferOf(["-i", "gone"], "");
  t.is(gone.exitCode, 1);
  t.regex(
    gone.stderr,
    /cannot read the list gone: no such file or directory \[sources-unreadable\]/,
  );
  const empty = await transferOf(["-"], "\n");
  t.is(empty.exitCode, 1);
  t.regex(empty.stderr, /stdin has neither a \.torrent nor a line \[sources-unreadable\]/);
});

test("with --json a wrong command line is an `error` too", async (t) => {
  const environment = new FakeEnvironment(new FakeEngine());
  t.is(await runTroupe(["a.torrent", "--foo", "--json"], environment), 2);
  t.like(environment.stdout.events, [{ event: "error", code: "wrong-usage" }]);
});

test("an unknown call is named as such, and nothing is downloaded", async (t) => {
  const { exitCode, engine, stderr } = await transferOf(["publish", "a.torrent"], "");
  t.is(exitCode, 2);
  t.is(engine.coordinators.length, 0);
  t.regex(
    stderr,
    /there is no call publish, and no file of this name \[wrong-usage\]\n {2}See `troupe help`/,
  );
});

test("a source given twice is downloaded once, with a warning", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent a.torrent", torrent);
  torrent.complete(1);
  t.is(await run.exitCode, 0);
  t.is(run.engine.coordinators[0]?.added.length, 1);
  t.regex(run.environment.stderr.text, /warning: a\.torrent: .* given twice.* \[torrent-exists\]/);
});

test("a second source of the same torrent is left out, with a warning in --json too", async (t) => {
  const torrent = new FakeTorrent();
  const exists = Object.assign(new Error("this torrent was added before"), {
    code: "torrent-exists",
  });
  const engine = new FakeEngine(torrent, exists);
  engine.sources.set("a.torrent", new Uint8Array());
  engine.sources.set("b.torrent", new Uint8Array());
  const environment = new FakeEnvironment(engine);
  const exitCode = runTroupe(["a.torrent", "b.torrent", "--json"], environment);
  await settle();
  torrent.complete(1);
  t.is(await exitCode, 0);
  const warning = environment.stdout.events.find(({ event }) => event === "warning");
  t.like(warning, { code: "torrent-exists", source: "b.torrent" });
});

test("a reader that does not read costs bounded memory, and misses `piece` lines but not the end", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --json", torrent);
  const { stdout } = run.environment;
  stdout.hold();
  for (let index = 0; index < 200_000; index++) torrent.emit("piece", { index, verified: true });
  t.true(stdout.writableLength < 5 * 1024 ** 2, `${stdout.writableLength} bytes wait`);
  torrent.complete(1);
  await settle();
  stdout.release();
  t.is(await run.exitCode, 0);
  const lines = kinds(run);
  t.true(lines.includes("complete"));
  // The figures of the last second were left out with them.
  t.like(
    stdout.events.find(({ code }) => code === "lines-left-out"),
    { count: 200_001 - lines.filter((kind) => kind === "piece").length },
  );
});

const link = `magnet:?xt=urn:btih:${"ab".repeat(20)}&dn=debian.iso`;

test("a magnet link and an info-hash go to the engine as they were written", async (t) => {
  const torrents = [new FakeTorrent(), new FakeTorrent()];
  const run = await start(`${link} ${"ab".repeat(20)}`, ...torrents);
  for (const torrent of torrents) torrent.complete(1);
  t.is(await run.exitCode, 0);
  t.deepEqual(run.engine.coordinators[0]?.sources, [link, "ab".repeat(20)]);
  t.deepEqual(run.engine.loads, []);
});

test("a broken magnet link is refused before an engine starts, with what to do", async (t) => {
  const run = await start("magnet:?dn=debian.iso");
  t.is(await run.exitCode, 1);
  t.is(run.engine.coordinators.length, 0);
  t.regex(
    run.environment.stderr.text,
    /\[magnet-malformed\]\n {2}Copy the whole link, and put it in quotes/,
  );
});

test("with --json a magnet is ready when its files are known", async (t) => {
  const torrent = new FakeTorrent();
  torrent.hasMetadata = false;
  torrent.state = "metadata";
  const run = await start(`${link} --json`, torrent);
  t.deepEqual(kinds(run), ["listening"]);
  torrent.becomeKnown();
  t.deepEqual(kinds(run), ["listening", "metadata", "ready"]);
  t.like(run.environment.stdout.events[1], {
    name: "debian.iso",
    size: 1000,
    pieces: 10,
    files: 1,
  });
  t.like(run.environment.stdout.events[2], { lengthBytes: 1000, files: torrent.files });
  torrent.complete(1);
  t.is(await run.exitCode, 0);
});

test("a line in a pipe has the content of a magnet when its metadata comes", async (t) => {
  const torrent = new FakeTorrent();
  torrent.hasMetadata = false;
  const run = await start(link, torrent);
  torrent.becomeKnown();
  t.true(
    run.environment.stderr.text.includes(
      `troupe: ${torrent.infoHash}: debian.iso, 1000 B in 1 file, 10 pieces\n`,
    ),
  );
  torrent.complete(1);
  await run.exitCode;
});

test("a magnet that is stopped without its metadata says so", async (t) => {
  const torrent = new FakeTorrent();
  torrent.hasMetadata = false;
  const run = await start(link, torrent);
  run.environment.askToStop();
  t.is(await run.exitCode, 130);
  t.regex(run.environment.stderr.text, /debian.iso: stopped before its metadata came; /);
});

test("--super-seed of a download and of a seed reaches the library", async (t) => {
  for (const [words, superSeed] of [
    ["a.torrent", false],
    ["a.torrent --super-seed", true],
    ["seed a.torrent --super-seed", true],
  ] as const) {
    const run = await start(words, new FakeTorrent());
    t.is(run.engine.coordinators[0]?.added[0]?.superSeed === true, superSeed, words);
  }
});

test("AE27: modules are paths of the current folder, URLs or packages", async (t) => {
  for (const [words, modules] of [
    ["a.torrent", undefined],
    ["a.torrent --picker ./p.mjs", { picker: "file:///here/p.mjs" }],
    [
      "a.torrent --picker ../p.mjs --choker my-choker",
      { picker: "file:///p.mjs", choker: "my-choker" },
    ],
    ["seed a.torrent --choker /c/d.mjs", { choker: "file:///c/d.mjs" }],
    ["a.torrent --store ./s.mjs", { store: "file:///here/s.mjs" }],
    ["a.torrent --hasher ./h.mjs", { hasher: "file:///here/h.mjs" }],
    [
      "a.torrent --extension file:///e.mjs --extension @me/chat --extension ./f%20.mjs",
      { extensions: ["file:///e.mjs", "@me/chat", "file:///here/f%2520.mjs"] },
    ],
  ] as const) {
    const run = await start(words, new FakeTorrent());
    t.deepEqual(run.engine.coordinators[0]?.added[0]?.modules, modules, words);
  }
});

test("a download with goals seeds until they are reached, and ends with 0", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("a.torrent --json --ratio 2 --seed-time 60", torrent);
  t.deepEqual(run.engine.coordinators[0]?.added[0]?.goals, { ratio: 2, seedSeconds: 60 });
  torrent.complete(1);
  await settle();
  t.false(kinds(run).includes("goal-reached"));
  torrent.progress = { ...noProgress, uploadedBytes: 2_048 };
  const goals = { ratio: 2, seedSeconds: 60 };
  torrent.emit("goal-reached", { reached: ["ratio"], goals, action: "stop" });
  t.is(await run.exitCode, 0);
  t.like(
    run.environment.stdout.events.find(({ event }) => event === "goal-reached"),
    { reached: ["ratio"], action: "stop" },
  );
  t.true(
    run.environment.stderr.text.includes(
      "troupe: debian.iso: seeded to a ratio of 2, as asked: sent 2.00 KiB over all runs\n",
    ),
  );
  isOver(t, run);
});

test("`troupe seed` ends with 0 when its goals are reached", async (t) => {
  const torrent = new FakeTorrent();
  const run = await start("seed a.torrent --ratio 1 --seed-time 1h --seed-until all", torrent);
  t.deepEqual(run.engine.coordinators[0]?.added[0]?.goals, {
    ratio: 1,
    seedSeconds: 3_600,
    until: "all",
  });
  const goals = { ratio: 1, seedSeconds: 3_600 };
  torrent.emit("goal-reached", { reached: ["ratio", "seed-time"], goals, action: "stop" });
  t.is(await run.exitCode, 0);
  t.regex(run.environment.stderr.text, /seeded to a ratio of 1 and for 1h 00m, as asked/);
});

test("F09: torrents are added in the order of the command line, however long each takes to load", async (t) => {
  const [first, second] = [new FakeTorrent(), new FakeTorrent()];
  const engine = new FakeEngine(first, second);
  const loads = new Map<string, (bytes: Uint8Array) => void>();
  engine.loadMetainfo = async (source) =>
    await new Promise((resolve) => loads.set(String(source), resolve));
  const environment = new FakeEnvironment(engine);
  const exitCode = runTroupe(["a.torrent", "b.torrent"], environment);
  await settle();
  loads.get("b.torrent")?.(Uint8Array.of(2));
  await settle();
  loads.get("a.torrent")?.(Uint8Array.of(1));
  await settle();
  t.deepEqual(engine.coordinators[0]?.sources, [Uint8Array.of(1), Uint8Array.of(2)]);
  for (const torrent of [first, second]) torrent.complete(1);
  t.is(await exitCode, 0);
});

for (const [words, directory] of [
  ["a.torrent --group films", "/films"],
  ["a.torrent --group books", "/usual"],
  ["a.torrent", "/usual"],
  ["a.torrent --group films --dir D", "/here/D"],
  ["seed a.torrent --group films --label new --label long", "/films"],
] as const)
  test(`L09: the folder of a group in the settings file: ${words}`, async (t) => {
    const torrent = new FakeTorrent();
    const engine = new FakeEngine(torrent);
    engine.sources.set("a.torrent", torrentBytes({ name: "a", files: { a: 1 } }));
    const environment = new FakeEnvironment(engine);
    const text = "directory: /usual\ngroups: { films: { directory: /films, maxPeers: 3 } }\n";
    environment.readTextFile = async () => ({ text });
    const exitCode = runTroupe([...words.split(" "), "--json"], environment);
    await settle();
    torrent.emit("complete", { seconds: 0 });
    environment.askToStop();
    await exitCode;
    const [coordinator] = engine.coordinators;
    const [added] = coordinator?.added ?? [];
    t.is(added?.directory, directory);
    t.is(added?.group, /--group (\w+)/.exec(words)?.[1]);
    t.deepEqual(added?.labels, words.includes("--label") ? ["new", "long"] : undefined);
    t.deepEqual(coordinator?.started.groups, { films: { directory: "/films", maxPeers: 3 } });
  });

test("the group and the labels of a torrent are in its `ready`", async (t) => {
  const torrent = new FakeTorrent();
  Object.assign(torrent, { group: "films", labels: ["new"] });
  const run = await start("a.torrent --json", torrent);
  t.like(
    run.environment.stdout.events.find(({ event }) => event === "ready"),
    { group: "films", labels: ["new"] },
  );
  run.environment.askToStop();
  await run.exitCode;
});

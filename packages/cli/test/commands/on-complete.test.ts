import test from "ava";
import { runTroupe } from "../../src/main.ts";
import { troupeVersion } from "../../src/version.ts";
import { FakeEngine, FakeTorrent } from "../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../support/fake-environment.ts";
import { torrentBytes } from "../support/torrents.ts";

async function start(line: string, torrent = new FakeTorrent()) {
  const engine = new FakeEngine(torrent);
  engine.sources.set("a.torrent", torrentBytes({ name: "a", files: { a: 1 } }));
  const environment = new FakeEnvironment(engine);
  const exitCode = runTroupe(line.split(" "), environment);
  await settle();
  return { engine, environment, exitCode, torrent };
}

test("the program of --on-complete runs once, without a shell, with the variables of Transmission", async (t) => {
  const line = "a.torrent --on-complete ./done;now --bandwidth-priority high";
  const torrent = new FakeTorrent();
  torrent.labels = ["films", "1080p"];
  const { environment, exitCode } = await start(line, torrent);
  t.deepEqual(environment.programs, []);
  torrent.complete(1);
  t.is(await exitCode, 0);
  t.deepEqual(environment.programs, [["./done;now"]]);
  const { TR_TIME_LOCALTIME: time, ...variables } = environment.programVariables[0] ?? {};
  t.regex(time ?? "", /^\w{3} \w{3} \d\d \d\d:\d\d:\d\d \d{4}$/);
  t.deepEqual(variables, {
    ...environment.variables,
    TR_APP_VERSION: troupeVersion().split(" ")[1],
    TR_TORRENT_BYTES_DOWNLOADED: "1000",
    TR_TORRENT_DIR: "/here",
    TR_TORRENT_HASH: "ab".repeat(20),
    TR_TORRENT_ID: "1",
    TR_TORRENT_LABELS: "films,1080p",
    TR_TORRENT_NAME: "debian.iso",
    TR_TORRENT_PRIORITY: "1",
    TR_TORRENT_TRACKERS: "http://t/announce,udp://u:1",
  });
});

test("the command ends only when the torrent has moved and the program has ended", async (t) => {
  const torrent = new FakeTorrent();
  torrent.moves = true;
  const line = "a.torrent --incomplete-dir part --move-to final --on-complete done";
  const { engine, environment, exitCode } = await start(line, torrent);
  t.like(engine.coordinators[0]?.added[0], {
    incompleteDirectory: "/here/part",
    moveTo: "/here/final",
  });
  torrent.complete(1);
  await settle();
  t.deepEqual(environment.programs, []);
  t.false(engine.coordinators[0]?.isClosed);
  torrent.arrive("/here/final");
  t.is(await exitCode, 0);
  t.is(environment.programVariables[0]?.["TR_TORRENT_DIR"], "/here/final");
  t.is(
    environment.stdout.text,
    "debian.iso: complete, 1000 B in 1.00 s (1000 B/s), in /here\ndebian.iso: moved to /here/final\n",
  );
});

test("with --seed the program runs while the torrent seeds", async (t) => {
  const { environment, exitCode, torrent } = await start("a.torrent --seed --on-complete done");
  torrent.complete(1);
  await settle();
  t.deepEqual(environment.programs, [["done"]]);
  environment.askToStop();
  t.is(await exitCode, 130);
});

test("a torrent that was complete before starts no program", async (t) => {
  const { environment, exitCode, torrent } = await start("a.torrent --on-complete done");
  torrent.progress = { ...torrent.progress, wantedBytes: 0 };
  torrent.complete(0);
  t.is(await exitCode, 0);
  t.deepEqual(environment.programs, []);
});

for (const [title, program, end, message] of [
  ["is not there", "missing", undefined, "cannot start missing: there is no such program"],
  ["fails", "done", { exitCode: 3, signal: null }, "done ended with exit code 3"],
  ["is ended", "done", { exitCode: null, signal: "SIGKILL" }, "done was ended by SIGKILL"],
] as const) {
  test(`a program of --on-complete that ${title} is a warning, and the command ends with 0`, async (t) => {
    const { environment, exitCode, torrent } = await start(
      `a.torrent --json --on-complete ${program}`,
    );
    if (end !== undefined) environment.programEnd = end;
    torrent.complete(1);
    t.is(await exitCode, 0);
    const warnings = environment.stdout.events.filter(({ event }) => event === "warning");
    t.is(warnings.length, 1);
    t.like(warnings[0], { code: "on-complete-failed", message, source: "debian.iso" });
  });
}

test("the command waits a minute for the program, and then ends without it", async (t) => {
  const { environment, exitCode, torrent } = await start("a.torrent --on-complete done");
  environment.programEnd = "never";
  torrent.complete(1);
  await settle();
  environment.pass(59_000);
  await settle();
  t.is(environment.stderr.text.includes("still runs"), false);
  environment.pass(2_000);
  t.is(await exitCode, 0);
  t.regex(environment.stderr.text, /done still runs after 60 s; the command does not wait longer/);
  t.is(environment.timers, 0);
});

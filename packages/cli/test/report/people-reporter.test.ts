// The output for people while a torrent runs: the live display on a terminal, lines elsewhere.

import test from "ava";
import { Writable } from "node:stream";
import { PeopleReporter } from "../../src/report/people-reporter.ts";
import type { Reporter } from "../../src/report/reporter.ts";
import { peerStatus, torrentStatus } from "../support/details.ts";
import { FakeCoordinator, FakeEngine, FakeTorrent } from "../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../support/fake-environment.ts";
import { FakeTerminal } from "../support/fake-terminal.ts";

interface Rig {
  readonly reporter: Reporter;
  readonly environment: FakeEnvironment;
  readonly torrent: FakeTorrent;
  readonly coordinator: FakeCoordinator;
  readonly shown: () => string;
}

function rig({ isTerminal = true } = {}): Rig {
  const torrent = new FakeTorrent();
  const environment = new FakeEnvironment(new FakeEngine());
  environment.stderr.isTTY = isTerminal;
  const reporter = new PeopleReporter(environment);
  const coordinator = new FakeCoordinator({}, [torrent]);
  reporter.supervise(coordinator);
  reporter.follow(torrent);
  const shown = (): string => environment.stderr.text;
  return { reporter, environment, torrent, coordinator, shown };
}

const patient = new AbortController().signal;

test("the status is requested once a second, and its peers are shown", async (t) => {
  const { reporter, environment, torrent, shown } = rig();
  torrent.statusFields = torrentStatus({ peers: [peerStatus({ client: "aria2 1.36.0" })] });
  await settle();
  for (let second = 0; second < 3; second++) {
    environment.pass(1000);
    await settle();
  }
  t.true(shown().includes("aria2 1.36.0"));
  t.true(torrent.statusesAsked <= 4, `${torrent.statusesAsked}`);
  await reporter.close(patient);
  t.is(environment.timers, 0);
});

test("torrents are shown in the order of the command line, whichever is added first", async (t) => {
  const { reporter, environment, shown } = rig({ isTerminal: false });
  for (const [place, name] of [
    [2, "third"],
    [0, "first"],
    [1, "second"],
  ] as const) {
    reporter.follow(new FakeTorrent(name), { place });
  }
  environment.pass(5_000);
  await settle();
  t.deepEqual(shown().match(/^(first|second|third)/gm), ["first", "second", "third"]);
  await reporter.close(patient);
});

test("a result on the terminal of the display stands above the frames, which leave no line behind", async (t) => {
  const terminal = new FakeTerminal(80, 24);
  const stream = (): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        terminal.write(chunk.toString());
        done();
      },
    });
  const environment = Object.assign(new FakeEnvironment(new FakeEngine()), {
    stdout: stream(),
    stderr: Object.assign(stream(), { isTTY: true, columns: 80, rows: 24 }),
  });
  const reporter = new PeopleReporter(environment);
  for (const name of ["slow", "big", "album"]) reporter.follow(new FakeTorrent(name));
  environment.pass(200);
  reporter.result({ text: "slow: complete" });
  await settle();
  environment.pass(200);
  const [first, ...frame] = terminal.shown;
  t.is(first, "slow: complete");
  t.deepEqual(
    frame.filter((line) => /^(slow|big|album)/.test(line)).map((line) => line.split(" ")[0]),
    ["slow", "big", "album"],
  );
  await reporter.close(patient);
});

test("a slow engine gets no second status call meanwhile", async (t) => {
  const { reporter, environment, torrent } = rig();
  await settle();
  const { promise, resolve } = Promise.withResolvers<never>();
  let asked = 0;
  torrent.status = () => {
    asked++;
    return promise;
  };
  environment.pass(10_000);
  await settle();
  t.is(asked, 1);
  resolve(undefined as never);
  await settle();
  await reporter.close(patient);
});

test("a torrent whose status is refused is still shown", async (t) => {
  const { reporter, environment, torrent, shown } = rig();
  torrent.statusRefusal = new Error("no torrent");
  environment.pass(1000);
  await settle();
  environment.pass(1000);
  t.true(shown().includes("debian.iso"));
  await reporter.close(patient);
});

test("a crashed worker is reported, and shown until it runs again", async (t) => {
  const { reporter, environment, coordinator, shown } = rig();
  await settle();
  coordinator.tree = { ...coordinator.tree, name: "peer-0", state: "restarting", restarts: 1 };
  coordinator.crash({ name: "peer-0", state: "restarting", restarts: 1, error: "oh\u001b[2J no" });
  environment.pass(1000);
  await settle();
  environment.pass(1000);
  t.true(shown().includes("troupe: worker peer-0 crashed: oh[2J no"));
  t.true(shown().includes("workers: peer-0 restarting (1 restart)"));
  await reporter.close(patient);
});

test("the port of the gateway that maps ours is shown, and gone when it is lost", async (t) => {
  const { reporter, coordinator, shown } = rig({ isTerminal: false });
  reporter.listening({ port: 6_881 });
  const mapped = { port: 40_000, listenPort: 6_881 };
  coordinator.listensOn({ ...mapped, externalAddress: "45.10.1.1" });
  coordinator.listensOn({ port: 6_881, listenPort: 6_881 });
  coordinator.listensOn(mapped);
  t.deepEqual(shown().trimEnd().split("\n"), [
    "troupe: listening on port 6881",
    "troupe: listening on port 6881, mapped from port 40000 of 45.10.1.1",
    "troupe: listening on port 6881",
    "troupe: listening on port 6881, mapped from port 40000 of the gateway",
  ]);
  await reporter.close(patient);
});

test("an engine that listens on no port has no line about it", async (t) => {
  const { reporter, coordinator, shown } = rig({ isTerminal: false });
  reporter.listening({ port: 0 });
  coordinator.listensOn({ port: 1, listenPort: 0 });
  t.is(shown(), "");
  await reporter.close(patient);
});

test("the UDP ports of the DHT node are a line when they come or change", async (t) => {
  const { reporter, coordinator, shown } = rig({ isTerminal: false });
  reporter.listening({ port: 6_881 });
  for (const ports of [{ ipv4: 6_881, ipv6: 6_881 }, {}, { ipv4: 6_882, ipv6: 6_883 }]) {
    coordinator.hasDht(ports);
  }
  t.deepEqual(shown().trimEnd().split("\n"), [
    "troupe: listening on port 6881",
    "troupe: DHT on UDP port 6881",
    "troupe: DHT on UDP port 6882 (IPv4) and 6883 (IPv6)",
  ]);
  await reporter.close(patient);
});

test("in a pipe only a reason that the user can remove is a line", async (t) => {
  const { reporter, torrent, shown } = rig({ isTerminal: false });
  torrent.emit("why", { code: "peers-slow", message: "one peer sends nothing" });
  torrent.emit("why", {
    code: "no-peer-answers",
    message: "none of the 3\u202e known peers answers",
  });
  t.is(shown(), "troupe: debian.iso: none of the 3 known peers answers\n");
  t.is(torrent.statusesAsked, 0);
  await reporter.close(patient);
});

test("a check shows its remaining time when it is known", async (t) => {
  const { reporter, environment, torrent, shown } = rig();
  torrent.state = "checking";
  torrent.emit("checking", { done: 0, total: 100 });
  environment.pass(2000);
  torrent.emit("checking", { done: 20, total: 100 });
  environment.pass(200);
  t.regex(shown(), /20\.0 % {2}20 of 100 pieces {2}9s left/);
  await reporter.close(patient);
});

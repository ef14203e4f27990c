import test from "ava";
import { CommandError } from "../../../src/failure.ts";
import { settle } from "../../support/fake-environment.ts";
import { notRunning, peerOf, rowOf } from "../../support/fake-service.ts";
import { call, serviceScene } from "../../support/service-calls.ts";

const [one, two] = [
  rowOf("1", 1, { isComplete: false, haveBytes: 500_000 }),
  rowOf("2", 2, { state: "stopped" }),
];

/** A running `troupe watch`. */
async function watch(words: readonly string[], { isTerminal = false, rows = [one, two] } = {}) {
  const { service, environment } = serviceScene(rows);
  environment.stderr.isTTY = isTerminal;
  service.answers.set("swarm", { strip: "", why: { code: "few-peers", message: "too few peers" } });
  service.answers.set("peers", [peerOf()]);
  service.answers.set("tiers", []);
  const end = call(environment, "watch", ...words);
  // The modules of the call are loaded first.
  // oxlint-disable-next-line no-await-in-loop
  while (service.streams.length === 0) await settle();
  const pass = async (ms: number): Promise<void> => {
    environment.pass(ms);
    await settle();
  };
  return { service, environment, end, pass };
}

test("--json prints each torrent, then each change", async (t) => {
  const { service, environment, end } = await watch(["--json"]);
  service.streams[0]?.send({
    kind: "rows",
    version: 2,
    rows: [{ ...one, peers: 3 }],
    removed: [two.torrent],
  });
  await settle();
  environment.askToStop();
  const { code, events } = await end;
  t.is(code, 130);
  t.deepEqual(
    events.map(({ event, number, peers }) => [event, number, peers]),
    [
      ["torrent", 1, 0],
      ["torrent", 2, 0],
      ["removed", undefined, undefined],
      ["torrent", 1, 3],
    ],
  );
  t.is(environment.timers, 0);
});

test("a slow reader of --json gets the latest row of a torrent, not every one", async (t) => {
  const many = Array.from({ length: 3_000 }, (_, at) =>
    rowOf("0", at, { torrent: String(at).padStart(40, "0") }),
  );
  const { service, environment, end, pass } = await watch(["--json"], { rows: many });
  environment.stdout.hold();
  for (let version = 2; version < 12; version++) {
    const rows = many.map((row) => ({ ...row, peers: version }));
    service.streams[0]?.send({ kind: "rows", version, rows, removed: [] });
    Object.assign(service, { rows, version });
  }
  await settle();
  t.true(environment.stdout.writableLength < 2 * 1_024 ** 2);
  environment.stdout.release();
  await settle();
  await pass(1_000);
  await pass(1_000);
  environment.askToStop();
  const { events } = await end;
  const latest = new Map(events.map(({ infoHash, peers }) => [infoHash, peers]));
  t.deepEqual(new Set(latest.values()), new Set([11]));
  t.true(events.length < 9_000, `${events.length} lines`);
});

test("named torrents alone are watched, until all of them are removed", async (t) => {
  const { service, end } = await watch(["2", "--json"]);
  const [stream] = service.streams;
  stream?.send({ kind: "rows", version: 2, rows: [{ ...one, peers: 9 }], removed: [] });
  stream?.send({ kind: "rows", version: 3, rows: [], removed: [two.torrent] });
  const { code, events } = await end;
  t.is(code, 0);
  t.deepEqual(
    events.map(({ event, infoHash }) => [event, infoHash]),
    [
      ["torrent", two.torrent],
      ["removed", two.torrent],
    ],
  );
});

test("a terminal has the display, and without events it stays up to date", async (t) => {
  const { service, environment, end, pass } = await watch([], { isTerminal: true });
  service.streams[0]?.end();
  await pass(200);
  const { stderr } = environment;
  t.regex(stderr.text, /film 1.*downloading/);
  t.regex(stderr.text, /film 2.*stopped/);
  t.regex(stderr.text, /2 torrents/);
  service.rows = [{ ...one, state: "paused" }];
  await pass(2_000);
  await pass(200);
  t.regex(stderr.text, /film 1.*paused/);
  environment.askToStop();
  await end;
  t.is(environment.timers, 0);
});

test("a torrent that is shown alone has its peers and the reason, asked for once a second", async (t) => {
  const { service, environment, end, pass } = await watch(["1"], { isTerminal: true });
  await pass(1_000);
  await pass(1_000);
  t.regex(environment.stderr.text, /aria2 1\.36\.0/);
  t.regex(environment.stderr.text, /too few peers/);
  t.regex(environment.stderr.text, /in \/data, for 2s/);
  t.is(service.calls.filter(([name]) => name === "peers").length, 3);
  environment.askToStop();
  await end;
});

test("several torrents are shown without questions about each", async (t) => {
  const { service, environment, end, pass } = await watch([], { isTerminal: true });
  await pass(3_000);
  t.deepEqual(service.calls, []);
  environment.askToStop();
  await end;
});

test("a pipe gets a line a torrent every five seconds", async (t) => {
  const { environment, end, pass } = await watch([]);
  await pass(5_000);
  t.regex(environment.stderr.text, /^film 1: downloading, 50\.0 %.*\nfilm 2: stopped, 100 %.*\n/);
  environment.askToStop();
  await end;
});

test("while the service is away the display says so, and goes on afterwards", async (t) => {
  const { service, environment, end, pass } = await watch([], { isTerminal: true });
  service.streams[0]?.end();
  service.listFailure = notRunning();
  await pass(2_000);
  await pass(200);
  t.regex(environment.stderr.text, /no service is running; it is asked again/);
  environment.askToStop();
  t.is((await end).code, 130);
});

test("a watch begins with an error if there is no service, and ends with one when its token is revoked", async (t) => {
  const { service, environment } = serviceScene();
  service.listFailure = notRunning();
  t.is((await call(environment, "watch")).code, 1);
  const later = await watch(["--json"]);
  later.service.streams[0]?.end();
  later.service.listFailure = new CommandError("token-unknown", "revoked");
  await later.pass(2_000);
  const { code, err } = await later.end;
  t.is(code, 1);
  t.regex(err, /^troupe: revoked \[token-unknown\]/);
});

test("an unknown torrent is refused at the start", async (t) => {
  const { code, err } = await call(serviceScene([one]).environment, "watch", "9");
  t.is(code, 1);
  t.regex(err, /no torrent 9/);
});

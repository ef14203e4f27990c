import test from "ava";
import { runTroupe } from "../../../src/main.ts";
import { FakeEngine, FakeTorrent } from "../../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../../support/fake-environment.ts";
import { torrentBytes } from "../../support/torrents.ts";

function scene() {
  const torrent = new FakeTorrent();
  torrent.becomeKnown();
  torrent.addFile({ path: "/data/sub/small.srt", lengthBytes: 10 });
  const engine = new FakeEngine(torrent);
  engine.sources.set("job.torrent", torrentBytes({ files: { "debian.iso": 1_000 } }));
  return { torrent, engine, environment: new FakeEnvironment(engine) };
}

const words = ["play", "job.torrent", "--dir", "/data"];

test("L28: play prints a link to the largest file, and serves it until it is stopped", async (t) => {
  const { environment, engine, torrent } = scene();
  const running = runTroupe(words, environment);
  while (!environment.stdout.text.includes("http")) await settle();
  const [url = ""] = /http:\S+/.exec(environment.stdout.text) ?? [];
  t.regex(url, /debian\.iso$/);
  const answer = await fetch(url, { headers: { range: "bytes=0-9" } });
  t.is(await answer.text(), "a".repeat(10));
  t.is(answer.headers.get("etag"), `"${"ab".repeat(20)}-1"`);
  const { priorities } = engine.coordinators[0]?.added[0] ?? {};
  t.deepEqual(typeof priorities === "function" && priorities(torrent.files), [0, 1]);
  environment.askToStop();
  t.is(await running, 130);
  await t.throwsAsync(fetch(url));
});

test("L28: play starts the player with the link, and ends with it", async (t) => {
  const { environment } = scene();
  const running = runTroupe([...words, "--select", "*.srt", "--player", "mpv"], environment);
  t.is(await running, 0);
  const [[program, url = ""] = []] = environment.programs;
  t.is(program, "mpv");
  t.regex(url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/small\.srt$/);
});

test("L28: with --json the link is an event", async (t) => {
  const { environment } = scene();
  t.is(await runTroupe([...words, "--player", "mpv", "--json"], environment), 0);
  const link = environment.stdout.events.find(({ event }) => event === "link");
  t.like(link, { file: 1, lengthBytes: 1_000, url: environment.programs[0]?.[1] });
});

test("a player that is not there is an error", async (t) => {
  const { environment } = scene();
  t.is(await runTroupe([...words, "--player", "missing"], environment), 1);
  t.regex(environment.stderr.text, /cannot start the player missing: there is no such program/);
});

test("play takes one file", async (t) => {
  for (const select of ["1,2", "*"]) {
    const { environment } = scene();
    t.is(await runTroupe([...words, "--select", select], environment), 1, select);
    t.regex(environment.stderr.text, /file/);
  }
});

test("play ends when its torrent fails", async (t) => {
  const { environment, torrent } = scene();
  const running = runTroupe(words, environment);
  while (!environment.stdout.text.includes("http")) await settle();
  torrent.fail("disk-full", "there is no room");
  t.is(await running, 1);
  t.regex(environment.stderr.text, /there is no room/);
});

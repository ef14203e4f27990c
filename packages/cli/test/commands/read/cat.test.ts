import test from "ava";
import { runTroupe } from "../../../src/main.ts";
import { FakeEngine, FakeTorrent } from "../../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../../support/fake-environment.ts";
import { torrentBytes } from "../../support/torrents.ts";

function scene(torrent = new FakeTorrent()) {
  torrent.becomeKnown();
  const engine = new FakeEngine(torrent);
  engine.sources.set("job.torrent", torrentBytes({ files: { "debian.iso": 1_000 } }));
  return { torrent, engine, environment: new FakeEnvironment(engine) };
}

test("L28: cat writes a file to stdout, and nothing else", async (t) => {
  const { environment, engine } = scene();
  t.is(await runTroupe(["cat", "job.torrent", "--dir", "/data"], environment), 0);
  t.is(environment.stdout.text, "a".repeat(1_000));
  t.is(environment.stderr.text, "");
  const [coordinator] = engine.coordinators;
  t.true(coordinator?.isClosed);
  const { priorities } = coordinator?.added[0] ?? {};
  t.deepEqual(typeof priorities === "function" && priorities(scene().torrent.files), [1]);
});

test("L28: with --range cat fetches these bytes alone", async (t) => {
  const { environment, engine, torrent } = scene();
  const words = ["cat", "job.torrent", "1", "--range", "-10", "--dir", "/data"];
  t.is(await runTroupe(words, environment), 0);
  t.is(environment.stdout.text, "a".repeat(10));
  const { priorities } = engine.coordinators[0]?.added[0] ?? {};
  t.deepEqual(typeof priorities === "function" && priorities(torrent.files), [0]);
});

test("cat refuses a file that is not there, and a range behind its end", async (t) => {
  for (const [words, code, sentence] of [
    [["2"], 1, /no file of the torrent matches 2: troupe info lists its files/],
    [["*.txt"], 1, /no file of the torrent matches \*\.txt/],
    [["1", "--range", "1000-"], 2, /--range begins at 1000; the file has 1000 bytes/],
    [["1", "--range", "x"], 2, /--range takes bytes like 0-499, 500- or -500, not "x"/],
    [["1", "2"], 2, /cat takes a TORRENT and a FILE, not 3 words/],
  ] as const) {
    const { environment } = scene();
    const all = ["cat", "job.torrent", ...words, "--dir", "/data"];
    t.is(await runTroupe(all, environment), code, words.join(" "));
    t.regex(environment.stderr.text, sentence);
    t.is(environment.stdout.text, "");
  }
});

test("cat asks for the file when there are several", async (t) => {
  const torrent = new FakeTorrent();
  torrent.addFile({ path: "/data/other.iso", lengthBytes: 1_000 });
  const { environment } = scene(torrent);
  t.is(await runTroupe(["cat", "job.torrent", "--dir", "/data"], environment), 1);
  t.regex(environment.stderr.text, /the torrent has several files, and one is read/);
});

test("cat tells of a stall on stderr, unless it is quiet", async (t) => {
  for (const isQuiet of [false, true]) {
    const { environment, torrent } = scene();
    torrent.read = async function* slow() {
      torrent.emit("stall", {
        file: 0,
        position: 7,
        piece: 0,
        waitedSeconds: 5,
        peers: 3,
        peersWithPiece: 1,
        downBytesPerSecond: 0,
      });
      yield Uint8Array.of(0x61);
    };
    const words = ["cat", "job.torrent", "--dir", "/data", ...(isQuiet ? ["--quiet"] : [])];
    t.is(await runTroupe(words, environment), 0);
    const told = "troupe: waited 5 s for byte 7: 1 of 3 peers have its piece\n";
    t.is(environment.stderr.text, isQuiet ? "" : told);
  }
});

test("cat stops while a magnet has no metadata", async (t) => {
  const torrent = new FakeTorrent();
  torrent.hasMetadata = false;
  const engine = new FakeEngine(torrent);
  const environment = new FakeEnvironment(engine);
  const running = runTroupe(["cat", `magnet:?xt=urn:btih:${"ab".repeat(20)}`], environment);
  await settle();
  environment.askToStop();
  t.is(await running, 130);
});

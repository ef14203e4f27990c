import test from "ava";
import { runTroupe } from "../../src/main.ts";
import type { ImportedTorrent } from "../../src/engine-port.ts";
import { FakeEngine, FakeTorrent } from "../support/fake-engine.ts";
import { FakeEnvironment } from "../support/fake-environment.ts";

const torrent: ImportedTorrent = {
  infoHash: "a".repeat(40),
  name: "film",
  directory: "/data",
  outcome: "imported",
  isStarted: true,
  labels: [],
  pieceCount: 10,
  hadPieces: 8,
  samples: 2,
  hashedFiles: 1,
  missingFiles: 0,
  downloadedBytes: 0,
  uploadedBytes: 0,
  settings: [],
  leftOut: [],
};

async function bring(words: readonly string[], found: readonly ImportedTorrent[] = [torrent]) {
  const engine = new FakeEngine(new FakeTorrent("job"));
  engine.found = found;
  const environment = new FakeEnvironment(engine);
  const exitCode = await runTroupe(["import", ...words], environment);
  const { stdout, stderr } = environment;
  return { exitCode, brought: engine.brought, stdout: stdout.text, stderr: stderr.text };
}

test("L19: troupe import shows a row a torrent, and remarks on the files that are hashed", async (t) => {
  const { brought, exitCode, stdout } = await bring(["de", "--state-dir", "s"]);
  t.is(exitCode, 0);
  t.is(brought[0]?.from, "/here/de");
  t.like(brought[0]?.options, { stateDirectory: "/here/s", dryRun: false });
  t.regex(stdout, /film +started +8\/10 +2 /);
  t.regex(stdout, /film: 1 file will be hashed\nimported 1 torrent of deluge\n/);
});

test("L19: troupe import --dry-run --verify none tells the library so", async (t) => {
  const words = ["de", "--dry-run", "--verify", "none", "--state-dir", "s"];
  const { brought, stdout } = await bring(words);
  t.like(brought[0]?.options, { dryRun: true, verify: "none" });
  t.regex(stdout, /would import 1 torrent of deluge/);
});

test("L19: troupe import --json has a line with all torrents, and exits with 1 for one that failed", async (t) => {
  const failed = { ...torrent, outcome: "failed", error: new Error("it is broken") } as const;
  const { exitCode, stdout } = await bring(["de", "--json", "--state-dir", "s"], [torrent, failed]);
  t.is(exitCode, 1);
  const line = JSON.parse(stdout.split("\n")[0] ?? "") as { torrents: { error?: string }[] };
  t.like(line, { event: "imported", client: "deluge", isDryRun: false });
  t.is(line.torrents[1]?.error, "it is broken");
});

test("L19: wrong words of troupe import are refused", async (t) => {
  for (const words of [[], ["a", "b"], ["a", "--map", "/a=/b"]])
    t.is((await bring(words)).exitCode, 2, words.join(" "));
});

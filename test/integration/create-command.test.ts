// `troupe create`: what it makes and says, and as a program what it seeds.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runCommand } from "../support/programs/command.ts";
import { beginInline, runInline } from "../support/programs/inline-command.ts";
import { until } from "../support/time/until.ts";

function filled(folder: string): void {
  mkdirSync(join(folder, "holiday"));
  writeFileSync(join(folder, "holiday", "sea.jpg"), new Uint8Array(50_000).fill(1));
  writeFileSync(join(folder, "holiday", "note.txt"), "a note");
}

async function create(folder: string, ...words: readonly string[]) {
  return await runInline(["create", ...words], folder);
}

test("E14: a folder becomes a .torrent in the current folder, which is checked without a fault", async (t) => {
  using folder = temporaryFolder("create-command");
  filled(folder.path);
  const tracker = "http://t.example/announce";
  const words = ["create", "holiday", "--tracker", tracker, "--comment", "at the sea"];
  const made = await runCommand(words, folder.path);
  t.is(made.status, 0, made.stderr);
  t.regex(made.stdout, /2 files, 48\.8 KiB, 5 pieces of 16\.0 KiB/);
  const { comment, infoHashes, trackers } = parseTorrent(
    readFileSync(join(folder.path, "holiday.torrent")),
  );
  t.regex(made.stdout, new RegExp(`v1 ${infoHashes.v1}\\n.*v2 ${infoHashes.v2}`));
  t.deepEqual(trackers, [[tracker]]);
  t.is(comment, "at the sea");
  t.deepEqual(readdirSync(folder.path).toSorted(), ["holiday", "holiday.torrent"]);
  const again = await create(folder.path, "holiday");
  t.is(again.status, 1);
  t.regex(again.stderr, /the file exists \[torrent-not-saved\]/);
  const path = join(folder.path, "holiday.torrent");
  const checked = await runInline(["check", path, "--dir", folder.path], folder.path);
  t.is(checked.status, 0, checked.stderr);
});

test("E14: a plan is shown and nothing is written, and a JSON line has the whole result", async (t) => {
  using folder = temporaryFolder("create-command");
  filled(folder.path);
  const plan = await create(folder.path, "holiday", "--v1", "--dry-run");
  t.is(plan.status, 0, plan.stderr);
  t.regex(plan.stdout, /holiday: version 1, .*\n {5}6 B {2}note\.txt\n48\.8 KiB {2}sea\.jpg/);
  t.false(existsSync(join(folder.path, "holiday.torrent")));
  const words = ["holiday", "--private", "--output", "own.torrent", "--json"];
  const made = await create(folder.path, ...words);
  const [line = ""] = made.stdout.split("\n");
  const { event, files, output, version } = JSON.parse(line) as Record<string, unknown>;
  t.deepEqual([event, version, output], ["created", "v1", join(folder.path, "own.torrent")]);
  t.deepEqual(files, [
    { path: "note.txt", lengthBytes: 6 },
    { path: "sea.jpg", lengthBytes: 50_000 },
  ]);
  t.regex(made.stderr, /A private torrent is of version 1/);
});

test("E14: words that contradict each other are refused, and one bad path does not stop the others", async (t) => {
  using folder = temporaryFolder("create-command");
  filled(folder.path);
  for (const words of [
    [],
    ["holiday", "--v1", "--v2"],
    ["holiday", "holiday", "--output", "x.torrent"],
    ["holiday", "--piece-size", "1"],
    ["holiday", "--port", "0"],
    ["holiday", "--seed", "--dry-run"],
    ["holiday", "--output", "-", "--json"],
    ["holiday", "--seed", "--seed-until", "any"],
  ])
    t.is((await create(folder.path, ...words)).status, 2);
  const some = await create(folder.path, "missing", "holiday");
  t.is(some.status, 1);
  t.true(existsSync(join(folder.path, "holiday.torrent")));
});

test("E14: `--output -` writes the .torrent to stdout, and the rest to stderr", async (t) => {
  using folder = temporaryFolder("create-command");
  filled(folder.path);
  await create(folder.path, "holiday", "--v1", "--quiet");
  const made = await create(folder.path, "holiday", "--v1", "-o", "-");
  t.is(made.status, 0);
  t.is(made.stdout, readFileSync(join(folder.path, "holiday.torrent"), "utf8"));
  t.regex(made.stderr, /holiday: 2 files.*\ninfo-hash v1/);
});

const alone = ["--port", "0", "--no-dht", "--no-lsd", "--no-port-mapping"];

test("E14: `--seed` serves new torrents at once, without hashing their files again, until it is stopped", async (t) => {
  using folder = temporaryFolder("create-command");
  filled(folder.path);
  const paths = [join(folder.path, "holiday"), join(folder.path, "holiday", "note.txt")];
  const words = ["create", ...paths, "--name", "other", "--seed", "--json", ...alone];
  t.is((await create(folder.path, ...words.slice(1))).status, 2);
  await using seed = beginInline(
    words.filter((word) => !["--name", "other"].includes(word)),
    folder.path,
  );
  const said = (name: string) =>
    seed.environment.stdout.events.filter(({ event }) => event === name);
  await until("both are complete", () => said("complete").length === 2);
  t.deepEqual(said("checking"), []);
  const [{ port } = {}] = said("listening");
  const from = ["--peer", `127.0.0.1:${String(port)}`, ...alone, "--quiet"];
  const to = ["--dir", join(folder.path, "copy")];
  const torrents = ["holiday.torrent", "note.txt.torrent"].map((name) => join(folder.path, name));
  const download = await runInline([...torrents, ...from, ...to], folder.path);
  t.is(download.status, 0, download.stderr);
  const copied = readFileSync(join(folder.path, "copy", "holiday", "sea.jpg"));
  t.deepEqual(copied, readFileSync(join(folder.path, "holiday", "sea.jpg")));
  seed.environment.askToStop();
  t.is((await seed.ended).status, 130);
});

test("E14: a torrent of another name is seeded where its files are; behind followed links it is not", async (t) => {
  using folder = temporaryFolder("create-command");
  filled(folder.path);
  const words = ["holiday", "--name", "trip", "--seed", "--json", ...alone];
  await using seed = beginInline(["create", ...words], folder.path);
  const said = () => seed.environment.stdout.events.map(({ event }) => event);
  await until("it is complete", () => said().includes("complete"));
  t.false(said().includes("checking"));
  seed.environment.askToStop();
  t.is((await seed.ended).status, 130);
  symlinkSync("note.txt", join(folder.path, "holiday", "link"));
  const followed = await create(folder.path, "holiday", "--symlinks", "follow", "--seed", ...alone);
  t.is(followed.status, 1);
  t.regex(followed.stderr, /links were followed.*\[seed-elsewhere\]/);
});

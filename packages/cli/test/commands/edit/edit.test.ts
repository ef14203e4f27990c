import test, { type ExecutionContext } from "ava";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { runTroupe } from "../../../src/main.ts";
import { FakeEngine, FakeTorrent } from "../../support/fake-engine.ts";
import { FakeEnvironment } from "../../support/fake-environment.ts";
import { torrentBytes, type TorrentSketch } from "../../support/torrents.ts";

const a = "http://a.example/announce";
const b = "udp://b.example:80/announce";
const sketch: TorrentSketch = { files: { "one.bin": 20_000 }, trackers: [[a]], comment: "old" };

async function folderOf(
  t: ExecutionContext,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "troupe-edit-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

async function edit(...words: readonly string[]) {
  const environment = new FakeEnvironment(new FakeEngine(new FakeTorrent("job")));
  const exitCode = await runTroupe(["edit", ...words], environment);
  return { exitCode, environment, text: environment.stdout.text, errors: environment.stderr.text };
}

test("each file gets the changes, and keeps its info-hash and its rights", async (t) => {
  const bytes = torrentBytes(sketch);
  const folder = await folderOf(t, { "a.torrent": bytes, "b.torrent": bytes });
  const paths = ["a.torrent", "b.torrent"].map((name) => join(folder, name));
  await chmod(paths[0] ?? "", 0o640);
  const { exitCode, text } = await edit(
    ...paths,
    "--add-tracker",
    `${b},udp://c.example:80/`,
    "--clear",
    "comment",
  );
  t.is(exitCode, 0);
  t.is(
    text.replaceAll(`${folder}/`, ""),
    ["a", "b"]
      .map(
        (name) => `${name}.torrent: changed
- comment: old
+ tracker 2: ${b}
+ tracker 2: udp://c.example:80/
`,
      )
      .join(""),
  );
  for (const path of paths) {
    const { comment, infoHash, trackers } = parseTorrent(await readFile(path));
    t.deepEqual(
      { comment, infoHash, trackers },
      {
        comment: undefined,
        infoHash: parseTorrent(bytes).infoHash,
        trackers: [[a], [b, "udp://c.example:80/"]],
      },
    );
  }
  t.is((await stat(paths[0] ?? "")).mode & 0o777, 0o640);
  t.deepEqual((await readdir(folder)).toSorted(), ["a.torrent", "b.torrent"]);
});

test("--dry-run shows the changes and writes nothing, as does an edit that changes nothing", async (t) => {
  const bytes = torrentBytes(sketch);
  const folder = await folderOf(t, { "a.torrent": bytes });
  const path = join(folder, "a.torrent");
  const { mtimeMs, ino } = await stat(path);
  const dry = await edit(path, "--web-seed", "http://w.example/", "--dry-run");
  t.is(dry.text.replace(folder, "D"), "D/a.torrent: would change\n+ web seed: http://w.example/\n");
  const same = await edit(path, "--comment", "old", "--add-tracker", a);
  t.is(same.text.replace(folder, "D"), "D/a.torrent: nothing to change\n");
  t.like(await stat(path), { mtimeMs, ino });
  t.deepEqual(new Uint8Array(await readFile(path)), bytes);
});

test("a file that fails does not stop the others, and the exit code tells", async (t) => {
  const folder = await folderOf(t, {
    "bad.torrent": Buffer.from("d"),
    "good.torrent": torrentBytes(sketch),
  });
  await mkdir(join(folder, "folder.torrent"));
  const names = ["absent", "bad", "folder", "good"].map((name) => join(folder, `${name}.torrent`));
  const { exitCode, errors, text } = await edit(...names, "--comment", "new");
  t.is(exitCode, 1);
  t.regex(errors, /absent\.torrent \[torrent-not-found\]/);
  t.regex(errors, /bad\.torrent: .*\[bencode-malformed\]/);
  t.regex(errors, /folder\.torrent: it is not a file \[torrent-unreadable\]/);
  t.regex(text, /good\.torrent: changed/);
  t.is(parseTorrent(await readFile(names[3] ?? "")).comment, "new");
});

test("what changes the hash wants --new-hash, and shows both hashes", async (t) => {
  const bytes = torrentBytes(sketch);
  const folder = await folderOf(t, { "a.torrent": bytes });
  const path = join(folder, "a.torrent");
  for (const words of [
    ["--private"],
    ["--name", "x"],
    ["--source", "x"],
    ["--clear", "source"],
    ["--in-info", "--collection", "x"],
  ]) {
    const { exitCode, errors } = await edit(path, ...words);
    t.is(exitCode, 2);
    t.regex(errors, /it wants --new-hash \[wrong-usage\]/);
  }
  const { exitCode, text } = await edit(
    path,
    "--private",
    "--source",
    "TAG",
    "--name",
    "new",
    "--in-info",
    "--collection",
    "c",
    "--new-hash",
  );
  t.is(exitCode, 0);
  const { infoHash, isPrivate, name } = parseTorrent(await readFile(path));
  t.deepEqual({ isPrivate, name }, { isPrivate: true, name: "new" });
  t.is(
    text.replace(folder, "D"),
    `D/a.torrent: changed
- info-hash: ${parseTorrent(bytes).infoHash}
- name: job
- private: no
+ info-hash: ${infoHash}
+ name: new
+ private: yes
+ source: TAG
+ collection in info: c
`,
  );
});

test("--json has a line a file", async (t) => {
  const bytes = torrentBytes(sketch);
  const folder = await folderOf(t, { "a.torrent": bytes });
  const path = join(folder, "a.torrent");
  const { environment } = await edit(path, "--add-node", "n.example:6881", "--json");
  t.like(environment.stdout.events[0], {
    event: "edited",
    infoHash: parseTorrent(bytes).infoHash,
    file: path,
    isChanged: true,
    isWritten: true,
    changes: [{ sign: "+", field: "DHT node", value: "n.example:6881" }],
  });
});

test("a link stays, and the file that it leads to is changed", async (t) => {
  const folder = await folderOf(t, { "a.torrent": torrentBytes(sketch) });
  const link = join(folder, "link.torrent");
  await symlink("a.torrent", link);
  t.is((await edit(link, "--comment", "new")).exitCode, 0);
  t.true((await lstat(link)).isSymbolicLink());
  t.is(parseTorrent(await readFile(join(folder, "a.torrent"))).comment, "new");
});

test("a folder that cannot be written leaves the file as it was", async (t) => {
  if (process.getuid?.() === 0) {
    t.pass("the superuser writes everywhere");
    return;
  }
  const bytes = torrentBytes(sketch);
  const folder = await folderOf(t, { "a.torrent": bytes });
  await chmod(folder, 0o500);
  const { exitCode, errors } = await edit(join(folder, "a.torrent"), "--comment", "new");
  await chmod(folder, 0o700);
  t.is(exitCode, 1);
  t.regex(errors, /\[torrent-not-edited\]/);
  t.deepEqual(new Uint8Array(await readFile(join(folder, "a.torrent"))), bytes);
});

test("a wrong command line is refused before any file is read", async (t) => {
  for (const [words, sentence] of [
    [[], /edit needs the path of a \.torrent/],
    [["a.torrent"], /edit needs a change/],
    [["a.torrent", "--private", "--public", "--new-hash"], /--private and --public exclude/],
    [["a.torrent", "--similar", "12"], /--similar takes an info-hash of 40/],
    [["a.torrent", "--clear", "name"], /--clear takes/],
    [["a.torrent", "--dir", "D"], /there is no option --dir for troupe edit/],
  ] as const) {
    const { exitCode, errors } = await edit(...words);
    t.is(exitCode, 2, words.join(" "));
    t.regex(errors, sentence);
  }
});

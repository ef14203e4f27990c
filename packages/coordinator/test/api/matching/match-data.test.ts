import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { keyOf } from "@troupe/protocol/identity";
import { decodeLinkedFiles } from "@troupe/messages";
import { matchData, type MatchOptions } from "../../../src/api/matching/match-data.ts";
import { jobLock } from "../../../src/api/lock/job-lock.ts";
import { LockKeepers } from "../../../src/api/lock/lock-keepers.ts";
import {
  content,
  pieceLengthBytes,
  searchFolders,
  torrentV1,
  torrentV2,
} from "./support/made-torrents.ts";

const long = 3 * pieceLengthBytes + 100;
/** Each file has pieces of its own. */
const files = {
  "a.mkv": content("a", long),
  "sub/b.mkv": content("b", long),
  empty: content("", 0),
};

function states({ files: all }: Awaited<ReturnType<typeof matchData>>): Record<string, string> {
  return Object.fromEntries(all.map(({ path, state }) => [path.replace("payload/", ""), state]));
}

async function match(
  torrent: Uint8Array,
  folders: ReturnType<typeof searchFolders>,
  options: Partial<MatchOptions> = {},
) {
  return await matchData(torrent, {
    in: [folders.files],
    directory: folders.data,
    link: "copy",
    ...options,
  });
}

test("E15: files are found by their content, whatever their names and folders are", async (t) => {
  const folders = searchFolders(t);
  folders.put("files/x/one", files["sub/b.mkv"]);
  folders.put("files/y/z/other.bin", files["a.mkv"]);
  const result = await match(torrentV1(files), folders);
  t.deepEqual(states(result), { "a.mkv": "linked", "sub/b.mkv": "linked", empty: "empty" });
  t.deepEqual(readFileSync(join(folders.data, "payload/a.mkv")), Buffer.from(files["a.mkv"]));
  t.deepEqual(
    readFileSync(join(folders.data, "payload/sub/b.mkv")),
    Buffer.from(files["sub/b.mkv"]),
  );
  t.deepEqual(readdirSync(folders.data), ["payload"]);
});

test("E15: a decoy of the same length is not linked, wherever it differs in a piece of the file alone", async (t) => {
  const folders = searchFolders(t);
  for (const at of [0, pieceLengthBytes, 3 * pieceLengthBytes - 1]) {
    const decoy = Uint8Array.from(files["a.mkv"]);
    decoy[at] = (decoy[at] ?? 0) ^ 1;
    folders.put(`files/decoy-${at}`, decoy);
  }
  const torrent = torrentV1(files);
  t.like(states(await match(torrent, folders)), { "a.mkv": "missing", "sub/b.mkv": "missing" });
  folders.put("files/right", files["a.mkv"]);
  t.like(states(await match(torrent, folders)), { "a.mkv": "linked", "sub/b.mkv": "missing" });
});

test("E15: files of version 2 are found by their roots, and decoys are not", async (t) => {
  const folders = searchFolders(t);
  const all = {
    long: content("long", long),
    short: content("short", 100),
    block: content("block", 16_384),
  };
  const torrent = torrentV2(all);
  for (const [name, bytes] of Object.entries(all)) {
    const decoy = Uint8Array.from(bytes);
    decoy[decoy.length - 1] = (decoy.at(-1) ?? 0) ^ 1;
    folders.put(`files/a-${name}`, decoy);
  }
  t.deepEqual(states(await match(torrent, folders)), {
    long: "missing",
    short: "missing",
    block: "missing",
  });
  for (const [name, bytes] of Object.entries(all)) folders.put(`files/b-${name}`, bytes);
  t.deepEqual(states(await match(torrent, folders)), {
    long: "linked",
    short: "linked",
    block: "linked",
  });
});

test("E15: small files without a piece of their own are proven by the pieces that they share, with decoys of their length beside them", async (t) => {
  const folders = searchFolders(t);
  const all = {
    "a.mkv": content("a", long),
    "b.nfo": content("b", 700),
    "c.srt": content("c", 700),
    "d.mkv": content("d", long),
  };
  for (const [name, bytes] of Object.entries(all)) folders.put(`files/x${name}`, bytes);
  folders.put("files/decoy", content("decoy", 700));
  const result = await match(torrentV1(all), folders);
  t.deepEqual(states(result), {
    "a.mkv": "linked",
    "b.nfo": "linked",
    "c.srt": "linked",
    "d.mkv": "linked",
  });
  t.deepEqual(readFileSync(join(folders.data, "payload/b.nfo")), Buffer.from(all["b.nfo"]));
  t.deepEqual(readFileSync(join(folders.data, "payload/c.srt")), Buffer.from(all["c.srt"]));
});

test("E15: a small file whose neighbour is missing stays unproven, and is not linked", async (t) => {
  const folders = searchFolders(t);
  const all = { "a.mkv": content("a", long), "b.nfo": content("b", 700) };
  folders.put("files/b.nfo", all["b.nfo"]);
  const result = await match(torrentV1(all), folders);
  t.deepEqual(states(result), { "a.mkv": "missing", "b.nfo": "unproven" });
  t.false(existsSync(join(folders.data, "payload")));
});

test("E15: files that are right in their own pieces and wrong in a piece that they share are not linked", async (t) => {
  const folders = searchFolders(t);
  const end = Uint8Array.from(files["a.mkv"]);
  end[long - 1] = (end[long - 1] ?? 0) ^ 1;
  folders.put("files/a", end);
  folders.put("files/b", files["sub/b.mkv"]);
  const result = await match(torrentV1(files), folders);
  t.like(states(result), { "a.mkv": "unproven", "sub/b.mkv": "unproven" });
  t.regex(result.files[0]?.reason ?? "", /shares/);
});

test("E15: what has the path of a file is neither overwritten nor moved away", async (t) => {
  for (const link of ["hard", "symlink", "copy", "rename"] as const) {
    const folders = searchFolders(t);
    folders.put("data/payload/a.mkv", content("mine", 5));
    folders.put("files/a.mkv", files["a.mkv"]);
    const twice = { ...files, twin: files["a.mkv"] };
    folders.put("data/payload/twin", files["a.mkv"]);
    mkdirSync(join(folders.data, "payload/sub"));
    symlinkSync("nowhere", join(folders.data, "payload/sub/b.mkv"));
    folders.put("files/b", files["sub/b.mkv"]);
    const result = await match(torrentV1(twice), folders, { link, in: [folders.top] });
    t.deepEqual(states(result), {
      "a.mkv": "there",
      "sub/b.mkv": "there",
      empty: "empty",
      twin: "there",
    });
    t.deepEqual(readFileSync(join(folders.data, "payload/a.mkv")), Buffer.from(content("mine", 5)));
    t.is(readlinkSync(join(folders.data, "payload/sub/b.mkv")), "nowhere");
    t.true(existsSync(join(folders.files, "a.mkv")));
  }
});

test("E15: a file that is there is not taken for another file of the torrent", async (t) => {
  const folders = searchFolders(t);
  const twins = { a: files["a.mkv"], b: files["a.mkv"] };
  folders.put("data/payload/a", twins.a);
  const result = await match(torrentV1(twins), folders, { link: "rename", in: [folders.top] });
  t.deepEqual(states(result), { a: "there", b: "missing" });
  t.true(existsSync(join(folders.data, "payload/a")));
});

test("E15: a file serves two equal files of the torrent, unless it is renamed", async (t) => {
  const twins = { a: files["a.mkv"], b: files["a.mkv"] };
  for (const [link, second] of [
    ["hard", "linked"],
    ["rename", "missing"],
  ] as const) {
    const folders = searchFolders(t);
    folders.put("files/x", twins.a);
    const torrent = torrentV1({ ...twins, pad: content("c", pieceLengthBytes) });
    t.like(states(await match(torrent, folders, { link })), { a: "linked", b: second });
  }
});

test("E15: links are recorded by what they lead to, copies are not", async (t) => {
  const torrent = torrentV1(files);
  const key = keyOf(parseTorrent(torrent).infoHashes);
  for (const link of ["hard", "symlink", "copy"] as const) {
    const folders = searchFolders(t);
    const original = folders.put("files/x", files["a.mkv"]);
    await match(torrent, folders, { link });
    const record = join(folders.data, `.troupe/${key}.links`);
    if (link === "copy") {
      t.false(existsSync(record));
      continue;
    }
    const { ino } = statSync(original, { bigint: true });
    const entry = link === "hard" ? { way: link, inode: ino } : { way: link, target: original };
    t.deepEqual([...decodeLinkedFiles(readFileSync(record))], [[0, entry]]);
    folders.put("files/y", files["sub/b.mkv"]);
    await match(torrent, folders, { link });
    t.deepEqual([...decodeLinkedFiles(readFileSync(record)).keys()], [0, 1]);
  }
});

test("E15: a damaged record of links refuses further links, and stays", async (t) => {
  const torrent = torrentV1(files);
  const folders = searchFolders(t);
  folders.put("files/x", files["a.mkv"]);
  const record = folders.put(
    `data/.troupe/${keyOf(parseTorrent(torrent).infoHashes)}.links`,
    content(1, 5),
  );
  await t.throwsAsync(match(torrent, folders, { link: "hard" }), { code: "links-unreadable" });
  t.deepEqual(readFileSync(record), Buffer.from(content(1, 5)));
  t.false(existsSync(join(folders.data, "payload")));
});

test("E15: without a way reflinks are made, or nothing is, and the error asks for a way", async (t) => {
  const folders = searchFolders(t);
  folders.put("files/x", files["sub/b.mkv"]);
  const options = { in: [folders.files], directory: folders.data };
  const end: unknown = await matchData(torrentV1(files), options).catch((error: unknown) => error);
  if (end instanceof Error) {
    t.like(end, { code: "link-needed" });
    t.regex(end.message, /--link: hard, symlink, copy, rename/);
    t.false(existsSync(folders.data));
  } else {
    t.like(end, { files: [{ state: "missing" }, { state: "linked" }, { state: "empty" }] });
  }
});

test("E15: a dry run names what it would link, and makes nothing", async (t) => {
  const folders = searchFolders(t);
  const original = folders.put("files/x", files["a.mkv"]);
  const result = await match(torrentV1(files), folders, { dryRun: true });
  t.like(result.files[0], { state: "found", from: original });
  t.false(existsSync(folders.data));
});

test("E15: links below the folders of a search are not followed, and a loop ends", async (t) => {
  const folders = searchFolders(t);
  folders.put("elsewhere/a", files["a.mkv"]);
  symlinkSync(join(folders.top, "elsewhere"), join(folders.files, "folder"));
  symlinkSync(join(folders.top, "elsewhere/a"), join(folders.files, "file"));
  symlinkSync("..", join(folders.files, "loop"));
  t.like(states(await match(torrentV1(files), folders)), { "a.mkv": "missing" });
});

test("E15: a folder in the place of a torrent's folder that is a link is not used", async (t) => {
  const folders = searchFolders(t);
  folders.put("files/a", files["a.mkv"]);
  mkdirSync(folders.data);
  mkdirSync(join(folders.top, "elsewhere"));
  symlinkSync(join(folders.top, "elsewhere"), join(folders.data, "payload"));
  const result = await match(torrentV1(files), folders);
  t.like(result.files[0], { state: "failed" });
  t.regex(result.files[0]?.reason ?? "", /is no folder/);
  t.deepEqual(readdirSync(join(folders.top, "elsewhere")), []);
});

test("E15: several names of a file count once", async (t) => {
  const folders = searchFolders(t);
  const original = folders.put("files/x", files["a.mkv"]);
  linkSync(original, join(folders.files, "y"));
  const proved: number[] = [];
  await match(torrentV1(files), folders, {
    onProgress: ({ stage, total = 0 }) => {
      if (stage === "proving") proved.push(total);
    },
  });
  t.deepEqual(proved, [long]);
});

test("E15: a torrent that runs in the folder is refused", async (t) => {
  const folders = searchFolders(t);
  folders.put("files/a", files["a.mkv"]);
  const torrent = torrentV1(files);
  const keepers = new LockKeepers(1);
  const key = keyOf(parseTorrent(torrent).infoHashes);
  const lock = jobLock({ key, directory: folders.data, makesFolder: true }, keepers);
  await lock.take();
  await t.throwsAsync(match(torrent, folders), { code: "already-running" });
  await lock.release();
  await keepers.close();
  t.like(states(await match(torrent, folders)), { "a.mkv": "linked" });
});

test("E15: a search that is stopped makes nothing", async (t) => {
  const folders = searchFolders(t);
  folders.put("files/a", files["a.mkv"]);
  const stop = new AbortController();
  const stopped = match(torrentV1(files), folders, {
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await t.throwsAsync(stopped, { name: "AbortError" });
  t.false(existsSync(join(folders.data, "payload")));
});

test("a folder that cannot be read is an error, and so is a search without a folder", async (t) => {
  const folders = searchFolders(t);
  const torrent = torrentV1(files);
  const away = match(torrent, folders, { in: [join(folders.top, "away")] });
  await t.throwsAsync(away, { code: "folder-unreadable", message: /cannot read the folder/ });
  await t.throwsAsync(match(torrent, folders, { in: [] }), { code: "option-out-of-range" });
});

test("E15: a file that changes between the search and the link is not linked", async (t) => {
  const folders = searchFolders(t);
  const original = folders.put("files/a", files["a.mkv"]);
  const result = await match(torrentV1(files), folders, {
    onProgress: ({ stage }) => {
      if (stage === "proving") writeFileSync(original, content("changed", long));
    },
  });
  t.like(result.files[0], { state: "failed" });
  t.regex(result.files[0]?.reason ?? "", /was changed meanwhile/);
  t.is(lstatSync(original).size, long);
  t.false(existsSync(join(folders.data, "payload/a.mkv")));
});

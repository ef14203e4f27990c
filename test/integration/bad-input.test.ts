// Mistakes of users and bad data of strangers, through the real command: it prints the mistake and a code for scripts,
// exits with the right code, and leaves nothing in the data folder.

import { createServer, type AddressInfo } from "node:net";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import {
  encodeTorrent,
  parseTorrent,
  type TorrentFileDescription,
} from "@troupe/protocol/metainfo";
import { Command, runCommand } from "../support/programs/command.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { PacedSeeder } from "../support/swarm/paced-seeder.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";
import { quickDisk } from "../support/files/quick-disk.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/files/temporary-folder.ts";

const here = ["--port", "0", "--bind", "127.0.0.1"];
const alone = ["--no-trackers", ...here];
const pieceLengthBytes = 16_384;

/** A torrent of such files, and all its bytes. */
function torrentOf(
  name: string,
  files: readonly TorrentFileDescription[],
): { readonly metainfo: Uint8Array; readonly payload: Uint8Array } {
  const totalBytes = files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const payload = new Uint8Array(totalBytes).map((_, at) => (at * 31) & 0xff);
  const hashes: Buffer[] = [];
  for (let at = 0; at < totalBytes; at += pieceLengthBytes) {
    hashes.push(
      createHash("sha1")
        .update(payload.subarray(at, at + pieceLengthBytes))
        .digest(),
    );
  }
  const pieceHashes = Buffer.concat(hashes);
  return { metainfo: encodeTorrent({ name, files, pieceLengthBytes, pieceHashes }), payload };
}

const plain = torrentOf("plain", [{ path: ["file"], lengthBytes: 100_000 }]);

/** A folder with `data` for the data, and `job.torrent` with the given content. */
function jobFolder(content: string | Uint8Array): TemporaryFolder {
  const folder = temporaryFolder("bad-input", quickDisk());
  mkdirSync(join(folder.path, "data"));
  writeFileSync(join(folder.path, "job.torrent"), content);
  return folder;
}

/** The sentence is a line of its own, names the command and ends with the code. */
function assertToldOnStderr(t: ExecutionContext, stderr: string, code: string, told: RegExp): void {
  const line = stderr.split("\n").find((text) => text.endsWith(`[${code}]`)) ?? "";
  t.regex(line, /^troupe: /, stderr);
  t.regex(line, told);
  t.notRegex(stderr, /^\s+at .*:\d+:\d+/m, "a user is shown no stack");
}

/** A run that fails before anything is downloaded. */
interface Refusal {
  readonly words: readonly string[];
  readonly status?: number;
  readonly code: string;
  readonly told: RegExp;
  readonly content?: string | Uint8Array;
  readonly where?: readonly string[];
}

const refused = test.macro<[what: string, refusal: Refusal]>({
  title: (_, what, { code }) => `${what} is refused with ${code}`,
  async exec(t, _, { words, status = 1, code, told, content = plain.metainfo, where = here }) {
    using folder = jobFolder(content);
    const before = filesBelow(folder.path);
    const end = await runCommand([...words, "--no-trackers", ...where], folder.path);
    t.is(end.status, status, end.stderr);
    assertToldOnStderr(t, end.stderr, code, told);
    t.is(end.stdout, "");
    t.deepEqual(filesBelow(folder.path), before);
  },
});

const toData = ["job.torrent", "--dir", "data"];
/** A refusal of a kind that the gate tries with another input; packages/coordinator/test/api/job/load-metainfo.test.ts has each. */
function refusedInLongLanes(what: string, refusal: Refusal): void {
  if (isLong) test(refused, what, refusal);
}

test(refused, "a missing file", {
  words: ["elsewhere.torrent", "--dir", "data"],
  code: "torrent-not-found",
  told: /no file elsewhere\.torrent/,
});
refusedInLongLanes("a folder in place of a torrent", {
  words: ["data", "--dir", "data"],
  code: "torrent-unreadable",
  told: /data: it is not a file/,
});
test(refused, "a text file", {
  words: toData,
  content: "hello\n",
  code: "bencode-malformed",
  told: /job\.torrent is not a \.torrent file: cannot read bencode at byte 0/,
});
refusedInLongLanes("an empty file", {
  words: toData,
  content: "",
  code: "bencode-malformed",
  told: /job\.torrent is not a \.torrent file: .* ends/,
});
refusedInLongLanes("a truncated torrent", {
  words: toData,
  content: plain.metainfo.subarray(0, plain.metainfo.length - 9),
  code: "bencode-malformed",
  told: /job\.torrent: .* longer than the input/,
});
refusedInLongLanes("a bencoded file that is no torrent", {
  words: toData,
  content: "d3:agei7ee",
  code: "field-missing",
  told: /job\.torrent is not a \.torrent file: .*info/,
});
test(refused, "a folder below a file", {
  words: ["job.torrent", "--dir", "job.torrent/data"],
  code: "ENOTDIR",
  told: /job\.torrent\/data/,
});
refusedInLongLanes("a file in place of the folder", {
  words: ["job.torrent", "--dir", "job.torrent"],
  code: "ENOTDIR",
  told: /not a folder/,
});
test(refused, "an unknown option", {
  words: [...toData, "--faster"],
  status: 2,
  code: "wrong-usage",
  told: /no option --faster/,
});
refusedInLongLanes("a port that cannot be", {
  words: [...toData, "--port", "65536"],
  where: [],
  status: 2,
  code: "wrong-usage",
  told: /--port .*65536/,
});
test(refused, "an address that is not of this machine", {
  words: toData,
  where: ["--port", "0", "--bind", "192.0.2.1"],
  code: "address-not-available",
  told: /192\.0\.2\.1/,
});

test("a folder that cannot be written to ends the download with the system's code", async (t) => {
  using folder = jobFolder(plain.metainfo);
  await using seeder = await seederOf(plain);
  // A job runs once on a machine: other runs of this test have other folders.
  const place = `/proc/troupe-test-${process.pid}`;
  const words = ["job.torrent", "--dir", place, "--peer", `127.0.0.1:${seeder.port}`];
  const end = await runCommand([...words, ...alone], folder.path);
  t.is(end.status, 1, end.stderr);
  assertToldOnStderr(t, end.stderr, "ENOENT", /\/proc\/troupe-test/);
});

for (const peerWorkers of isLong ? ["1", "3"] : ["3"]) {
  test(`a port in use is refused with port-in-use, ${peerWorkers} peer-worker(s)`, async (t) => {
    using folder = jobFolder(plain.metainfo);
    const other = createServer();
    t.teardown(() => other.close());
    await new Promise<void>((resolve) => other.listen({ host: "127.0.0.1", port: 0 }, resolve));
    const { port } = other.address() as AddressInfo;
    const where = ["--no-trackers", "--bind", "127.0.0.1", "--peer-workers", peerWorkers];
    const end = await runCommand([...toData, ...where, "--port", `${port}`], folder.path);
    t.is(end.status, 1);
    assertToldOnStderr(t, end.stderr, "port-in-use", new RegExp(`${port}`));

    using second = new Command([...toData, ...where, "--port", `${port},0`, "--json"], folder.path);
    t.not((await second.event("listening"))["port"], port);
    second.signal("SIGINT");
    await endsStopped(t, second);
    t.deepEqual(madeIn(folder), []);
  });
}

/** Names in the data folder. A disk that takes two seconds to release a lock keeps the folder of that. */
function madeIn({ path }: { readonly path: string }): readonly string[] {
  return readdirSync(join(path, "data")).filter((name) => name !== ".troupe");
}

async function endsStopped(t: ExecutionContext, command: Command): Promise<void> {
  const { status, stderr } = await command.ended;
  t.is(status, 130, stderr);
}

test("an unreachable tracker is reported, and tried again", async (t) => {
  using folder = jobFolder(plain.metainfo);
  const url = "http://127.0.0.1:1/announce";
  const where = ["--tracker", url, "--port", "0", "--bind", "127.0.0.1"];
  using command = new Command([...toData, ...where, "--json"], folder.path);
  await command.until("a second try", () => command.count("tracker") >= 2);
  for (const line of command.lines.filter(({ event }) => event === "tracker")) {
    t.like(line, { url, ok: false });
    t.regex(String(line["error"]), /connection refused/);
  }
  command.signal("SIGINT");
  await endsStopped(t, command);

  t.deepEqual(madeIn(folder), []);
  // packages/cli/test/commands/transfer.test.ts has the words for people.
  if (!isLong) return;
  using shown = new Command([...toData, ...where], folder.path);
  await shown.until("a word about it", () => shown.stderr.includes("tracker 127.0.0.1:1"));
  shown.signal("SIGINT");
  await endsStopped(t, shown);
  t.deepEqual(madeIn(folder), []);
});

test("paths that lead out of the folder stay inside it", async (t) => {
  const paths: string[][] = [
    ["..", "..", "up"],
    ["/etc", "absolute"],
    ["a/../../b", "slash"],
    ["back\\..\\..\\slash"],
    ["nul\0byte"],
    ["C:", "drive"],
    [".", "dot"],
    ["..\u{202e}txt.exe"],
    ["CON"],
  ];
  const files = paths.map((path) => ({ path, lengthBytes: 5_000 }));
  const tricky = torrentOf("../../tricky", files);
  using folder = jobFolder(tricky.metainfo);
  await using seeder = await seederOf(tricky);
  const words = [...toData, "--peer", `127.0.0.1:${seeder.port}`, "--json"];
  const end = await runCommand([...words, ...alone], folder.path);
  t.is(end.status, 0, end.stderr);
  const found = filesBelow(folder.path).filter((path) => path !== "job.torrent");
  t.is(found.length, files.length);
  for (const path of found) {
    t.regex(path, /^data\/[^/]/);
    t.notRegex(path, /[\\\0\u{202e}]|(^|\/)\.\.?(\/|$)/u);
  }
  const bytes = found.map((path) => readFileSync(join(folder.path, path)));
  t.deepEqual(
    bytes.map((part) => part.toString("hex")).toSorted(),
    files.map((_, at) => hexOf(tricky.payload.subarray(at * 5_000, (at + 1) * 5_000))).toSorted(),
  );
});

// packages/file-worker/test/real-disk.test.ts has the file-worker's refusal, and the next one's.
longTest("a path that steps through a link of the folder is not followed out of it", async (t) => {
  using folder = jobFolder(plain.metainfo);
  using outside = temporaryFolder("bad-input-outside");
  symlinkSync(outside.path, join(folder.path, "data", "plain"));
  await using seeder = await seederOf(plain);
  const words = [...toData, "--peer", `127.0.0.1:${seeder.port}`];
  const end = await runCommand([...words, ...alone], folder.path);
  t.is(end.status, 1);
  assertToldOnStderr(t, end.stderr, "path-outside-root", /data\/plain/);
  t.deepEqual(filesBelow(outside.path), []);
});

longTest("a file that is longer than in the torrent stays unchanged", async (t) => {
  using folder = jobFolder(plain.metainfo);
  const path = join(folder.path, "data", "plain", "file");
  mkdirSync(join(folder.path, "data", "plain"));
  writeFileSync(path, "x".repeat(100_001));
  const end = await runCommand([...toData, ...alone], folder.path);
  t.is(end.status, 1);
  assertToldOnStderr(t, end.stderr, "file-too-long", /100001 bytes.*100000/);
  t.is(readFileSync(path, "utf8"), "x".repeat(100_001));
});

async function seederOf(torrent: {
  readonly metainfo: Uint8Array;
  readonly payload: Uint8Array;
}): Promise<PacedSeeder> {
  const { infoHash } = parseTorrent(torrent.metainfo);
  const { payload } = torrent;
  return await PacedSeeder.open({ infoHash, payload, pieceLengthBytes, bytesPerSecond: Infinity });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

import { createHash } from "node:crypto";
import test, { type ExecutionContext } from "ava";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "@troupe/protocol/bencode";
import { parseTorrent, withPieceLayers } from "@troupe/protocol/metainfo";
import { runTroupe } from "../../src/main.ts";
import { FakeEngine, FakeTorrent } from "../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../support/fake-environment.ts";
import { torrentBytes, type TorrentSketch } from "../support/torrents.ts";

async function info(
  sketch: TorrentSketch,
  words: readonly string[] = [],
  terminalColumns?: number,
): Promise<FakeEnvironment> {
  const engine = new FakeEngine();
  engine.sources.set("job.torrent", torrentBytes(sketch));
  const environment = new FakeEnvironment(engine);
  if (terminalColumns !== undefined) {
    Object.assign(environment.stdout, { isTTY: true, columns: terminalColumns });
  }
  await runTroupe(["info", "job.torrent", ...words], environment);
  return environment;
}

test("a table lists the contents of a torrent", async (t) => {
  const { stdout } = await info({
    files: { "readme.txt": 1000, "film/one.bin": 3 * 1024 ** 2 },
    trackers: [["http://a/announce", "http://b/announce"], ["http://c/announce"]],
    isPrivate: true,
    comment: "for you",
  });
  t.is(
    stdout.text,
    `name       job
info-hash  ${/[0-9a-f]{40}/.exec(stdout.text)?.[0]}
size       3.00 MiB (3,146,728 bytes)
pieces     193 pieces of 16.0 KiB
private    yes: peers come from its trackers only
tracker 1  http://a/announce
tracker 1  http://b/announce
tracker 2  http://c/announce
comment    for you
magnet     magnet:?xt=urn:btih:${/[0-9a-f]{40}/.exec(stdout.text)?.[0]}&dn=job${["a", "b", "c"]
      .map((host) => `&tr=http%3A%2F%2F${host}%2Fannounce`)
      .join("")}

2 files
#      size  pieces  path
1    1000 B  0       job/readme.txt
2  3.00 MiB  0-192   job/film/one.bin
`,
  );
});

test("the size of a torrent leaves its padding out", async (t) => {
  const sketch = { files: { a: 20_000, ".pad/1": 12_768, b: 5 }, padding: [".pad/1"] };
  t.regex((await info(sketch)).stdout.text, /^size +19\.5 KiB \(20,005 bytes\)$/m);
  const [line] = (await info(sketch, ["--json"])).stdout.events;
  t.is(line?.["lengthBytes"], 20_005);
});

test("info lists the web seeds, and the magnet link names them", async (t) => {
  const sketch = { files: { a: 1 }, webSeeds: ["http://a/d/", "https://b/"] };
  const { stdout } = await info(sketch);
  t.regex(stdout.text, /^web seed +http:\/\/a\/d\/\nweb seed +https:\/\/b\/$/m);
  t.regex(stdout.text, /&ws=http%3A%2F%2Fa%2Fd%2F&ws=https%3A%2F%2Fb%2F$/m);
  const [line] = (await info(sketch, ["--json"])).stdout.events;
  t.like(line, { webSeeds: sketch.webSeeds });
});

test("info lists the DHT nodes", async (t) => {
  const nodes = [
    { host: "router.example", port: 6_881 },
    { host: "2001:db8::1", port: 1 },
  ];
  const { stdout } = await info({ files: { a: 1 }, nodes });
  t.regex(stdout.text, /^DHT node +router\.example:6881\nDHT node +\[2001:db8::1\]:1$/m);
  const [line] = (await info({ files: { a: 1 }, nodes }, ["--json"])).stdout.events;
  t.like(line, { nodes: ["router.example:6881", "[2001:db8::1]:1"] });
});

test("info of a torrent with pieces larger than the memory names the memory of a download", async (t) => {
  const large = await info({ files: { a: 1 }, pieceLengthBytes: 128 * 1024 ** 2 });
  t.regex(large.stdout.text, /^memory +a download needs 128 MiB beyond --memory/m);
  t.notRegex((await info({ files: { a: 1 } })).stdout.text, /^memory/m);
});

/** A torrent of one byte. */
async function infoOfByte(isHybrid: boolean, words: readonly string[] = []) {
  const [byte, digest] = [
    Uint8Array.of(7),
    (name: string) => createHash(name).update(byte).digest(),
  ];
  const info = encode({
    "file tree": { a: { "": { length: 1, "pieces root": digest("sha256") } } },
    ...(isHybrid && { length: 1, pieces: digest("sha1") }),
    ...{ "meta version": 2, name: "a", "piece length": 16_384 },
  });
  const engine = new FakeEngine();
  const source = Buffer.concat([Buffer.from("d4:info"), info, Buffer.from("e")]);
  engine.sources.set("job.torrent", new Uint8Array(source));
  const { stdout } = await shown(engine, words);
  const hash = (name: string) => createHash(name).update(info).digest("hex");
  return { stdout, v1: hash("sha1"), v2: hash("sha256") };
}

async function shown(engine: FakeEngine, words: readonly string[]): Promise<FakeEnvironment> {
  const environment = new FakeEnvironment(engine);
  await runTroupe(["info", "job.torrent", ...words], environment);
  return environment;
}

test("AE11: info shows the hashes of both versions, and the link names them", async (t) => {
  const hybrid = await infoOfByte(true);
  const { v1, v2 } = hybrid;
  t.regex(hybrid.stdout.text, new RegExp(`^info-hash +${v1}\ninfo-hash v2 +${v2}$`, "m"));
  t.regex(
    hybrid.stdout.text,
    new RegExp(`^magnet +magnet:\\?xt=urn:btih:${v1}&xt=urn:btmh:1220${v2}&`, "m"),
  );
  const alone = await infoOfByte(false);
  t.regex(alone.stdout.text, new RegExp(`^info-hash v2 +${alone.v2}$`, "m"));
  t.notRegex(alone.stdout.text, /btih|^info-hash  +/m);
  const lines = [await infoOfByte(true, ["--json"]), await infoOfByte(false, ["--json"])];
  t.like(lines[0]?.stdout.events[0], { infoHash: v1, infoHashV1: v1, infoHashV2: v2 });
  const [line] = lines[1]?.stdout.events ?? [];
  t.like(line, { infoHash: alone.v2.slice(0, 40), infoHashV2: alone.v2 });
  t.false("infoHashV1" in (line ?? {}));
});

test("info of a torrent without trackers says so", async (t) => {
  const { stdout } = await info({ files: { a: 1 } });
  t.regex(stdout.text, /^trackers +none$/m);
});

test("the first of many files are named, the others counted", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 1234 }, (_, at) => [`f${at}`, 1]));
  const lines = (await info({ files })).stdout.text.trimEnd().split("\n");
  t.is(lines.at(-1), "… and 1,184 more files");
  t.is(lines.filter((line) => line.includes("job/f")).length, 50);
});

test("--json is one object with everything in it", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, 1]));
  const [line, ...more] = (await info({ files, trackers: [["http://a/announce"]] }, ["--json"]))
    .stdout.events;
  t.deepEqual(more, []);
  t.like(line, {
    event: "info",
    name: "job",
    lengthBytes: 60,
    pieces: 1,
    pieceLengthBytes: 16_384,
    trackers: [["http://a/announce"]],
    isPrivate: false,
  });
  t.regex(
    String(line?.["magnet"]),
    /^magnet:\?xt=urn:btih:[0-9a-f]{40}&dn=job&tr=http%3A%2F%2Fa%2Fannounce$/,
  );
  const { files: named } = line as { readonly files: readonly unknown[] };
  t.is(named.length, 60);
});

test("in a pipe long lines are not cut", async (t) => {
  const { stdout } = await info({ files: { ["long".repeat(30)]: 1 } });
  t.true(stdout.text.includes(`job/${"long".repeat(30)}\n`));
});

test("on a terminal long text continues below its column", async (t) => {
  const { stdout } = await info({ files: { ["long".repeat(20)]: 1 } }, [], 50);
  const lines = stdout.text.split("\n");
  for (const line of lines) t.true(line.length <= 50, line);
  t.deepEqual(lines.slice(-4), [
    "1   1 B  0       job/longlonglonglonglonglonglongl",
    "                 onglonglonglonglonglonglonglonglo",
    "                 nglonglonglonglong",
    "",
  ]);
});

test("no text of a torrent can control the terminal", async (t) => {
  const { stdout } = await info({ files: { a: 1 }, comment: "x\u001b[2J\u202ey\nz" });
  t.regex(stdout.text, /^comment +x\[2Jy z$/m);
});

test("--save writes the .torrent into a new file, and changes no file that exists", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  const path = join(folder, "copy.torrent");
  const sketch = { files: { a: 1 } };
  t.regex((await info(sketch, ["--save", path])).stdout.text, /^name +job$/m);
  t.deepEqual(new Uint8Array(await readFile(path)), torrentBytes(sketch));

  const again = await info({ files: { b: 1 } }, ["--save", path, "--json"]);
  t.like(again.stdout.events[0], { event: "error", code: "torrent-not-saved" });
  t.regex(again.stderr.text, /copy\.torrent: the file exists \[torrent-not-saved\]\n +Give --save/);
  t.deepEqual(new Uint8Array(await readFile(path)), torrentBytes(sketch));

  const nowhere = await info(sketch, ["--save", join(folder, "none", "a.torrent")]);
  t.regex(nowhere.stderr.text, /a\.torrent: no such file or directory \[torrent-not-saved\]/);
  await rm(folder, { recursive: true });
});

test("an unreadable source is reported as text and as JSON", async (t) => {
  const environment = new FakeEnvironment(new FakeEngine());
  t.is(await runTroupe(["info", "gone.torrent", "--json"], environment), 1);
  t.like(environment.stdout.events[0], { event: "error", code: "torrent-not-found" });
  t.regex(environment.stderr.text, /there is no file gone\.torrent/);
});

const link = `magnet:?xt=urn:btih:${"ab".repeat(20)}`;

/** Shows a magnet whose metadata comes as soon as it is added, unless it does not. */
async function magnetInfo(t: ExecutionContext, line: string, act: (torrent: FakeTorrent) => void) {
  const torrent = new FakeTorrent();
  torrent.hasMetadata = false;
  const engine = new FakeEngine(torrent);
  const environment = new FakeEnvironment(engine);
  const exitCode = runTroupe(["info", link, ...line.split(" ").filter(Boolean)], environment);
  await settle();
  act(torrent);
  const code = await exitCode;
  t.is(environment.timers, 0);
  t.true(engine.coordinators[0]?.isClosed);
  return { code, environment, coordinator: engine.coordinators[0] };
}

test("the metadata of a magnet is fetched, and nothing else of it", async (t) => {
  const options =
    "--peer 192.0.2.7:6881 --tracker http://t/announce --no-trackers --announce all --port 7000";
  const { code, environment, coordinator } = await magnetInfo(t, options, (torrent) =>
    torrent.becomeKnown(torrentBytes({ files: { "a.txt": 1000 } })),
  );
  t.is(code, 0);
  t.regex(environment.stdout.text, /^name +job\n/);
  t.regex(environment.stdout.text, /a\.txt\n$/);
  t.deepEqual(coordinator?.sources, [link]);
  t.like(coordinator?.added[0], {
    metadataOnly: true,
    peers: [{ host: "192.0.2.7", port: 6881 }],
    trackers: ["http://t/announce"],
    useTrackers: false,
    announce: "all",
  });
  t.like(coordinator?.started, { port: [7000], stateDirectory: undefined });
});

test("AE1: --save of a magnet names hash layers that peers did not send, and writes the .torrent without them", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  const { whole, bare } = layeredTorrent();
  const saved = async (name: string, bytes: Uint8Array, words = "") => {
    const path = join(folder, name);
    const act = (torrent: FakeTorrent): void => torrent.becomeKnown(bytes);
    const { code, coordinator, environment } = await magnetInfo(t, `--save ${path}${words}`, act);
    t.is(code, 0);
    t.like(coordinator?.added[0], { metadataOnly: true, layersWithinSeconds: 30 });
    t.deepEqual(new Uint8Array(await readFile(path)), bytes);
    return environment;
  };
  const without = await saved("bare.torrent", bare);
  t.regex(without.stderr.text, /did not send all of them within 30 s; .* \[layers-not-fetched\]/);
  const script = await saved("script.torrent", bare, " --json");
  t.deepEqual(
    script.stdout.events.map(({ event, code }) => code ?? event),
    ["layers-not-fetched", "info"],
  );
  t.notRegex((await saved("whole.torrent", whole)).stderr.text, /layers/);
  const { coordinator } = await magnetInfo(t, "", (torrent) => torrent.becomeKnown(bare));
  t.false("layersWithinSeconds" in (coordinator?.added[0] ?? {}));
  await rm(folder, { recursive: true });
});

/** A torrent of version 2 of one file of two pieces. */
function layeredTorrent() {
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const layer = Buffer.concat([1, 2].map((byte) => sha256(new Uint8Array(16_384).fill(byte))));
  const root = sha256(layer);
  const info = encode({
    "file tree": { a: { "": { length: 32_768, "pieces root": root } } },
    ...{ "meta version": 2, name: "a", "piece length": 16_384 },
  });
  const bare = Buffer.concat([Buffer.from("d4:info"), info, Buffer.from("e")]);
  const metainfo = parseTorrent(bare);
  metainfo.pieceHashes.bytes.set(layer);
  return { bare: new Uint8Array(bare), whole: withPieceLayers(bare, metainfo) };
}

test("for scripts the content of a magnet is the only line", async (t) => {
  const { environment } = await magnetInfo(t, "--json", (torrent) =>
    torrent.becomeKnown(torrentBytes({ files: { a: 1000 } })),
  );
  t.deepEqual(
    environment.stdout.events.map(({ event }) => event),
    ["info"],
  );
});

test("Ctrl-C and an error end the wait for metadata", async (t) => {
  const failed = await magnetInfo(t, "", (torrent) =>
    torrent.fail("metadata-wrong", "it is broken"),
  );
  t.is(failed.code, 1);
  t.regex(failed.environment.stderr.text, /it is broken \[metadata-wrong\]/);
  const torrent = new FakeTorrent();
  torrent.hasMetadata = false;
  const environment = new FakeEnvironment(new FakeEngine(torrent));
  const exitCode = runTroupe(["info", link], environment);
  await settle();
  environment.askToStop();
  t.is(await exitCode, 130);
  t.is(environment.stdout.text, "");
});

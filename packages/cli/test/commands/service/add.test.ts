import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { CommandError } from "../../../src/failure.ts";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { rowOf } from "../../support/fake-service.ts";
import { call, serviceScene } from "../../support/service-calls.ts";
import { torrentBytes } from "../../support/torrents.ts";

const hash = "a".repeat(40);

/** A service that adds every source as this torrent. */
function scene() {
  const made = serviceScene([rowOf("a", 7)]);
  made.service.answers.set("add", hash);
  return made;
}

test("a .torrent is sent as base64, and the new torrent is named with its number", async (t) => {
  using folder = temporaryFolder("service-add");
  const bytes = torrentBytes({ files: { "a.bin": 20_000 } });
  const path = join(folder.path, "a.torrent");
  writeFileSync(path, bytes);
  const { service, environment } = scene();
  const { code, out } = await call(environment, "add", path);
  t.is(code, 0);
  t.deepEqual(service.calls, [
    ["add", { metainfo: Buffer.from(bytes).toString("base64") }],
    ["status", { torrent: hash }],
  ]);
  t.is(out, "film 7: added as number 7\n");
});

test("links and hashes are sent as they are; a hash in base32 becomes one in hex", async (t) => {
  const { service, environment } = scene();
  const magnet = `magnet:?xt=urn:btih:${hash}&tr=http%3A%2F%2Ft`;
  const base32 = "VKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVK";
  await call(
    environment,
    "add",
    magnet,
    "https://example.org/a.torrent",
    hash.toUpperCase(),
    base32,
  );
  t.deepEqual(
    service.calls.filter(([name]) => name === "add").map(([, given]) => given),
    [
      { source: magnet },
      { source: "https://example.org/a.torrent" },
      { source: hash },
      { source: "aa".repeat(20) },
    ],
  );
});

test("stdin is a .torrent, or a list of sources", async (t) => {
  const { service, environment } = scene();
  environment.stdin = `# mine\n${hash}\nhttp://h/a\n`;
  await call(environment, "add", "-");
  environment.stdin = Buffer.from(torrentBytes({ files: { a: 1 } })).toString("latin1");
  await call(environment, "add", "-");
  const given = service.calls
    .filter(([name]) => name === "add")
    .map(([, each]) => Object.keys(each));
  t.deepEqual(given, [["source"], ["source"], ["metainfo"]]);
});

test("settings, folder and state are sent; a path of this machine begins in the current folder", async (t) => {
  const { service, environment } = scene();
  const words = [
    "--label",
    "new",
    "--seed-time",
    "1h",
    "--move-to",
    "done",
    "--dir",
    "data",
    "--stopped",
  ];
  await call(environment, "add", hash, ...words);
  await call(environment, "add", hash, ...words, "--url", "http://h");
  const others = { labels: ["new"], goals: { seedSeconds: 3_600 }, source: hash, state: "stopped" };
  t.deepEqual(
    service.calls.filter(([name]) => name === "add").map(([, given]) => given),
    [
      { ...others, directory: "/here/data", moveTo: "/here/done" },
      { ...others, directory: "data", moveTo: "done" },
    ],
  );
});

test("--json prints a line for each torrent that was added", async (t) => {
  const { environment } = scene();
  const { events } = await call(environment, "add", hash, "--json");
  t.deepEqual(events, [
    { event: "added", infoHash: hash, number: 7, name: "film 7", source: hash },
  ]);
});

test("a torrent that is there already is a warning", async (t) => {
  const { service, environment } = scene();
  service.answers.set("add", new CommandError("torrent-exists", "it is there"));
  const { code, events } = await call(environment, "add", hash, "--json");
  t.is(code, 0);
  t.deepEqual(events, [
    {
      event: "warning",
      infoHash: null,
      code: "torrent-exists",
      message: "it is there",
      source: hash,
    },
  ]);
});

test("a source that cannot be read does not stop the others", async (t) => {
  using folder = temporaryFolder("service-add");
  mkdirSync(join(folder.path, "folder"));
  symlinkSync("itself", join(folder.path, "itself"));
  writeFileSync(join(folder.path, "large"), Buffer.alloc(32 * 1_024 ** 2 + 1));
  const { service, environment } = scene();
  const paths = ["none", "folder", "itself", "large"].map((name) => join(folder.path, name));
  const { code, events } = await call(
    environment,
    "add",
    ...paths,
    "magnet:?xt=urn:btih:x",
    hash,
    "--json",
  );
  t.is(code, 1);
  const codes = [
    "torrent-not-found",
    "torrent-unreadable",
    "torrent-unreadable",
    "torrent-too-large",
  ];
  t.deepEqual(
    events.map(({ event, code: found }) => found ?? event),
    [...codes, "info-hash-malformed", "added"],
  );
  t.deepEqual(
    events.slice(0, 4).map(({ source }) => source),
    paths,
  );
  t.is(service.calls.length, 2);
});

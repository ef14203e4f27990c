import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodePorts } from "@troupe/actor-runtime";
import { patternContent, patternTorrent } from "@troupe/load-peers";
import { parseTorrent } from "@troupe/protocol/metainfo";
import test, { type ExecutionContext } from "ava";
import type { ReadyTorrent } from "../../src/generator/generator.messages.ts";
import { putContent, type KnownTorrent } from "../../src/targets/payload.ts";

const sizes = { lengthBytes: 1_000_000, pieceLengthBytes: 262_144 };
const metainfoBytes = patternTorrent({ ...sizes, name: "payload" });
const target = { name: "client", program: "aria2" };

function torrentWith(content: ReadyTorrent["content"]): KnownTorrent {
  const ready = { name: "torrent", metainfo: metainfoBytes, content };
  return { ready, metainfo: parseTorrent(metainfoBytes) };
}

function folderOf(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "troupe-test-payload-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a pattern is written into the folder of a client", async (t) => {
  const folder = folderOf(t);
  await putContent(nodePorts(), target, torrentWith({ kind: "pattern" }), folder);
  const bytes = readFileSync(join(folder, "payload"));
  t.is(bytes.length, sizes.lengthBytes);
  const content = patternContent(sizes);
  t.is(Buffer.compare(bytes.subarray(262_144, 270_000), content.read(262_144, 7_856)), 0);
});

test("content of the user is copied, and stays as it is when the copy changes", async (t) => {
  const [own, folder] = [folderOf(t), folderOf(t)];
  mkdirSync(join(own, "payload"));
  writeFileSync(join(own, "payload", "file"), "original");
  await putContent(nodePorts(), target, torrentWith({ kind: "folder", path: own }), folder);
  writeFileSync(join(folder, "payload", "file"), "changed");
  t.is(readFileSync(join(own, "payload", "file"), "latin1"), "original");
});

test("a link in the content of the user is copied as the file that it names", async (t) => {
  const [own, folder] = [folderOf(t), folderOf(t)];
  mkdirSync(join(own, "payload"));
  writeFileSync(join(own, "original"), "original");
  symlinkSync(join(own, "original"), join(own, "payload", "file"));
  await putContent(nodePorts(), target, torrentWith({ kind: "folder", path: own }), folder);
  writeFileSync(join(folder, "payload", "file"), "changed");
  t.is(readFileSync(join(own, "original"), "latin1"), "original");
});

test("content that no folder has is an error with a sentence", async (t) => {
  const put = putContent(nodePorts(), target, torrentWith({ kind: "unknown" }), folderOf(t));
  await t.throwsAsync(put, { code: "target-failed", message: /its `data` names no folder/ });
});

test("a folder with too little space gets nothing", async (t) => {
  const folder = folderOf(t);
  const ports = nodePorts();
  // The content would fit, but not with the space that stays free.
  const disk = new Proxy(ports.disk, {
    get: (own, key) =>
      key === "freeBytes" ? () => 50_000_000 : (Reflect.get(own, key) as unknown),
  });
  const put = putContent({ ...ports, disk }, target, torrentWith({ kind: "pattern" }), folder);
  await t.throwsAsync(put, { code: "too-little-space", message: /50000000 bytes are free/ });
});

import test from "ava";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { sha1 } from "@troupe/protocol/bytes";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import {
  openFolderContent,
  openPeerTorrent,
  patternContent,
  patternTorrent,
  writePattern,
} from "../../src/index.ts";

const pattern = { lengthBytes: 500_001, pieceLengthBytes: 65_536, name: "pattern.bin" };

function world() {
  const simulated = new SimulatedWorld({ seed: 1 });
  const machine = simulated.machine({ addresses: ["10.0.0.1"] });
  return { simulated, ports: machine.ports("test") };
}

test("writePattern writes the bytes of the torrent, and no existing file", async (t) => {
  const { simulated, ports } = world();
  await simulated.settle(writePattern(ports, pattern, "/data"));
  const written = ports.disk.readFile("/data/pattern.bin");
  t.is(written.length, pattern.lengthBytes);
  const content = patternContent(pattern);
  for (let at = 0; at < written.length; at += 65_536)
    t.true(content.equals(at, written, at, Math.min(written.length, at + 65_536)));
  await t.throwsAsync(simulated.settle(writePattern(ports, pattern, "/data")), { code: "EEXIST" });
});

test("writePattern ends when its signal aborts", async (t) => {
  const { simulated, ports } = world();
  const abort = new AbortController();
  const large = { ...pattern, lengthBytes: 60_000_000 };
  ports.timers.after(0, () => abort.abort());
  await t.throwsAsync(simulated.settle(writePattern(ports, large, "/data", abort.signal)), {
    name: "AbortError",
  });
});

test("a folder is read over the borders of its files, and padding is zeros", (t) => {
  const { ports } = world();
  const parts = [Buffer.alloc(100, 1), Buffer.alloc(28), Buffer.alloc(300, 2), Buffer.alloc(0)];
  const bytes = Buffer.concat(parts);
  const pieceHashes = Buffer.concat(
    [0, 128, 256, 384].map((at) => sha1(bytes.subarray(at, at + 128))),
  );
  const metainfo = parseTorrent(
    encodeTorrent({
      name: "folder",
      pieceLengthBytes: 128,
      pieceHashes,
      files: [
        { path: ["a"], lengthBytes: 100 },
        { path: [".pad", "28"], lengthBytes: 28, isPadding: true },
        { path: ["sub", "b"], lengthBytes: 300 },
      ],
    }),
  );
  const [first, , second] = metainfo.files.map(({ path }) => `/data/${path.join("/")}`);
  ports.disk.makeFolder("/data/folder/sub");
  ports.disk.writeFileAtomically(first ?? "", bytes.subarray(0, 100));
  ports.disk.writeFileAtomically(second ?? "", bytes.subarray(128));
  const content = openFolderContent(ports.disk, metainfo, "/data");
  const read = new Uint8Array(bytes.length + 2).fill(9);
  content.copyTo(0, bytes.length, read, 1);
  t.is(Buffer.compare(read.subarray(1, 1 + bytes.length), bytes), 0);
  t.deepEqual([read[0], read.at(-1)], [9, 9]);
  t.true(content.equals(90, bytes, 90, 140));
  t.false(content.equals(91, bytes, 90, 140));
  content.close();
});

test("a folder without a file of its torrent is refused, and the open files are closed", (t) => {
  const { ports } = world();
  const bytes = patternTorrent(pattern);
  t.throws(() => openPeerTorrent(ports.disk, bytes, { kind: "folder", path: "/none" }), {
    code: "ENOENT",
  });
});

test("a torrent of other content is refused as a pattern", (t) => {
  const { ports } = world();
  const other = encodeTorrent({
    name: "other",
    pieceLengthBytes: 65_536,
    lengthBytes: 65_536,
    pieceHashes: new Uint8Array(20),
  });
  t.throws(() => openPeerTorrent(ports.disk, other, { kind: "pattern" }), {
    message: /cannot use other as a pattern/,
  });
  t.is(openPeerTorrent(ports.disk, other, { kind: "unknown" }).content, undefined);
});

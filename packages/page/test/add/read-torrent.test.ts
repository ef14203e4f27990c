import test from "ava";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import { fromBase64, toBase64 } from "../../src/api/base64.ts";
import { prioritiesOf, readTorrent } from "../../src/add/read-torrent.ts";

const bytes = encodeTorrent({
  name: "folder",
  pieceLengthBytes: 16_384,
  pieceHashes: new Uint8Array(40),
  files: [
    { path: ["a"], lengthBytes: 10_000 },
    { path: [".pad", "6384"], lengthBytes: 6_384, isPadding: true },
    { path: ["sub", "b"], lengthBytes: 5 },
  ],
});

function read() {
  const torrent = readTorrent(bytes);
  if (typeof torrent === "string") throw new Error(torrent);
  return torrent;
}

test("G12 files are shown without padding, and keep their index", (t) => {
  const { files, name } = read();
  t.is(name, "folder");
  t.deepEqual(files, [
    { index: 0, path: "a", lengthBytes: 10_000 },
    { index: 2, path: "sub/b", lengthBytes: 5 },
  ]);
});

test("G12 a priority for each file of the torrent, padding too; none where all files are chosen", (t) => {
  t.deepEqual(prioritiesOf(read(), new Set([0])), [0, 1, 1]);
  t.is(prioritiesOf(read(), new Set()), undefined);
});

test("G12 what is no .torrent gives a sentence", (t) => {
  const sentence = readTorrent(Buffer.from("no torrent"));
  t.true(typeof sentence === "string" && sentence.startsWith("cannot "));
});

test("G12 bytes in base64 are those of Node", (t) => {
  const long = Uint8Array.from({ length: 100_000 }, (_, index) => index);
  t.is(toBase64(long), Buffer.from(long).toString("base64"));
  t.deepEqual(Buffer.compare(fromBase64(toBase64(long)), long), 0);
});

import test from "ava";
import { encodeTorrent, parseTorrent } from "../../src/index.ts";
import { textOf } from "../support/bytes.ts";
import { refuses } from "../support/refusals.ts";

const pieceHashes = new Uint8Array(20).fill(0x61);
const own = { name: "a.txt", lengthBytes: 5, pieceLengthBytes: 16_384, pieceHashes };

test("a torrent of one file is encoded in the shortest form", (t) => {
  t.is(
    textOf(encodeTorrent(own)),
    "d4:infod6:lengthi5e4:name5:a.txt12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee",
  );
});

test("one tracker is written as announce, several as announce-list too", (t) => {
  const url = (name: string) => `http://${name}.example/`;
  const one = textOf(encodeTorrent({ ...own, trackers: [[], [url("a")]] }));
  t.true(one.startsWith("d8:announce17:http://a.example/4:info"));
  const several = textOf(encodeTorrent({ ...own, trackers: [[url("a")], [url("b")]] }));
  t.true(several.includes("13:announce-listll17:http://a.example/el17:http://b.example/ee"));
});

test("only a private torrent has the flag", (t) => {
  t.true(parseTorrent(encodeTorrent({ ...own, isPrivate: true })).isPrivate);
  t.false(textOf(encodeTorrent({ ...own, isPrivate: false })).includes("private"));
});

test("a torrent that parseTorrent would refuse is not encoded", (t) => {
  refuses(t, "field-invalid", () => encodeTorrent({ ...own, lengthBytes: 20_000 }));
  refuses(t, "field-invalid", () =>
    encodeTorrent({ ...own, lengthBytes: 0, pieceHashes: new Uint8Array(0) }),
  );
  refuses(t, "field-invalid", () => encodeTorrent({ ...own, pieceLengthBytes: 3 }));
  refuses(t, "bencode-not-encodable", () => encodeTorrent({ ...own, name: "\ud800" }));
});

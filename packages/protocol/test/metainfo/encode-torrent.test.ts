import test from "ava";
import { sha1 } from "../../src/bytes/index.ts";
import { encodeTorrent, parseTorrent, wrapInfo } from "../../src/metainfo/index.ts";
import { infoHashFromBytes } from "../../src/units.ts";
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

test("padding files have their attribute, other files have none", (t) => {
  const { lengthBytes: _, ...folder } = own;
  const files = [
    { path: ["a"], lengthBytes: 3, isPadding: false },
    { path: [".pad", "2"], lengthBytes: 2, isPadding: true },
  ];
  const bytes = encodeTorrent({ ...folder, files });
  t.true(
    textOf(bytes).includes(
      "5:filesld6:lengthi3e4:pathl1:aeed4:attr1:p6:lengthi2e4:pathl4:.pad1:2eee",
    ),
  );
  t.deepEqual(
    parseTorrent(bytes).files.map(({ isPadding }) => isPadding),
    [false, true],
  );
});

test("a torrent that parseTorrent would refuse is not encoded", (t) => {
  refuses(t, "field-invalid", () => encodeTorrent({ ...own, lengthBytes: 20_000 }));
  refuses(t, "field-invalid", () =>
    encodeTorrent({ ...own, lengthBytes: 0, pieceHashes: new Uint8Array(0) }),
  );
  refuses(t, "field-invalid", () => encodeTorrent({ ...own, pieceLengthBytes: 3 }));
  refuses(t, "bencode-not-encodable", () => encodeTorrent({ ...own, name: "\ud800" }));
});

test("a dictionary is wrapped byte for byte, with its trackers and web seeds in the order of keys", (t) => {
  const { infoSpan } = parseTorrent(encodeTorrent(own));
  const dictionary = encodeTorrent(own).slice(infoSpan.start, infoSpan.end);
  // Keys out of order: another encoder would change the info-hash.
  const info = Buffer.concat([Buffer.from("d1:zi1e"), dictionary.subarray(1)]);
  const trackers = [["http://a.example/"], ["udp://b.example:80/"]];
  const webSeeds = ["http://seed.example/"];
  const wrapped = wrapInfo({ info, trackers, webSeeds });
  const parsed = parseTorrent(wrapped, { source: "network" });
  t.is(parsed.infoHash, infoHashFromBytes(sha1(info)));
  t.deepEqual(parsed.trackers, trackers);
  t.true(textOf(wrapped).endsWith("8:url-listl20:http://seed.example/ee"));
  t.deepEqual(parsed.warnings, ["the torrent's dictionary keys are not in order"]);
});

test("a dictionary alone makes a .torrent", (t) => {
  const { infoSpan } = parseTorrent(encodeTorrent(own));
  const info = encodeTorrent(own).slice(infoSpan.start, infoSpan.end);
  t.deepEqual(wrapInfo({ info, trackers: [] }), encodeTorrent(own));
  t.deepEqual(
    wrapInfo({ info, trackers: [["http://a.example/"]] }),
    encodeTorrent({ ...own, trackers: [["http://a.example/"]] }),
  );
});

import test from "ava";
import fc from "fast-check";
import { bencodeLimits, decodePrefix } from "../../src/bencode/index.ts";
import { editableFields } from "../../src/metainfo/edit-torrent.ts";
import { editTorrent, parseTorrent, type TorrentEdits } from "../../src/metainfo/index.ts";
import { rootOf } from "../../src/merkle/index.ts";
import { bencoded, bytesOf, join, textOf } from "../support/bytes.ts";
import { refuses } from "../support/refusals.ts";
import { smallInfo, torrentWith } from "../support/torrents.ts";

const a = "http://a.example/announce";
const b = "udp://b.example:80/announce";
const c = "https://c.example/announce";
const hash = "0123456789abcdef0123456789abcdef01234567";

/** Layer of the three pieces of `small.bin`. */
const layer = new Uint8Array(96).fill(3);
const root = rootOf(layer, 0);
const tree = { "small.bin": { "": { length: 40_000, "pieces root": root } } };
// The key of a root is bytes: it has no text in the encoder of the tests.
const layers = join(bytesOf("d32:"), root, bytesOf("96:"), layer, bytesOf("e"));

/** A hybrid of one file, with an unknown field in both dictionaries. */
function hybrid(): Uint8Array {
  const info = bencoded({ ...smallInfo, "file tree": tree, "meta version": 2, odd: [1] });
  return join(
    bytesOf("d8:announce"),
    bencoded(a),
    bytesOf("4:info"),
    info,
    bytesOf("12:piece layers"),
    layers,
    bytesOf("4:zeroi0ee"),
  );
}

function infoOf(bytes: Uint8Array): string {
  const { infoSpan } = parseTorrent(bytes);
  return textOf(bytes.subarray(infoSpan.start, infoSpan.end));
}

function valueOf(bytes: Uint8Array, key: string): string | undefined {
  const value = decodePrefix(bytes, bencodeLimits.file).root.get(key);
  return value && textOf(value.encoded);
}

test("trackers are set, added as a tier and removed, in this order; announce is the first", (t) => {
  const one = torrentWith({}, { announce: a });
  const set = editTorrent(one, { trackers: { set: [[b, c]], add: [[a]] } });
  t.deepEqual(parseTorrent(set).trackers, [[b, c], [a]]);
  t.is(valueOf(set, "announce"), textOf(bencoded(a)));
  const removed = editTorrent(set, { trackers: { remove: [b, a] } });
  t.deepEqual(parseTorrent(removed).trackers, [[c]]);
  t.is(valueOf(removed, "announce"), textOf(bencoded(c)));
  t.is(valueOf(removed, "announce-list"), undefined);
  const none = editTorrent(set, { trackers: { set: [] } });
  t.deepEqual(parseTorrent(none).trackers, []);
  t.is(valueOf(none, "announce"), undefined);
});

test("a tracker that is there is not added again, and a tracker that is not there is no matter", (t) => {
  const bytes = torrentWith({}, { announce: a, "announce-list": [[a], [b, b]] });
  t.deepEqual(editTorrent(bytes, { trackers: { add: [[b], [a]], remove: [c] } }), bytes);
});

test("trackers of schemes that we do not use stay when others change", (t) => {
  const bytes = torrentWith({}, { announce: a, "announce-list": [["wss://w.example"], [a]] });
  const edited = editTorrent(bytes, { trackers: { add: [[b]], remove: [a] } });
  t.is(valueOf(edited, "announce-list"), textOf(bencoded([["wss://w.example"], [b]])));
  t.deepEqual(parseTorrent(edited).trackers, [[b]]);
});

test("a list that is longer than allowed stays, or becomes shorter, and does not grow", (t) => {
  const urls = Array.from({ length: 201 }, (_, at) => `http://${at}.example/`);
  const bytes = torrentWith({}, { announce: urls[0], "announce-list": [urls] });
  t.is(parseTorrent(editTorrent(bytes, { comment: "x" })).trackers.flat().length, 200);
  const shorter = editTorrent(bytes, { trackers: { remove: [urls[7] ?? ""] } });
  t.deepEqual(parseTorrent(shorter).trackers, [urls.toSpliced(7, 1)]);
  refuses(t, "field-invalid", () => editTorrent(bytes, { trackers: { add: [[a]] } }));
});

test("web seeds, nodes, comment and hints are changed outside info, which stays byte for byte", (t) => {
  const bytes = join(
    torrentWith({ odd: 1 }, { "url-list": a, "comment.utf-8": "old", zz: [{}] }),
    bytesOf("tail"),
  );
  const edited = editTorrent(bytes, {
    webSeeds: { add: [c] },
    nodes: { set: [{ host: "2001:db8::1", port: 6881 }] },
    comment: "new",
    similar: { add: [hash] },
    collections: { add: ["season 1"] },
  });
  const parsed = parseTorrent(edited);
  t.is(infoOf(edited), infoOf(bytes));
  t.deepEqual(parsed.webSeeds, [a, c]);
  t.deepEqual(parsed.nodes, [{ host: "2001:db8::1", port: 6881 }]);
  t.is(parsed.comment, "new");
  t.is(valueOf(edited, "comment.utf-8"), undefined);
  t.is(valueOf(edited, "similar"), `l20:${textOf(Buffer.from(hash, "hex"))}e`);
  t.is(valueOf(edited, "collections"), "l8:season 1e");
  t.is(valueOf(edited, "zz"), "ldee");
  t.true(textOf(edited).endsWith("tail"));
  const back = editTorrent(edited, {
    webSeeds: { remove: [c] },
    nodes: { set: [] },
    comment: "",
    similar: { remove: [hash.toUpperCase()] },
    collections: { set: [] },
  });
  t.deepEqual(Object.keys(editableFields(back)), Object.keys(editableFields(bytes)));
  for (const key of ["nodes", "comment", "similar", "collections"])
    t.is(valueOf(back, key), undefined);
});

test("name, source, private and hints of info change the hash; all else in info stays", (t) => {
  const bytes = torrentWith({ odd: [1], "name.utf-8": "small.bin" });
  const edited = editTorrent(bytes, {
    info: {
      name: "other.bin",
      isPrivate: true,
      source: "TAG",
      similar: { add: [hash] },
      collections: { add: ["x"] },
    },
  });
  const parsed = parseTorrent(edited);
  t.not(parsed.infoHash, parseTorrent(bytes).infoHash);
  t.is(parsed.name, "other.bin");
  t.true(parsed.isPrivate);
  t.true(infoOf(edited).includes("3:oddli1ee"));
  t.true(infoOf(edited).includes("6:source3:TAG"));
  t.like(editableFields(edited).info, { name: "other.bin", source: "TAG", isPrivate: true });
  const back = editTorrent(edited, {
    info: {
      name: "small.bin",
      isPrivate: false,
      source: "",
      similar: { set: [] },
      collections: { set: [] },
    },
  });
  t.deepEqual(back, bytes);
});

test("of a hybrid the piece layers stay byte for byte, and a new name is that of both halves", (t) => {
  const bytes = hybrid();
  const edited = editTorrent(bytes, { trackers: { add: [[b]] }, comment: "c" });
  t.is(infoOf(edited), infoOf(bytes));
  t.is(valueOf(edited, "piece layers"), textOf(layers));
  t.is(valueOf(edited, "zero"), "i0e");
  const named = editTorrent(bytes, { info: { name: "a-longer-name.bin" } });
  t.deepEqual(parseTorrent(named).files[0]?.path, ["a-longer-name.bin"]);
  t.is(valueOf(named, "piece layers"), textOf(layers));
  t.notDeepEqual(parseTorrent(named).infoHashes, parseTorrent(bytes).infoHashes);
});

test("values that no program could use are refused", (t) => {
  const bytes = torrentWith({});
  const refused: TorrentEdits[] = [
    { trackers: { add: [["ftp://a.example/"]] } },
    { trackers: { add: [Array.from({ length: 201 }, (_, n) => `http://${n}.example/`)] } },
    { webSeeds: { add: [b] } },
    { nodes: { add: [{ host: "a b", port: 1 }] } },
    { nodes: { add: [{ host: "a", port: 0 }] } },
    { comment: "\ud800" },
    { comment: "x".repeat(4_097) },
    { similar: { add: ["12"] } },
    { collections: { add: [""] } },
    ...["", ".", "..", "a/b", "a\0", "x".repeat(256)].map((name) => ({ info: { name } })),
    { info: { source: "x".repeat(257) } },
  ];
  for (const edits of refused) refuses(t, "field-invalid", () => editTorrent(bytes, edits));
});

test("what is no torrent, or of a newer version, is refused", (t) => {
  refuses(t, "bencode-malformed", () => editTorrent(bytesOf("d4:info"), {}));
  refuses(t, "field-missing", () => editTorrent(bytesOf("de"), { comment: "x" }));
  refuses(t, "torrent-version-unknown", () => editTorrent(torrentWith({ "meta version": 3 }), {}));
});

const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.uint8Array({ maxLength: 12 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 6 }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const unknownFields = fc.dictionary(fc.string({ unit: "binary-ascii", maxLength: 5 }), anyValue, {
  maxKeys: 6,
  noNullPrototype: true,
});
const url = fc.constantFrom(a, b, c);
const anyEdits: fc.Arbitrary<TorrentEdits> = fc.record(
  {
    trackers: fc.record(
      { set: fc.array(fc.array(url)), add: fc.array(fc.array(url)), remove: fc.array(url) },
      { requiredKeys: [] },
    ),
    webSeeds: fc.record({ add: fc.constant([a]), remove: fc.constant([c]) }, { requiredKeys: [] }),
    nodes: fc.constant({ add: [{ host: "n.example", port: 1 }] }),
    comment: fc.string({ unit: "grapheme", maxLength: 9 }),
    similar: fc.constant({ add: [hash] }),
    collections: fc.constant({ set: ["one"] }),
  },
  { requiredKeys: [] },
);
/** Fields that an edit of this kind may write. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  trackers: ["announce", "announce-list"],
  webSeeds: ["url-list"],
  nodes: ["nodes"],
  comment: ["comment", "comment.utf-8"],
  similar: ["similar"],
  collections: ["collections"],
};

test("whatever is edited, info and each field that the edit does not name stay byte for byte", (t) => {
  fc.assert(
    fc.property(unknownFields, unknownFields, anyEdits, (outside, inside, edits) => {
      const bytes = torrentWith({ x: inside }, { ...outside, announce: a, "url-list": [c] });
      const edited = editTorrent(bytes, edits);
      t.is(infoOf(edited), infoOf(bytes));
      const mayChange = new Set(Object.keys(edits).flatMap((kind) => fieldsOf[kind] ?? []));
      const others = (of: Uint8Array): readonly string[] =>
        [...decodePrefix(of, bencodeLimits.file).root.entries()]
          .filter(([key]) => !mayChange.has(textOf(key)))
          .map(([key, { encoded }]) => `${textOf(key)} ${textOf(encoded)}`);
      t.deepEqual(others(edited), others(bytes));
      t.deepEqual(editTorrent(bytes, {}), bytes);
    }),
  );
});

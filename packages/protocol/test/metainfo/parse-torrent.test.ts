import test from "ava";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { encodeTorrent, parseTorrent, PieceHashes } from "../../src/metainfo/index.ts";
import { type InfoHash, parseInfoHash } from "../../src/units.ts";
import type { ProtocolErrorCode } from "../../src/errors.ts";
import { bencoded, bytesOf, join, textOf } from "../support/bytes.ts";
import { acceptsOrRefuses, refuses, survivesDamage } from "../support/refusals.ts";
import { type Fields, folderOf, smallInfo, torrentWith } from "../support/torrents.ts";

function sha1Hex(bytes: Uint8Array): InfoHash {
  return parseInfoHash(createHash("sha1").update(bytes).digest("hex"));
}

test("a torrent's sizes, hashes, trackers and notes are read", (t) => {
  const pieces = Uint8Array.from({ length: 60 }, (_, i) => i);
  const bytes = torrentWith(
    { pieces, private: 1 },
    { comment: "made \u001b[31mhere", "created by": "a tool/1.0", "creation date": 1_700_000_000 },
  );
  const { infoSpan, pieceHashesSpan, ...torrent } = parseTorrent(bytes);
  const infoHash = sha1Hex(bencoded({ ...smallInfo, pieces, private: 1 }));
  t.deepEqual(torrent, {
    infoHash,
    infoHashes: { v1: infoHash },
    name: "small.bin",
    geometry: {
      totalBytes: 40_000,
      pieceLengthBytes: 16_384,
      pieceCount: 3,
      lastPieceLengthBytes: 7_232,
    },
    pieceHashes: new PieceHashes("sha1", pieces),
    files: [{ path: ["small.bin"], lengthBytes: 40_000, offset: 0, isPadding: false }],
    isSingleFile: true,
    isPrivate: true,
    trackers: [["http://tracker.example/announce"]],
    webSeeds: [],
    nodes: [],
    comment: "made [31mhere",
    createdBy: "a tool/1.0",
    creationDate: 1_700_000_000,
    warnings: [],
  });
  t.is(sha1Hex(bytes.subarray(infoSpan.start, infoSpan.end)), torrent.infoHash);
  t.deepEqual(bytes.slice(pieceHashesSpan?.start, pieceHashesSpan?.end), pieces);
});

test("a parsed torrent does not change with its input bytes", (t) => {
  const bytes = torrentWith({});
  const torrent = parseTorrent(bytes);
  bytes.fill(0);
  t.deepEqual(torrent.pieceHashes.bytes, new Uint8Array(60).fill(7));
});

test("PI11: a torrent whose last piece is exactly full has all its pieces", (t) => {
  const { geometry } = parseTorrent(torrentWith({ length: 3 * 16_384 }));
  t.deepEqual(geometry, {
    totalBytes: 49_152,
    pieceLengthBytes: 16_384,
    pieceCount: 3,
    lastPieceLengthBytes: 16_384,
  });
});

test("case 7: unsorted keys are accepted in version 1, with a warning", (t) => {
  const info = "d4:name1:a6:lengthi5e12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae";
  const { warnings, infoHash } = parseTorrent(bytesOf(`d4:info${info}e`));
  t.deepEqual(warnings, ["the torrent's dictionary keys are not in order"]);
  t.is(infoHash, sha1Hex(bytesOf(info)));
});

test("case 7: unsorted keys are refused in version 2", (t) => {
  const info =
    "d4:name1:a6:lengthi5e12:meta versioni2e12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae";
  refuses(t, "bencode-unsorted-keys", () => parseTorrent(bytesOf(`d4:info${info}e`)));
});

test("case 7: a key given twice in info is refused", (t) => {
  const info = textOf(bencoded(smallInfo));
  for (const twice of ["6:lengthi40000e", "1:ai1e1:ai2e", "1:ad1:bi1e1:bi1ee"])
    refuses(t, "bencode-duplicate-key", () =>
      parseTorrent(bytesOf(`d4:infod${twice}${info.slice(1)}e`)),
    );
});

const oddSpellings: readonly (readonly [what: string, before: string, behind: string])[] = [
  ["a key given twice", "7:comment1:a7:comment1:b", ""],
  ["an integer with a leading zero", "13:creation datei007e", ""],
  ["a negative zero", "13:creation datei-0e", ""],
  ["a length of text with a leading zero", "7:comment01:a", ""],
  ["a length of a key with a leading zero", "07:comment1:a", ""],
];
for (const [what, before, behind] of oddSpellings)
  test(`${what} outside of info is taken, with a warning`, (t) => {
    const info = textOf(bencoded(smallInfo));
    const odd = parseTorrent(bytesOf(`d${before}4:info${info}${behind}e`));
    t.is(odd.infoHash, sha1Hex(bytesOf(info)));
    t.is(odd.geometry.totalBytes, 40_000);
    if (before.includes("comment")) t.is(odd.comment, "a");
    if (before.includes("date")) t.true([0, 7].includes(odd.creationDate ?? NaN));
    t.deepEqual(odd.warnings, [
      '1 key or number outside of "info" repeated or with superfluous zeros',
    ]);
  });

test("info given twice is refused: other clients could read the other one", (t) => {
  const info = textOf(bencoded(smallInfo));
  refuses(t, "field-invalid", () => parseTorrent(bytesOf(`d4:info${info}4:info${info}e`)));
});

test("odd spellings in info are refused", (t) => {
  const info = textOf(bencoded(smallInfo)).slice(1);
  for (const odd of ["1:ai01e", "1:ai-0e", "1:a01:b", "01:ai1e"])
    refuses(t, "bencode-malformed", () => parseTorrent(bytesOf(`d4:infod${odd}${info}e`)));
});

test("a hundred odd spellings are taken and no more", (t) => {
  const info = textOf(bencoded(smallInfo));
  const torrent = (count: number) => bytesOf(`d1:al${"i01e".repeat(count)}e4:info${info}e`);
  t.deepEqual(parseTorrent(torrent(100)).warnings, [
    '100 keys or numbers outside of "info" repeated or with superfluous zeros',
  ]);
  refuses(t, "bencode-malformed", () => parseTorrent(torrent(101)));
});

test("case 8: keys named like object members change nothing", (t) => {
  const bytes = bytesOf(`d9:__proto__d4:infodee4:info${textOf(bencoded(smallInfo))}e`);
  t.is(parseTorrent(bytes).infoHash, sha1Hex(bencoded(smallInfo)));
});

test("AE11, case 9: the info-hash is taken from the original bytes, with keys that re-encoding would change", (t) => {
  const inside =
    "6:lengthi5e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa9:x-integeri99999999999999999999e" +
    "3:\xef\xbb\xbfi1e1:\xffi2e";
  const { infoHash } = parseTorrent(bytesOf(`d4:infod${inside}ee`));
  t.is(infoHash, sha1Hex(bytesOf(`d${inside}e`)));
});

test("case 10: bytes after the end are a warning in a file and refused from the network", (t) => {
  const bytes = join(torrentWith({}), bytesOf("\r\n"));
  t.deepEqual(parseTorrent(bytes).warnings, ["2 bytes after the end of the torrent are ignored"]);
  t.deepEqual(parseTorrent(bytes, { source: "file" }).warnings.length, 1);
  refuses(t, "bencode-trailing-bytes", () => parseTorrent(bytes, { source: "network" }));
  t.notThrows(() => parseTorrent(torrentWith({}), { source: "network" }));
});

test("case 11: torrents cut or changed anywhere are accepted or refused", (t) => {
  const folder = folderOf([
    { attr: "p", length: 3, path: ["p"] },
    { length: 9, path: ["d", "a"], "path.utf-8": ["d", "ä"] },
  ]);
  for (const bytes of [
    torrentWith({ private: 1 }, { "announce-list": [["udp://x.example:1"]] }),
    folder,
  ]) {
    survivesDamage(t, bytes, (damaged) => parseTorrent(damaged));
  }
});

const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.maxSafeInteger(),
    fc.constantFrom(-1, 0, 1, 2 ** 31, 2 ** 40),
    fc.constantFrom("", ".", "a", "http://x.example/"),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("length", "path", "attr", "a"), tie("value"), {
      noNullPrototype: true,
    }),
  ),
})).value;

test("case 12: any value in any field is accepted or refused", (t) => {
  const outside = [
    "announce",
    "announce-list",
    "comment",
    "created by",
    "creation date",
    "encoding",
    "info",
    "url-list",
  ];
  const inside = [
    "length",
    "name",
    "name.utf-8",
    "piece length",
    "pieces",
    "private",
    "files",
    "meta version",
    "file tree",
  ];
  const field = fc.constantFrom(
    ...outside.map((name) => [name, false] as const),
    ...inside.map((name) => [name, true] as const),
  );
  fc.assert(
    fc.property(field, anything, ([name, isInside], value) => {
      const bytes = isInside
        ? torrentWith({ [name]: value })
        : bencoded({ info: smallInfo, [name]: value });
      acceptsOrRefuses(t, () => parseTorrent(bytes), name);
    }),
    { numRuns: 3_000 },
  );
  t.pass();
});

const refusedField = test.macro(
  (t, changes: Fields, code: ProtocolErrorCode, field: string, outside: Fields = {}) => {
    const error = refuses(t, code, () => parseTorrent(torrentWith(changes, outside)));
    t.is(error.details["field"], field);
    t.true(error.message.includes(field));
  },
);

for (const field of ["name", "piece length", "pieces", "length"]) {
  test(
    `case 12: a torrent without "${field}" is refused by its name`,
    refusedField,
    { [field]: undefined },
    "field-missing",
    `info.${field}`,
  );
  test(
    `case 12: a list as "${field}" is refused by its name`,
    refusedField,
    { [field]: [] },
    "field-wrong-type",
    `info.${field}`,
  );
  test(
    `case 12: a dictionary as "${field}" is refused by its name`,
    refusedField,
    { [field]: {} },
    "field-wrong-type",
    `info.${field}`,
  );
}
for (const [field, value] of [
  ["name", 1],
  ["piece length", "16384"],
  ["pieces", 1],
  ["length", "5"],
  ["files", {}],
  ["files", 1],
  ["files", "a"],
] as const) {
  test(
    `case 12: ${JSON.stringify(value)} as "${field}" is refused by its name`,
    refusedField,
    { [field]: value },
    "field-wrong-type",
    `info.${field}`,
  );
}
for (const field of ["comment", "comment.utf-8", "created by", "creation date"]) {
  for (const [kind, value] of [
    ["list", []],
    ["dictionary", {}],
    field === "creation date" ? ["string", "today"] : ["integer", 1],
  ] as const)
    test(`a value of type ${kind} as "${field}" counts as none, with a warning`, (t) => {
      const { comment, createdBy, creationDate, warnings } = parseTorrent(
        torrentWith({}, { [field]: value }),
      );
      t.deepEqual([comment, createdBy, creationDate], [undefined, undefined, undefined]);
      const allowed = field === "creation date" ? "integer" : "string";
      t.deepEqual(warnings, [
        `the field "${field}" is ignored: it is of type ${kind}, not ${allowed}`,
      ]);
    });
}
test("a comment is used where comment.utf-8 is no text", (t) => {
  t.is(parseTorrent(torrentWith({}, { comment: "a", "comment.utf-8": [] })).comment, "a");
});
test("names in UTF-8 and attributes of another type count as absent, with one warning each", (t) => {
  const single = parseTorrent(torrentWith({ "name.utf-8": [], attr: 1 }));
  t.is(single.name, "small.bin");
  t.is(single.warnings.length, 2);
  const files = ["a", "b"].map((name) => ({ attr: 5, length: 9, path: [name], "path.utf-8": "x" }));
  const folder = parseTorrent(folderOf(files));
  t.deepEqual(
    folder.files.map(({ path }) => path),
    [
      ["folder", "a"],
      ["folder", "b"],
    ],
  );
  t.deepEqual(folder.warnings, [
    'the field "attr" is ignored: it is of type integer, not string',
    'the field "path.utf-8" is ignored: it is of type string, not list',
  ]);
});
test("case 12: an invalid creation date is left out, with a warning", (t) => {
  for (const seconds of [-62_135_596_800, 2 ** 52]) {
    const { creationDate, warnings } = parseTorrent(torrentWith({}, { "creation date": seconds }));
    t.is(creationDate, undefined);
    t.is(warnings.length, 1);
  }
});
test("case 12: a torrent that is not a dictionary is refused", (t) => {
  for (const input of ["le", "i1e", "1:a"])
    refuses(t, "field-wrong-type", () => parseTorrent(bytesOf(input)));
  refuses(t, "field-missing", () => parseTorrent(bytesOf("de")));
  refuses(t, "field-wrong-type", () => parseTorrent(bytesOf("d4:info1:ae")));
  refuses(t, "bencode-malformed", () => parseTorrent(new Uint8Array(0)));
});

for (const length of [0, -16_384, 2 ** 40, 16_383, 2 ** 28 + 2]) {
  test(
    `case 22: a piece length of ${length} is refused`,
    refusedField,
    { "piece length": length },
    "field-invalid",
    "info.piece length",
  );
}
for (const [name, changes, field] of [
  ["hashes that are not whole", { pieces: new Uint8Array(59) }, "info.pieces"],
  ["no hashes", { pieces: "" }, "info.pieces"],
  ["a hash too few", { pieces: new Uint8Array(40) }, "info.pieces"],
  ["a hash too many", { pieces: new Uint8Array(80) }, "info.pieces"],
  ["a negative length", { length: -1 }, "info.length"],
  ["a length beyond 2⁵³", { length: 2 ** 60 }, "info.length"],
  ["no bytes", { length: 0, pieces: "" }, "info.length"],
  ["an empty list of files", { length: undefined, files: [] }, "info.files"],
] as const) {
  test(`case 22: ${name} in a torrent is refused`, refusedField, changes, "field-invalid", field);
}

test("case 22: lengths of many digits are refused before they are added", (t) => {
  const bytes = bytesOf(`d4:infod6:lengthi${"9".repeat(1_000_000)}e4:name1:aee`);
  refuses(t, "field-invalid", () => parseTorrent(bytes));
});

test("case 23: more than 2²¹ pieces are refused, and so is a file over 32 MiB", (t) => {
  const limit = refuses(t, "torrent-limit", () =>
    parseTorrent(torrentWith({ length: 2 ** 22 + 1, "piece length": 2 })),
  );
  t.is(limit.details["pieceCount"], 2 ** 21 + 1);
  refuses(t, "torrent-too-large", () => parseTorrent(new Uint8Array(32 * 1_048_576 + 1)));
});

for (const value of [1, 2, -1, "", "0", "1", [], {}]) {
  test(`case 26: the private flag ${JSON.stringify(value)} makes a torrent private`, (t) => {
    t.true(parseTorrent(torrentWith({ private: value })).isPrivate);
  });
}
test("case 26: the private flag 0, no flag, or a flag outside of info leaves a torrent public", (t) => {
  t.false(parseTorrent(torrentWith({ private: 0 })).isPrivate);
  t.false(parseTorrent(torrentWith({}, { private: 1 })).isPrivate);
});

test("case 28: notes are cleaned and cut", (t) => {
  const hostile = `\u001b]0;x\u0007${"a".repeat(10_000)}\n\u202e`;
  const { comment, createdBy } = parseTorrent(
    torrentWith({}, { comment: hostile, "created by": hostile }),
  );
  t.is(comment?.length, 4_096);
  t.is(createdBy?.length, 256);
  t.true(createdBy?.startsWith("]0;xaaa"));
});

test("a torrent is read as it was written", (t) => {
  // Four letters at least: con, prn, aux and nul are reserved on Windows and renamed.
  const name = fc.stringMatching(/^[a-z]{4,12}$/);
  const description = fc.record({
    name,
    isPrivate: fc.boolean(),
    files: fc.uniqueArray(fc.tuple(name, name, fc.nat(50_000)), {
      minLength: 1,
      maxLength: 8,
      selector: ([folder, file]) => `${folder}/${file}`,
    }),
    trackers: fc.array(
      fc.array(
        name.map((host) => `http://${host}.example/a`),
        { maxLength: 3 },
      ),
      { maxLength: 3 },
    ),
    comment: name,
    creationDate: fc.nat(),
  });
  fc.assert(
    fc.property(description, ({ files, ...own }) => {
      const list = files.map(([folder, file, lengthBytes]) => ({
        path: [folder, file],
        lengthBytes,
      }));
      const total = list.reduce((sum, file) => sum + file.lengthBytes, 0);
      fc.pre(total > 0);
      const pieceHashes = new Uint8Array(20 * Math.ceil(total / 16_384)).fill(3);
      const bytes = encodeTorrent({ ...own, files: list, pieceLengthBytes: 16_384, pieceHashes });
      const torrent = parseTorrent(bytes, { source: "network" });
      t.deepEqual(torrent.warnings, []);
      t.deepEqual(
        torrent.files.map(({ path, lengthBytes }) => ({ path: path.slice(1), lengthBytes })),
        list,
      );
      t.deepEqual(torrent.pieceHashes.bytes, pieceHashes);
      t.is(torrent.isPrivate, own.isPrivate);
      t.is(torrent.comment, own.comment);
      t.is(torrent.creationDate, own.creationDate);
      t.deepEqual(torrent.trackers.flat(), [...new Set(own.trackers.flat())]);
    }),
    { numRuns: 150 },
  );
});

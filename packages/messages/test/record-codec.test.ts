import test from "ava";
import fc from "fast-check";
import { sha1 } from "@troupe/actor-runtime/testing";
import { bitsOf } from "@troupe/protocol/testing";
import type { TorrentKey } from "@troupe/protocol/identity";
import { anyCharacter, anyUrl } from "../../../test/support/any-text.ts";
import { decodeRecord, encodeRecord } from "../src/record-codec.ts";
import { RecordError } from "../src/record-error.ts";
import { lastMoment, type JobDates } from "../src/job-dates.ts";
import { listedJob, zeroCounters, type JobFacts, type JobRecord } from "../src/job-record.ts";
import { encodeVersion1 } from "./support/version-1.ts";

const someFacts: JobFacts = {
  settings: { maxPeers: 50, sequential: true },
  isStarted: true,
  counters: {
    downloadedBytes: 1,
    uploadedBytes: 2,
    wastedBytes: 3,
    failedHashBytes: 4,
    protocolDownBytes: 6,
    protocolUpBytes: 7,
    activeSeconds: 9,
    downloadSeconds: 3,
    seedSeconds: 5,
  },
  peers: [],
};

const record: JobRecord = {
  ...someFacts,
  key: "0123456789abcdef0123456789abcdef01234567" as TorrentKey,
  isServed: true,
  dates: { addedAt: 1_700_000_000_000, completedAt: 1_700_000_100_000, activeAt: 0 },
  directory: "/data/Größe",
  settings: {
    ...someFacts.settings,
    trackers: ["http://t/announce"],
  },
  priorities: [4, 65_535],
  peers: [{ host: "2001:db8::1", port: 6881 }],
  isOpenForWriting: true,
  pieceCount: 10,
  had: bitsOf("###.####.#"),
  durable: bitsOf("##......##"),
  suspect: bitsOf(".......#.."),
  unsampled: bitsOf("#........#"),
  files: new BigUint64Array([1n, 2n, 3n, 4n, 5n, 6n, 7n, 2n ** 64n - 1n, 9n, 10n]),
};

/** Fields that version 1 did not have are 0. */
function asReadOfVersion1(made: JobRecord): JobRecord {
  const files = made.files.map((word, at) => (at % 5 === 4 ? 0n : word));
  return { ...made, unsampled: new Uint8Array(made.had.length), files };
}

const codeOf = (bytes: Uint8Array): string => {
  try {
    decodeRecord(bytes, sha1);
    return "none";
  } catch (error) {
    if (error instanceof RecordError) return error.code;
    throw error;
  }
};

test("a record is decoded as it was encoded", (t) => {
  t.deepEqual(decodeRecord(encodeRecord(record, sha1), sha1), record);
});

test("any record is decoded as it was encoded, also a record of version 1, without change times", (t) => {
  const bitfield = (pieces: number) =>
    fc
      .array(fc.boolean(), { minLength: pieces, maxLength: pieces })
      .map((flags) => bitsOf(flags.map((flag) => (flag ? "#" : ".")).join("")));
  const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  const moment = fc.nat({ max: lastMoment });
  const records = fc.nat({ max: 40 }).chain((pieceCount) =>
    fc.record({
      key: fc.constant(record.key),
      directory: fc
        .string({ unit: anyCharacter, maxLength: 50 })
        .filter((text) => text.isWellFormed()),
      isOpenForWriting: fc.boolean(),
      isStarted: fc.boolean(),
      settings: fc.record(
        {
          trackers: fc.array(anyUrl(), { maxLength: 3 }),
          useTrackers: fc.boolean(),
          maxPeers: fc.integer({ min: 1, max: 10_000 }),
          seedOnly: fc.boolean(),
          sequential: fc.boolean(),
          announce: fc.constantFrom("parallel", "strict", "all"),
          superSeed: fc.boolean(),
          "limits.down": fc.constantFrom(0, 1_000, 1e12),
          "goals.ratio": fc.integer({ min: 1, max: 1_000_000 }).map((number) => number / 1000),
          "goals.idleSeconds": fc.integer({ min: 1, max: 1_000_000_000 }),
          "goals.until": fc.constantFrom("any", "all"),
          queueRank: fc.maxSafeInteger(),
          forced: fc.boolean(),
          upload: fc.boolean(),
          seedChoker: fc.constantFrom("fastest-upload", "round-robin"),
          "later.setting": fc.dictionary(fc.string(), fc.array(fc.nat())),
        },
        { requiredKeys: [] },
      ),
      dates: fc.record(
        { addedAt: moment, completedAt: moment, activeAt: moment },
        { requiredKeys: ["addedAt"] },
      ),
      counters: fc.record({
        downloadedBytes: count,
        uploadedBytes: count,
        wastedBytes: count,
        failedHashBytes: count,
        protocolDownBytes: count,
        protocolUpBytes: count,
        activeSeconds: count,
        downloadSeconds: count,
        seedSeconds: count,
      }),
      peers: fc.array(fc.record({ host: fc.ipV4(), port: fc.nat({ max: 65_535 }) }), {
        maxLength: 5,
      }),
      pieceCount: fc.constant(pieceCount),
      had: bitfield(pieceCount),
      durable: bitfield(pieceCount),
      suspect: bitfield(pieceCount),
      unsampled: bitfield(pieceCount),
      files: fc
        .array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 14 })
        .map((words) => new BigUint64Array(words.slice(0, words.length - (words.length % 5)))),
    }),
  );
  fc.assert(
    fc.property(records, (made) => {
      t.deepEqual(decodeRecord(encodeRecord(made, sha1), sha1), made);
      t.deepEqual(decodeRecord(encodeVersion1(made, sha1), sha1), asReadOfVersion1(made));
    }),
    { numRuns: 200 },
  );
});

test("a record whose lengths do not add up is refused, although its digest is right", (t) => {
  for (const number of [1, 2, 3, 4, 5]) {
    for (const more of [8, 2 ** 22, 2 ** 31]) {
      const bytes = encodeRecord(record, sha1);
      const head = new DataView(bytes.buffer);
      const at = 8 + 4 * number;
      head.setUint32(at, head.getUint32(at, true) + more, true);
      const bodyBytes = bytes.byteLength - 20;
      bytes.set(sha1(bytes.subarray(0, bodyBytes)), bodyBytes);
      t.is(codeOf(bytes), "record-damaged", `number ${number} and ${more} more`);
    }
  }
});

for (const [version, bytes] of [
  encodeRecord(record, sha1),
  encodeVersion1(record, sha1),
].entries()) {
  test(`a record of version ${2 - version} cut at any byte is refused`, (t) => {
    for (let length = 0; length < bytes.length; length++) {
      t.is(codeOf(bytes.subarray(0, length)), "record-damaged", `${length} bytes`);
    }
  });

  test(`a record of version ${2 - version} with any bit flipped is refused`, (t) => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const turned = Uint8Array.from(bytes);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      t.not(codeOf(turned), "none", `bit ${bit}`);
    }
  });
}

test("extra bytes after a record, and foreign bytes, are refused", (t) => {
  const bytes = encodeRecord(record, sha1);
  t.is(codeOf(Buffer.concat([bytes, Buffer.of(0)])), "record-damaged");
  t.is(codeOf(Buffer.alloc(200, "SQLite format 3")), "record-foreign");
  t.is(codeOf(new Uint8Array(200)), "record-foreign");
});

test("a record of an earlier release has no goals, and no counters of later releases", (t) => {
  const { downloadedBytes, uploadedBytes, wastedBytes, failedHashBytes } = record.counters;
  const counters = { downloadedBytes, uploadedBytes, wastedBytes, failedHashBytes };
  const early = { ...record, counters: counters as typeof record.counters };
  const read = decodeRecord(encodeRecord(early, sha1), sha1);
  t.deepEqual(read.counters, { ...zeroCounters, ...counters });
  t.false("goals.ratio" in read.settings);
});

test("a record of an earlier release has no dates, and no mark of a service", (t) => {
  const { dates: _, isServed: __, ...early } = record;
  const read = decodeRecord(encodeRecord(early, sha1), sha1);
  t.false("dates" in read);
  t.false("isServed" in read);
  t.false("dates" in listedJob(read));
});

test("a job of a list has the dates, the counters and the mark of its record", (t) => {
  const { counters, dates } = record;
  t.like(listedJob(record), { counters, dates, isServed: true });
});

test("arbitrary bytes are refused without a crash", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      t.not(codeOf(bytes), "none");
    }),
  );
});

test("a record of a later version is refused as such, whatever follows", (t) => {
  const bytes = encodeRecord(record, sha1);
  for (const version of [0, 3, 255]) {
    bytes[8] = version;
    t.is(codeOf(bytes), "record-newer");
  }
});

test("a record with a right digest and wrong content is refused", (t) => {
  const odd: readonly (readonly [string, Partial<JobRecord>])[] = [
    ["info-hash", { key: "x".repeat(40) as TorrentKey }],
    ["upper case", { key: "A".repeat(40) as TorrentKey }],
    ["spare bit", { had: Uint8Array.of(0xff, 0xff) }],
    ["lengths", { durable: new Uint8Array(3) }],
    ["counter", { counters: { ...someFacts.counters, uploadedBytes: -1 } }],
    ["peer", { peers: [{ host: "a", port: 70_000 }] }],
    ["flag", { isStarted: 1 as unknown as boolean }],
    ["removal", { isRemoved: 1 as unknown as true }],
    ["mark", { isServed: false as unknown as true }],
    ["no dates", { dates: [] as unknown as JobDates }],
    ["dates without the first", { dates: { activeAt: 1 } as JobDates }],
    ["fraction", { dates: { addedAt: 1.5 } }],
    ["no moment", { dates: { addedAt: 1, completedAt: 8_640_000_000_000_001 } }],
  ];
  for (const [what, change] of odd) {
    t.is(codeOf(encodeRecord({ ...record, ...change }, sha1)), "record-damaged", what);
  }
});

test("an encoded record has no more peers and trackers than decoding allows", (t) => {
  const peers = Array.from({ length: 500 }, (_, port) => ({ host: "10.0.0.1", port }));
  const trackers = peers.map(({ port }) => `http://t/${port}`);
  const settings = { ...someFacts.settings, trackers: ["x".repeat(2_049), ...trackers] };
  const kept = decodeRecord(encodeRecord({ ...record, peers, settings }, sha1), sha1);
  t.is(kept.peers.length, 200);
  t.deepEqual(kept.settings.trackers, trackers.slice(0, 200));
});

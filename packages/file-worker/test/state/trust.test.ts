import test from "ava";
import type { Random } from "@troupe/actor-runtime";
import type { JobRecord, Verify } from "@troupe/messages";
import { FileMap } from "@troupe/protocol/metainfo";
import { countBits } from "@troupe/protocol/peer";
import { bitsOf, pictureOf } from "@troupe/protocol/testing";
import type { TorrentKey } from "@troupe/protocol/identity";
import {
  absentFacts,
  factWords,
  invalidateFacts,
  portableFacts,
} from "../../src/state/file-facts.ts";
import { decideTrust } from "../../src/state/trust.ts";
import { someFacts } from "../support/file-rig.ts";

// Three files of 4, 3 and 5 bytes in pieces of 2:   aa aa bb bc cc cc
const lengths = [4, 3, 5];
const pieceCount = 6;

/** Device, inode, length, modification time and change time, which is the same time when it is left out. */
type Look =
  | readonly [number, number, number, number]
  | readonly [number, number, number, number, number]
  | undefined;

const usual: readonly Look[] = [
  [1, 11, 4, 100],
  [1, 12, 3, 100],
  [1, 13, 5, 100],
];

function factsFrom(looks: readonly Look[]): BigUint64Array {
  const facts = absentFacts(looks.length);
  for (const [file, look] of looks.entries()) {
    if (look === undefined) continue;
    const words = look.length === 5 ? look : [...look, look[3]];
    for (const [word, value] of words.entries()) facts[file * factWords + word] = BigInt(value);
  }
  return facts;
}

interface Case {
  readonly isOpen?: boolean;
  readonly had?: string;
  readonly durable?: string;
  readonly suspect?: string;
  readonly unsampled?: string;
  readonly verify?: Verify;
  readonly was?: readonly Look[];
  readonly is?: readonly Look[];
  readonly record?: Partial<JobRecord>;
  readonly random?: number;
  readonly parted?: readonly number[];
}

function decided({
  isOpen = false,
  had = "######",
  durable = had,
  suspect = "......",
  unsampled = "......",
  ...given
}: Case) {
  const { verify = "sample", was = usual, is = usual, random = 0, parted = [] } = given;
  const record: JobRecord = {
    ...someFacts,
    key: "0".repeat(40) as TorrentKey,
    directory: "/data",
    isOpenForWriting: isOpen,
    pieceCount,
    had: bitsOf(had),
    durable: bitsOf(durable),
    suspect: bitsOf(suspect),
    unsampled: bitsOf(unsampled),
    files: factsFrom(was),
    ...given.record,
  };
  const decided = decideTrust({
    record,
    facts: factsFrom(is),
    parted,
    isUnchanged: `${record.files}` === `${factsFrom(is)}`,
    files: lengths.map((lengthBytes, file) => ({ path: [`${file}`], lengthBytes })),
    map: new FileMap(lengths, 2),
    verify,
    random: { integer: (below: number) => Math.floor(random * below) } as Random,
  });
  return decided;
}

/** Pieces believed, hashed before the start, durable, and believed but hashed as samples. */
function decide(given: Case) {
  const { trusted, toHash, durable, samples } = decided(given);
  return [trusted, toHash, durable, samples].map((bits) => pictureOf(bits, 6));
}

/** Pieces believed, and doubted. */
function doubts(given: Case) {
  const { trusted, doubted, touched } = decided(given);
  return [pictureOf(trusted, 6), pictureOf(doubted, 6), touched] as const;
}

const changed = (file: number, look: Look): readonly Look[] =>
  usual.map((before, at) => (at === file ? look : before));

test("after a clean end all had pieces are believed", (t) => {
  t.deepEqual(decide({}), ["######", "......", "######", "......"]);
  t.deepEqual(decide({ had: "##.#..", durable: "##...." }), [
    "##.#..",
    "......",
    "##....",
    "......",
  ]);
});

const touched: readonly (readonly [string, Look])[] = [
  ["touched", [1, 12, 3, 101]],
  ["set back in time", [1, 12, 3, 99]],
  ["cut", [1, 12, 2, 100]],
  ["longer", [1, 12, 4, 100]],
  ["replaced", [1, 99, 3, 100]],
  ["on another disk", [2, 12, 3, 100]],
];
for (const [how, look] of touched) {
  test(`after a clean end a file that was ${how} is hashed, with the pieces it shares`, (t) => {
    t.deepEqual(decide({ is: changed(1, look) }), ["##..##", "..##..", "##..##", "......"]);
  });
}

const elsewhere: readonly Look[] = [
  [7, 71, 4, 100, 900],
  [7, 72, 3, 100, 900],
  [7, 73, 5, 100, 900],
];
const portable = { record: { files: portableFacts(factsFrom(usual)) } };

test("L20: on another machine files of the recorded length and time are believed, whatever their inodes are", (t) => {
  t.deepEqual(decide({ ...portable, is: elsewhere }), ["######", "......", "######", "......"]);
  t.deepEqual(doubts({ ...portable, is: elsewhere }), ["######", "......", []]);
});

test("L20: on another machine a file of another length or time is hashed, and a missing one is missing", (t) => {
  const is = (look: Look) => ({
    ...portable,
    is: elsewhere.map((before, at) => (at === 1 ? look : before)),
  });
  t.deepEqual(decide(is([7, 72, 3, 101])), ["##..##", "..##..", "##..##", "......"]);
  t.deepEqual(decide(is([7, 72, 2, 100]))[1], "..##..");
  t.deepEqual(decide(is(undefined)).slice(0, 2), ["##..##", "......"]);
});

test("L20: on another machine a run that was cut off leaves its durable pieces, sampled, of files as recorded", (t) => {
  const cut = { ...portable, isOpen: true, durable: "####..", is: elsewhere };
  const [trusted, toHash, , samples] = decide(cut);
  t.deepEqual([trusted, toHash], ["####..", "....##"]);
  t.true(samples?.includes("#"));
  const grown = elsewhere.map((look, at) => (at === 0 ? ([7, 71, 4, 101] as const) : look));
  t.is(decide({ ...cut, is: grown })[0], "..##..");
});

test("L20: facts of missing files, and of files that are to be hashed, stay on the way to another machine", (t) => {
  const facts = factsFrom([[1, 11, 4, 100], undefined, [1, 13, 5, 100]]);
  invalidateFacts(facts, 2);
  const moved = portableFacts(facts);
  t.deepEqual(moved.slice(factWords), facts.slice(factWords));
  t.notDeepEqual(moved.slice(0, factWords), facts.slice(0, factWords));
});

test("pieces of a missing file are missing, without hashing", (t) => {
  t.deepEqual(decide({ is: changed(1, undefined) })[0], "##..##");
  t.deepEqual(decide({ is: changed(1, undefined) })[1], "......");
});

test("a file that did not exist before is hashed", (t) => {
  const was = changed(2, undefined);
  t.deepEqual(decide({ was, had: "###..." }), ["###...", "...###", "###...", "......"]);
});

test("after a cut durable pieces are believed, and all others hashed", (t) => {
  const [trusted, toHash] = decide({ isOpen: true, had: "####..", durable: "##...." });
  t.is(trusted, "##....");
  t.is(toHash, "..####");
});

test("after a cut a file may have been written to", (t) => {
  const is = usual.map((look) => look && ([...look.slice(0, 3), 150] as unknown as Look));
  t.is(decide({ isOpen: true, is })[0], "######");
});

const doubtful: readonly (readonly [string, Look])[] = [
  ["older", [1, 12, 3, 99]],
  ["shorter", [1, 12, 2, 150]],
  ["another", [1, 99, 3, 150]],
  ["on another disk", [2, 12, 3, 150]],
];
for (const [how, look] of doubtful) {
  test(`after a cut a file that is ${how} is hashed as a whole`, (t) => {
    const [trusted, toHash] = decide({ isOpen: true, is: changed(1, look) });
    t.is(trusted, "##..##");
    t.is(toHash, "..##..");
  });
}

test("after a cut two durable pieces of each file are sampled", (t) => {
  // The third file begins in piece 3, which is one of its two.
  t.is(decide({ isOpen: true, random: 0.99 })[3], "####.#");
  t.is(decide({ isOpen: true, verify: "none" })[3], "......");
  t.is(decide({ isOpen: true, durable: "......" })[3], "......");
  t.is(decide({})[3], "......");
});

test("samples that the last run did not hash are hashed in this run", (t) => {
  t.is(decide({ unsampled: ".#..#." })[3], ".#..#.");
  t.is(decide({ unsampled: ".#..#.", had: "####.." })[3], ".#....");
  t.is(decide({ isOpen: true, unsampled: "....#.", random: 0.99 })[3], "#####.");
  t.is(decide({ unsampled: ".#..#.", verify: "none" })[3], "......");
});

const drawTwice: readonly (readonly [number, number, number])[] = [
  [500, 4, 1_000],
  [1, 256 * 2 ** 20 - 1, 2],
  [1, 256 * 2 ** 20, 3],
  [2, 2 ** 30, 12],
];
test("after a cut two pieces of each file are sampled, and one more for each 256 MiB of it", (t) => {
  for (const [count, lengthBytes, samples] of drawTwice) {
    t.is(countBits(samplesOf(count, lengthBytes)), samples, `${count} files of ${lengthBytes}`);
  }
});

function samplesOf(count: number, lengthBytes: number): Uint8Array {
  const files = Array.from({ length: count }, (_, file) => ({ path: [`${file}`], lengthBytes }));
  const pieceLengthBytes = lengthBytes < 2 ** 20 ? 2 : 2 ** 20;
  const pieceCount = Math.ceil((count * lengthBytes) / pieceLengthBytes);
  const facts = factsFrom(files.map((_, file) => [1, file, lengthBytes, 100] as const));
  const all = bitsOf("#".repeat(pieceCount));
  let drawn = 0;
  const { samples } = decideTrust({
    record: {
      isOpenForWriting: true,
      pieceCount,
      had: all,
      durable: all,
      suspect: new Uint8Array(all.length),
      unsampled: new Uint8Array(all.length),
      files: facts,
    },
    facts,
    parted: [],
    isUnchanged: false,
    files,
    map: new FileMap(
      files.map(({ lengthBytes }) => lengthBytes),
      pieceLengthBytes,
    ),
    verify: "sample",
    random: { integer: (below: number) => (drawn++ * 7) % below } as Random,
  });
  return samples;
}

const touchedOnly: Look = [1, 12, 3, 100, 101];
test("after a clean end the pieces of a file whose change time alone differs are suspect", (t) => {
  t.deepEqual(doubts({ is: changed(1, touchedOnly) }), ["##..##", "..##..", [1]]);
  const [, toHash, durable] = decide({ is: changed(1, touchedOnly) });
  t.deepEqual([toHash, durable], ["......", "##..##"]);
  // Pieces that were not had are missing, as in an untouched file.
  t.deepEqual(doubts({ had: "###...", is: changed(1, touchedOnly) }), ["##....", "..#...", [1]]);
  t.deepEqual(doubts({ is: changed(1, [1, 12, 3, 100, 99]) }), ["##..##", "..##..", [1]]);
});

test("a piece in a touched file and in a file that was written to is hashed before the start", (t) => {
  const is = [[1, 11, 4, 100], touchedOnly, [1, 13, 5, 101]] as const;
  t.deepEqual(doubts({ is }), ["##....", "..#...", [1]]);
  t.is(decide({ is })[1], "...###");
});

test("a record without change times is believed by the other facts", (t) => {
  const was = usual.map((look) => look && ([...look.slice(0, 4), 0] as unknown as Look));
  t.deepEqual(doubts({ was, is: changed(1, touchedOnly) }), ["######", "......", []]);
  t.is(decide({ was, is: changed(1, [1, 12, 3, 101]) })[0], "##..##");
  t.is(decide({ isOpen: true, was, is: changed(1, touchedOnly) })[0], "######");
});

test("after a cut the durable pieces of a file whose change time alone differs are suspect", (t) => {
  const given = { isOpen: true, had: "######", durable: "###...", is: changed(1, touchedOnly) };
  t.deepEqual(doubts(given), ["##....", "..#...", [1]]);
  t.is(decide(given)[1], "...###");
  t.deepEqual(doubts({ isOpen: true, is: changed(1, [1, 12, 3, 100, 99]) }), [
    "##..##",
    "......",
    [],
  ]);
});

test("a piece that was written before a failed sync is hashed, regardless of other facts", (t) => {
  t.deepEqual(decide({ suspect: ".#...." }).slice(0, 2), ["#.####", ".#...."]);
  t.deepEqual(decide({ isOpen: true, suspect: ".#...." }).slice(0, 2), ["#.####", ".#...."]);
});

test("a piece with bytes in the part file is hashed, even if its file does not exist", (t) => {
  const is = changed(1, undefined);
  t.deepEqual(decide({ is, parted: [3] }).slice(0, 2), ["##..##", "...#.."]);
  t.deepEqual(decide({ parted: [3] }).slice(0, 2), ["###.##", "...#.."]);
});

test('`verify: "full"` hashes everything', (t) => {
  t.deepEqual(decide({ verify: "full" }), ["......", "######", "......", "......"]);
});

test("a record of other pieces or other files counts as none", (t) => {
  for (const record of [{ pieceCount: 7 }, { files: new BigUint64Array(4) }]) {
    t.deepEqual(decide({ record }), ["......", "######", "......", "......"]);
  }
});

test("with equal stamps existing files are as they were, and missing ones are missing, without hashing", (t) => {
  const both = changed(1, undefined);
  for (const isOpen of [false, true]) {
    const [trusted, toHash] = decide({ was: both, is: both, had: "######", isOpen });
    t.deepEqual([trusted, toHash], ["##..##", "......"]);
  }
});

import test from "ava";
import type { Random } from "@troupe/actor-runtime";
import type { JobRecord, Verify } from "@troupe/messages";
import { FileMap } from "@troupe/protocol";
import { absentFacts, factWords } from "../../src/state/file-facts.ts";
import { decideTrust } from "../../src/state/trust.ts";
import { bitsOf, pictureOf, someFacts } from "../support/file-rig.ts";

// Three files of 4, 3 and 5 bytes in pieces of 2:   aa aa bb bc cc cc
const lengths = [4, 3, 5];
const pieceCount = 6;

/** Device, inode, length, time. */
type Look = readonly [number, number, number, number] | undefined;

const usual: readonly Look[] = [
  [1, 11, 4, 100],
  [1, 12, 3, 100],
  [1, 13, 5, 100],
];

function factsFrom(looks: readonly Look[]): BigUint64Array {
  const facts = absentFacts(looks.length);
  for (const [file, look] of looks.entries()) {
    for (const [word, value] of (look ?? []).entries())
      facts[file * factWords + word] = BigInt(value);
  }
  return facts;
}

interface Case {
  readonly isOpen?: boolean;
  readonly had?: string;
  readonly durable?: string;
  readonly suspect?: string;
  readonly verify?: Verify;
  readonly was?: readonly Look[];
  readonly is?: readonly Look[];
  readonly record?: Partial<JobRecord>;
  readonly random?: number;
  readonly parted?: readonly number[];
}

function decide({
  isOpen = false,
  had = "######",
  durable = had,
  suspect = "......",
  ...given
}: Case) {
  const { verify = "sample", was = usual, is = usual, random = 0, parted = [] } = given;
  const record: JobRecord = {
    ...someFacts,
    infoHash: "0".repeat(40),
    directory: "/data",
    isOpenForWriting: isOpen,
    pieceCount,
    had: bitsOf(had),
    durable: bitsOf(durable),
    suspect: bitsOf(suspect),
    files: factsFrom(was),
    ...given.record,
  };
  const {
    trusted,
    toHash,
    samples,
    durable: safe,
  } = decideTrust({
    record,
    facts: factsFrom(is),
    parted,
    files: lengths.map((lengthBytes, file) => ({ path: [`${file}`], lengthBytes })),
    map: new FileMap(lengths),
    pieceLengthBytes: 2,
    verify,
    random: { integer: (below: number) => Math.floor(random * below) } as Random,
  });
  return [pictureOf(trusted, 6), pictureOf(toHash, 6), pictureOf(safe, 6), samples] as const;
}

const changed = (file: number, look: Look): readonly Look[] =>
  usual.map((before, at) => (at === file ? look : before));

test("after a clean end everything that was had is believed", (t) => {
  t.deepEqual(decide({}), ["######", "......", "######", []]);
  t.deepEqual(decide({ had: "##.#..", durable: "##...." }), ["##.#..", "......", "##....", []]);
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
    t.deepEqual(decide({ is: changed(1, look) }), ["##..##", "..##..", "##..##", []]);
  });
}

test("what lies in a file that is gone is missing, and nobody looks for it", (t) => {
  t.deepEqual(decide({ is: changed(1, undefined) })[0], "##..##");
  t.deepEqual(decide({ is: changed(1, undefined) })[1], "......");
});

test("a file that was not there and is there now is hashed", (t) => {
  const was = changed(2, undefined);
  t.deepEqual(decide({ was, had: "###..." }), ["###...", "...###", "###...", []]);
});

test("after a cut what is durable is believed, and everything else is hashed", (t) => {
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

test("after a cut two durable pieces of each file are looked at", (t) => {
  t.deepEqual(decide({ isOpen: true, random: 0.99 })[3], [1, 3, 5]);
  t.deepEqual(decide({ isOpen: true, verify: "none" })[3], []);
  t.deepEqual(decide({ isOpen: true, durable: "......" })[3], []);
});

test("of many files sixty-four pieces are looked at in all", (t) => {
  const files = Array.from({ length: 500 }, (_, file) => ({ path: [`${file}`], lengthBytes: 4 }));
  const facts = factsFrom(files.map((_, file) => [1, file, 4, 100] as const));
  const all = bitsOf("#".repeat(1_000));
  let drawn = 0;
  const { samples } = decideTrust({
    record: {
      ...someFacts,
      infoHash: "",
      directory: "",
      isOpenForWriting: true,
      pieceCount: 1_000,
      had: all,
      durable: all,
      suspect: new Uint8Array(125),
      files: facts,
    },
    facts,
    parted: [],
    files,
    map: new FileMap(files.map(({ lengthBytes }) => lengthBytes)),
    pieceLengthBytes: 2,
    verify: "sample",
    random: { integer: (below: number) => (drawn++ * 7) % below } as Random,
  });
  t.is(samples.length, 64);
});

test("a piece that was written before a failed sync is hashed, whatever else is said of it", (t) => {
  t.deepEqual(decide({ suspect: ".#...." }).slice(0, 2), ["#.####", ".#...."]);
  t.deepEqual(decide({ isOpen: true, suspect: ".#...." }).slice(0, 2), ["#.####", ".#...."]);
});

test("a piece with bytes in the part file is hashed, though the file itself is not there", (t) => {
  const is = changed(1, undefined);
  t.deepEqual(decide({ is, parted: [3] }).slice(0, 2), ["##..##", "...#.."]);
  t.deepEqual(decide({ parted: [3] }).slice(0, 2), ["###.##", "...#.."]);
});

test("asked for everything, everything is hashed", (t) => {
  t.deepEqual(decide({ verify: "full" }), ["......", "######", "......", []]);
});

test("a record of other pieces or other files is none", (t) => {
  for (const record of [{ pieceCount: 7 }, { files: new BigUint64Array(4) }]) {
    t.deepEqual(decide({ record }), ["......", "######", "......", []]);
  }
});

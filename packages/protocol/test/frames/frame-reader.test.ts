import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { writeUint32 } from "../../src/bytes/index.ts";
import { ProtocolError } from "../../src/errors.ts";
import { EarlyHaves, type FrameBounds, FrameReader, lentBlock } from "../../src/frames/index.ts";
import { makeGeometry } from "../../src/metainfo/index.ts";
import {
  allowedFastBytes,
  bitfieldHeaderBytes,
  blockHeaderBytes,
  cancelBytes,
  haveAllBytes,
  haveBytes,
  keepAliveBytes,
  rejectBytes,
  requestBytes,
  stateMessageBytes,
  writeAllowedFast,
  writeBitfield,
  writeBlockHeader,
  writeCancel,
  writeChoke,
  writeHave,
  writeHaveAll,
  writeHaveNone,
  writeInterested,
  writeKeepAlive,
  writeNotInterested,
  writeReject,
  writeRequest,
  writeUnchoke,
} from "../../src/peer/index.ts";
import type { PieceIndex } from "../../src/units.ts";
import type { ProtocolErrorCode } from "../../src/errors.ts";
import { flips, join, prefixes } from "../support/bytes.ts";
import { rawMessage, writtenMessage } from "../support/messages.ts";
import { RecordingSink, checksum } from "../support/recording-sink.ts";
import { acceptsOrRefuses, refuses } from "../support/refusals.ts";

/** 10 pieces of 32 KiB, the last of 20,000 bytes: two bytes of bitfield with six spare bits. */
const bounds: FrameBounds = {
  geometry: makeGeometry(9 * 32_768 + 20_000, 32_768),
  maxExtendedBytes: 65_536,
};
/** While the metadata is unknown. */
const earlyBounds: FrameBounds = { maxExtendedBytes: 65_536 };

interface Message {
  readonly bytes: Uint8Array;
  readonly events: readonly string[];
}

function message(
  sizeBytes: number,
  write: (buffer: Uint8Array) => number,
  ...events: string[]
): Message {
  return { bytes: writtenMessage(sizeBytes, write), events };
}

function raw(id: number, payload: Uint8Array, ...events: string[]): Message {
  return { bytes: rawMessage(id, payload), events };
}

function block(piece: number, begin: number, data: Uint8Array): Message {
  const head = new Uint8Array(blockHeaderBytes);
  writeBlockHeader(head, 0, piece, begin, data.length);
  return {
    bytes: join(head, data),
    events: [
      `block-starts ${piece} ${begin} ${data.length}`,
      `block-ends ${piece} ${begin} ${data.length}: ${checksum(data)}`,
    ],
  };
}

function pattern(lengthBytes: number): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, i) => (i * 7 + 3) & 0xff);
}

const bitfield = message(
  bitfieldHeaderBytes + 2,
  (b) => writeBitfield(b, 0, Uint8Array.of(0xff, 0xc0)),
  "bitfield 255,192",
);

const allMessages: readonly Message[] = [
  message(keepAliveBytes, (b) => writeKeepAlive(b, 0), "keep-alive"),
  raw(20, Uint8Array.of(0, 100, 101), "extended 0 100,101"),
  raw(9, Uint8Array.of(0x1a, 0xe1), "port 6881"),
  bitfield,
  message(stateMessageBytes, (b) => writeChoke(b, 0), "choke"),
  message(stateMessageBytes, (b) => writeUnchoke(b, 0), "unchoke"),
  message(stateMessageBytes, (b) => writeInterested(b, 0), "interested"),
  message(stateMessageBytes, (b) => writeNotInterested(b, 0), "not-interested"),
  message(haveBytes, (b) => writeHave(b, 0, 9), "have 9"),
  message(requestBytes, (b) => writeRequest(b, 0, 1, 16_384, 16_384), "request 1 16384 16384"),
  message(
    cancelBytes,
    (b) => writeCancel(b, 0, 0xffffffff, 0xfffffffe, 1),
    "cancel 4294967295 4294967294 1",
  ),
  raw(20, Uint8Array.of(3), "extended 3 "),
  message(haveAllBytes, (b) => writeHaveAll(b, 0), "have-all"),
  message(haveAllBytes, (b) => writeHaveNone(b, 0), "have-none"),
  raw(13, Uint8Array.of(0, 0, 0, 7), "suggest 7"),
  message(
    rejectBytes,
    (b) => writeReject(b, 0, 1, 16_384, 0xffffffff),
    "reject 1 16384 4294967295",
  ),
  message(allowedFastBytes, (b) => writeAllowedFast(b, 0, 9), "allowed-fast 9"),
  raw(12, new Uint8Array(0), "unknown 12 1"),
  raw(21, pattern(90), "unknown 21 91"),
  block(2, 16_384, pattern(50)),
  block(9, 19_999, pattern(1)),
];

const stream = join(...allMessages.map(({ bytes }) => bytes));
const streamEvents = allMessages.flatMap(({ events }) => events);

/** A reader whose sink records, fed with `chunks`. */
function read(...chunks: readonly Uint8Array[]): { reader: FrameReader; sink: RecordingSink } {
  const sink = new RecordingSink();
  const reader = new FrameReader(sink, bounds);
  for (const chunk of chunks) reader.push(chunk);
  return { reader, sink };
}

function* slices(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) return;
    yield bytes.slice(at, at + size);
    at += size;
  }
  yield bytes.slice(at);
}

/** Pushed whole or byte by byte, the bytes close the peer; the bytes before are read. */
function closesWith(
  t: ExecutionContext,
  code: ProtocolErrorCode,
  ...messages: readonly Message[]
): void {
  const bytes = join(...messages.map((each) => each.bytes));
  refuses(t, code, () => read(bytes));
  const { reader } = read();
  refuses(t, code, () => {
    for (const byte of bytes) reader.push(Uint8Array.of(byte));
  });
  t.is(reader.bufferedBytes, 0);
  refuses(t, "frame-reader-failed", () => reader.push(Uint8Array.of(0)));
}

test("every message is read from one chunk", (t) => {
  const { reader, sink } = read(stream);
  t.deepEqual(sink.events, streamEvents);
  t.false(reader.isInsideFrame);
  t.is(reader.bufferedBytes, 0);
});

test("every message is read byte by byte", (t) => {
  t.deepEqual(read(...Array.from(stream, (byte) => Uint8Array.of(byte))).sink.events, streamEvents);
});

test("a message is counted once, when the sink hears of it", (t) => {
  t.is(read(stream).reader.framesSeen, allMessages.length);
  t.is(read(...slices(stream, [1])).reader.framesSeen, allMessages.length);
  const { reader } = read(block(0, 0, pattern(100)).bytes.subarray(0, 50));
  t.is(reader.framesSeen, 1, "a block counts from its start on");
});

test("a stream cut in two at any byte gives the same messages", (t) => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const { sink } = read(stream.subarray(0, cut), stream.subarray(cut));
    t.deepEqual(sink.events, streamEvents, `cut at ${cut}`);
  }
});

test("PI5: messages in any order and chunks are decoded as they were written", (t) => {
  const messages = fc.array(fc.constantFrom(...allMessages.filter((each) => each !== bitfield)), {
    maxLength: 30,
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 });
  fc.assert(
    fc.property(messages, sizes, (list, chunkSizes) => {
      const bytes = join(bitfield.bytes, ...list.map((each) => each.bytes));
      const { sink } = read(...slices(bytes, chunkSizes));
      t.deepEqual(sink.events, [...bitfield.events, ...list.flatMap(({ events }) => events)]);
    }),
    { numRuns: 300 },
  );
});

test("only the stated part of a chunk is read", (t) => {
  const sink = new RecordingSink();
  const reader = new FrameReader(sink, bounds);
  const chunk = join(bitfield.bytes, new Uint8Array(100).fill(0xff));
  reader.push(chunk, bitfield.bytes.length);
  t.deepEqual(sink.events, bitfield.events);
});

test("PI4: a block of 16 KiB in three chunks is copied to the place that the sink gives", (t) => {
  const data = pattern(16_384);
  const { bytes, events } = block(0, 0, data);
  const { sink } = read(bytes.subarray(0, 14), bytes.subarray(14, 9_000), bytes.subarray(9_000));
  t.deepEqual(sink.events, events);
  t.deepEqual(sink.blockMemory, data);
});

test("a block that the sink refuses is skipped, without blockEnds", (t) => {
  const sink = new RecordingSink();
  sink.blockPlace = -1;
  const reader = new FrameReader(sink, bounds);
  reader.push(join(block(0, 0, pattern(16_384)).bytes, new Uint8Array(4)));
  t.deepEqual(sink.events, ["block-starts 0 0 16384", "keep-alive"]);
  t.deepEqual(sink.blockMemory, new Uint8Array(16_384));
});

test("a block that is abandoned half way is written no further, without blockEnds", (t) => {
  const { bytes } = block(0, 0, new Uint8Array(100).fill(1));
  const { reader, sink } = read(bytes.subarray(0, blockHeaderBytes + 40));
  t.is(reader.blockBytesReceived, 40);
  reader.skipRestOfBlock();
  t.is(reader.blockBytesReceived, 0);
  reader.push(join(bytes.subarray(blockHeaderBytes + 40), new Uint8Array(4)));
  t.deepEqual(sink.events, ["block-starts 0 0 100", "keep-alive"]);
  t.deepEqual([...sink.blockMemory.subarray(38, 42)], [1, 1, 0, 0]);
});

test("a reader that its sink stopped delivers no further message", (t) => {
  for (const [index, { bytes }] of allMessages.entries()) {
    const sink = new RecordingSink();
    const reader = new FrameReader(sink, bounds);
    sink.onEvent = () => reader.stop();
    reader.push(join(bytes, stream));
    reader.push(stream);
    t.is(sink.events.length, 1, `message ${index}`);
  }
});

test("an error of the sink is rethrown, and the reader refuses further use", (t) => {
  const sink = new RecordingSink();
  const reader = new FrameReader(sink, bounds);
  sink.onEvent = () => {
    throw new RangeError("from the sink");
  };
  t.throws(() => reader.push(stream), { instanceOf: RangeError });
  refuses(t, "frame-reader-failed", () => reader.push(stream));
});

test("a place outside of the sink's memory is a bug of ours, not a fault of the peer", (t) => {
  const sink = new RecordingSink();
  sink.blockPlace = 1;
  const reader = new FrameReader(sink, bounds);
  t.throws(() => reader.push(block(0, 0, pattern(16_384)).bytes), { instanceOf: RangeError });
});

test("blocks reach shared memory at places of any alignment", (t) => {
  for (let place = 0; place < 9; place++) {
    const sink = new RecordingSink(new Uint8Array(new SharedArrayBuffer(200)));
    sink.blockPlace = place;
    const { bytes, events } = block(0, 0, pattern(100));
    const reader = new FrameReader(sink, bounds);
    reader.push(Buffer.from(bytes.subarray(0, 50)));
    reader.push(bytes.subarray(50));
    t.deepEqual(sink.events, events);
  }
});

test("case 11: a stream cut at every byte waits for more", (t) => {
  for (const prefix of prefixes(stream)) t.notThrows(() => read(prefix));
});

test("case 11: a stream with any bit changed is read or refused", (t) => {
  for (const flipped of flips(stream)) acceptsOrRefuses(t, () => read(flipped), "flip");
  t.pass();
});

test("case 39: an incomplete frame holds only the bytes that came", (t) => {
  const half = raw(20, pattern(60_000)).bytes.subarray(0, 5 + 700);
  const { reader } = read(half);
  t.true(reader.isInsideFrame);
  t.is(reader.bufferedBytes, 700);
});

for (const length of [0x7fffffff, 0xffffffff, 0x80000000, 1_048_577]) {
  test(`case 40: the length prefix ${length} closes on its 4th byte with nothing buffered`, (t) => {
    const prefix = new Uint8Array(4);
    writeUint32(prefix, 0, length);
    refuses(t, "frame-too-long", () => read(prefix));
    const { reader } = read(...Array.from(prefix.subarray(0, 3), (byte) => Uint8Array.of(byte)));
    refuses(t, "frame-too-long", () => reader.push(prefix.subarray(3)));
    t.is(reader.bufferedBytes, 0);
  });
}

for (const [id, right] of [
  [0, 0],
  [1, 0],
  [2, 0],
  [3, 0],
  [4, 4],
  [6, 12],
  [8, 12],
  [9, 2],
  [13, 4],
  [14, 0],
  [15, 0],
  [16, 12],
  [17, 4],
] as const) {
  test(`case 41: message ${id} has ${right} bytes of payload, not one more or less`, (t) => {
    t.notThrows(() => read(raw(id, new Uint8Array(right)).bytes));
    closesWith(t, "frame-wrong-length", raw(id, new Uint8Array(right + 1)));
    if (right > 0) closesWith(t, "frame-wrong-length", raw(id, new Uint8Array(right - 1)));
  });
}

test("case 41: a wrong length is known at the id, before the payload", (t) => {
  refuses(t, "frame-wrong-length", () => read(raw(4, new Uint8Array(3)).bytes.subarray(0, 5)));
});

test("case 42: a bitfield of the wrong size closes at its id", (t) => {
  for (const size of [0, 1, 3, 1_000_000]) {
    refuses(t, "bitfield-wrong-length", () =>
      read(raw(5, new Uint8Array(size)).bytes.subarray(0, 5)),
    );
  }
});

test("case 42: a bitfield with a spare bit closes", (t) => {
  closesWith(t, "bitfield-spare-bits", raw(5, Uint8Array.of(0, 0x20)));
});

test("a bitfield may come after any message, and again, because aria2 sends it instead of many haves", (t) => {
  for (const first of allMessages) {
    t.notThrows(() => read(join(first.bytes, bitfield.bytes)));
  }
});

test("case 43: a have beyond the last piece closes", (t) => {
  for (const piece of [10, 0x7fffffff, 0x80000000, 0xffffffff]) {
    closesWith(
      t,
      "piece-out-of-range",
      message(haveBytes, (b) => writeHave(b, 0, piece)),
    );
  }
});

test("case 55: a suggested or allowed piece beyond the last closes", (t) => {
  for (const id of [13, 17])
    closesWith(t, "piece-out-of-range", raw(id, Uint8Array.of(0, 0, 0, 10)));
});

test("case 43: a have repeated ten thousand times is delivered ten thousand times and takes no memory", (t) => {
  const have = message(haveBytes, (b) => writeHave(b, 0, 3)).bytes;
  const { reader, sink } = read(join(...Array.from({ length: 10_000 }, () => have)));
  t.is(sink.events.length, 10_000);
  t.is(reader.bufferedBytes, 0);
});

test("case 44: a request that no piece can fill is delivered unchanged", (t) => {
  for (const [piece, begin, length] of [
    [10, 0, 16_384],
    [0, 0x80000000, 16_384],
    [0, 0, 0],
    [0, 0, 131_073],
    [0xffffffff, 0xffffffff, 0xffffffff],
  ] as const) {
    const { bytes } = message(requestBytes, (b) => writeRequest(b, 0, piece, begin, length));
    t.deepEqual(read(bytes).sink.events, [`request ${piece} ${begin} ${length}`]);
  }
});

for (const [name, piece, begin, length, code] of [
  ["of a piece that is not there", 10, 0, 1, "piece-out-of-range"],
  ["behind the end of its piece", 0, 32_768, 1, "block-out-of-range"],
  ["over the end of its piece", 0, 16_385, 16_384, "block-out-of-range"],
  ["over the end of the short last piece", 9, 16_384, 3_617, "block-out-of-range"],
  ["at a place beyond 2³¹", 0, 0xffffffff, 16_384, "block-out-of-range"],
  ["longer than 16 KiB", 0, 0, 16_385, "frame-too-long"],
  ["without bytes", 0, 0, 0, "frame-wrong-length"],
] as const) {
  test(`case 47: a block ${name} never reaches the sink`, (t) => {
    const head = message(blockHeaderBytes, (b) => writeBlockHeader(b, 0, piece, begin, length));
    closesWith(t, code, head);
    const sink = new RecordingSink();
    refuses(t, code, () => new FrameReader(sink, bounds).push(head.bytes));
    t.deepEqual(sink.events, []);
  });
}

test("case 47: a block that is cut off begins and does not end", (t) => {
  const { bytes } = block(0, 0, pattern(16_384));
  t.deepEqual(read(bytes.subarray(0, -1)).sink.events, ["block-starts 0 0 16384"]);
});

test("case 53: an extended message over 64 KiB closes at its id", (t) => {
  const { bytes } = raw(20, new Uint8Array(65_536));
  refuses(t, "frame-too-long", () => read(bytes.subarray(0, 5)));
  t.notThrows(() => read(raw(20, new Uint8Array(65_535)).bytes));
  closesWith(t, "frame-wrong-length", raw(20, new Uint8Array(0)));
});

test("case 54: a message with an unknown id is skipped without buffering", (t) => {
  const { bytes } = raw(99, new Uint8Array(1_048_575));
  const { reader, sink } = read(bytes.subarray(0, 500_000));
  t.is(reader.bufferedBytes, 0);
  reader.push(join(bytes.subarray(500_000), new Uint8Array(4)));
  t.deepEqual(sink.events, ["unknown 99 1048576", "keep-alive"]);
});

/** A reader without metadata, which has read `chunks`. */
function readEarly(...chunks: readonly Uint8Array[]): { reader: FrameReader; sink: RecordingSink } {
  const sink = new RecordingSink();
  const reader = new FrameReader(sink, earlyBounds);
  for (const chunk of chunks) reader.push(chunk);
  return { reader, sink };
}

const earlyMessages = allMessages.filter(({ bytes }) => bytes[4] !== 7);

test("without metadata every message but a block is read", (t) => {
  const bytes = join(...earlyMessages.map((each) => each.bytes));
  const { sink } = readEarly(bytes);
  t.deepEqual(
    sink.events,
    earlyMessages.flatMap(({ events }) => events),
  );
});

test("without metadata a block is the peer's fault, whatever it says", (t) => {
  for (const { bytes } of [block(0, 0, pattern(1)), block(2 ** 31, 5, pattern(16_384))]) {
    refuses(t, "block-before-metadata", () => readEarly(bytes.subarray(0, blockHeaderBytes)));
  }
  refuses(t, "frame-too-long", () => readEarly(block(0, 0, pattern(16_385)).bytes));
});

test("without metadata a have of a piece that no torrent has is refused", (t) => {
  const have = (piece: number) => message(haveBytes, (b) => writeHave(b, 0, piece)).bytes;
  t.deepEqual(readEarly(have(2 ** 21 - 1)).sink.events, ["have 2097151"]);
  refuses(t, "piece-out-of-range", () => readEarly(have(2 ** 21)));
});

test("without metadata a bitfield that no torrent has is refused at its id", (t) => {
  const bits = (size: number) => raw(5, new Uint8Array(size)).bytes;
  t.is(readEarly(bits(2 ** 18), bits(1)).sink.events.length, 2);
  for (const size of [0, 2 ** 18 + 1]) {
    refuses(t, "bitfield-wrong-length", () => readEarly(bits(size).subarray(0, 5)));
  }
});

test("half a bitfield is judged when the metadata comes", (t) => {
  const { reader } = readEarly(bitfield.bytes.subarray(0, -1));
  const sink = new RecordingSink();
  reader.learn(sink, bounds);
  reader.push(bitfield.bytes.subarray(-1));
  t.deepEqual(sink.events, bitfield.events);
  const long = readEarly(raw(5, new Uint8Array(3)).bytes.subarray(0, 7)).reader;
  refuses(t, "bitfield-wrong-length", () => long.learn(sink, bounds));
  t.is(long.bufferedBytes, 0);
  refuses(t, "frame-reader-failed", () => long.push(bitfield.bytes));
});

/** Reads with bounds from the start. @returns The messages, and the code of the fault. */
function readKnowing(bytes: Uint8Array): Heard {
  const sink = new RecordingSink();
  const code = codeOf(() => new FrameReader(sink, bounds).push(bytes));
  return { events: sink.events, code };
}

interface Heard {
  readonly events: readonly string[];
  readonly code: string | undefined;
}

/** Reads in chunks, and learns the bounds after the first `early` bytes. */
function readLearning(bytes: Uint8Array, early: number, sizes: readonly number[]): Heard {
  const haves = new EarlyHaves();
  const before = new RecordingSink();
  before.have = (piece) => haves.have(piece as PieceIndex);
  before.bitfield = (bits) => haves.bitfield(bits);
  const after = new RecordingSink();
  const code = codeOf(() => {
    const reader = new FrameReader(before, earlyBounds);
    for (const chunk of slices(bytes.subarray(0, early), sizes)) reader.push(chunk);
    haves.deliver(after, bounds);
    reader.learn(after, bounds);
    for (const chunk of slices(bytes.subarray(early), sizes)) reader.push(chunk);
  });
  return { events: [...before.events, ...after.events], code };
}

function codeOf(read: () => void): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

const isHave = (event: string) => /^(?:have|bitfield) /.test(event);
const havesFirst = (events: readonly string[]) => [
  ...events.filter(isHave),
  ...events.filter((event) => !isHave(event)),
];

const anyMessage = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...earlyMessages) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      block(2, 16_384, pattern(50)),
      raw(5, Uint8Array.of(1, 2, 3)),
      raw(5, Uint8Array.of(0, 1)),
      raw(4, Uint8Array.of(0, 0, 0, 10)),
      raw(4, Uint8Array.of(0, 0, 1)),
    ),
  },
);

test("a reader that learns the metadata between any two bytes hears the same as a reader that always knew it", (t) => {
  const counts = { heard: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.array(anyMessage, { maxLength: 8 }),
      fc.nat({ max: 400 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 }),
      (list, at, sizes) => {
        const bytes = join(...list.map((each) => each.bytes));
        const known = readKnowing(bytes);
        const learnt = readLearning(bytes, Math.min(at, bytes.length), sizes);
        if (learnt.code === "block-before-metadata") return;
        t.is(learnt.code === undefined, known.code === undefined, `${learnt.code} ${known.code}`);
        if (known.code === undefined) {
          counts.heard++;
          t.deepEqual(havesFirst(learnt.events), havesFirst(known.events));
        } else counts.refused++;
      },
    ),
    { numRuns: 2_000 },
  );
  t.true(counts.heard > 200 && counts.refused > 200, JSON.stringify(counts));
});

/** A sink that takes blocks part by part. */
class LendingSink extends RecordingSink {
  readonly parts: { readonly begin: number; readonly bytes: number[] }[] = [];
  onPart: () => void = () => {};
  override blockPlace = lentBlock;

  override blockEnds = (piece: number, begin: number, length: number): void => {
    this.events.push(`block-ends ${piece} ${begin} ${length}`);
  };

  blockPart(chunk: Uint8Array, start: number, end: number, begin: number): void {
    this.parts.push({ begin, bytes: [...chunk.subarray(start, end)] });
    this.onPart();
  }
}

for (const chunkBytes of [1, 7, 30, 1_000]) {
  test(`a lent block of 50 bytes comes in order, in chunks of ${chunkBytes} bytes`, (t) => {
    const bytes = join(
      block(2, 16_384, pattern(50)).bytes,
      message(9, (b) => writeHave(b, 0, 3)).bytes,
    );
    const sink = new LendingSink();
    const reader = new FrameReader(sink, bounds);
    const sizes = Array.from({ length: 100 }, () => chunkBytes);
    for (const chunk of slices(bytes, sizes)) reader.push(chunk);
    let at = 16_384;
    for (const part of sink.parts) {
      t.is(part.begin, at);
      at += part.bytes.length;
    }
    t.deepEqual(
      sink.parts.flatMap((part) => part.bytes),
      [...pattern(50)],
    );
    t.deepEqual(sink.events, ["block-starts 2 16384 50", "block-ends 2 16384 50", "have 3"]);
  });
}

test("a sink that stops the reader in a part of a lent block hears neither its end nor more", (t) => {
  const sink = new LendingSink();
  const reader = new FrameReader(sink, bounds);
  sink.onPart = () => reader.stop();
  const have = message(9, (b) => writeHave(b, 0, 3));
  reader.push(join(block(2, 16_384, pattern(50)).bytes, have.bytes));
  reader.push(have.bytes);
  t.is(sink.parts.length, 1);
  t.deepEqual(sink.events, ["block-starts 2 16384 50"]);
});

test("a sink that skips the rest of a lent block hears the message after it", (t) => {
  const sink = new LendingSink();
  const reader = new FrameReader(sink, bounds);
  sink.onPart = () => reader.skipRestOfBlock();
  const bytes = join(
    block(2, 16_384, pattern(50)).bytes,
    message(9, (b) => writeHave(b, 0, 3)).bytes,
  );
  for (const chunk of slices(bytes, [30])) reader.push(chunk);
  t.is(sink.parts.length, 1);
  t.deepEqual(sink.events, ["block-starts 2 16384 50", "have 3"]);
});

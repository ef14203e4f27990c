import test from "ava";
import fc from "fast-check";
import { writeUint32 } from "../../src/bytes/index.ts";
import { ProtocolError } from "../../src/errors.ts";
import { type FrameBounds, type PeerMessage, readMessages } from "../../src/frames/index.ts";
import { makeGeometry } from "../../src/metainfo/index.ts";
import {
  allowedFastBytes,
  bitfieldHeaderBytes,
  blockHeaderBytes,
  cancelBytes,
  haveAllBytes,
  haveBytes,
  keepAliveBytes,
  portBytes,
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
  writePort,
  writeReject,
  writeRequest,
  writeUnchoke,
} from "../../src/peer/index.ts";
import type { PieceIndex } from "../../src/units.ts";
import { join } from "../support/bytes.ts";
import { rawMessage, writtenMessage } from "../support/messages.ts";

/** 10 pieces of 32 KiB: two bytes of bitfield with six spare bits. */
const bounds: FrameBounds = {
  geometry: makeGeometry(10 * 32_768, 32_768),
  maxExtendedBytes: 65_536,
};

const stateWriters = {
  "keep-alive": [keepAliveBytes, writeKeepAlive],
  choke: [stateMessageBytes, writeChoke],
  unchoke: [stateMessageBytes, writeUnchoke],
  interested: [stateMessageBytes, writeInterested],
  "not-interested": [stateMessageBytes, writeNotInterested],
  "have-all": [haveAllBytes, writeHaveAll],
  "have-none": [haveAllBytes, writeHaveNone],
} as const;
const placeWriters = {
  request: [requestBytes, writeRequest],
  cancel: [cancelBytes, writeCancel],
  reject: [rejectBytes, writeReject],
} as const;

function encode(message: PeerMessage): Uint8Array {
  switch (message.name) {
    case "have":
      return writtenMessage(haveBytes, (b) => writeHave(b, 0, message.piece));
    case "suggest":
      return rawMessage(13, Uint8Array.of(0, 0, 0, message.piece));
    case "allowed-fast":
      return writtenMessage(allowedFastBytes, (b) => writeAllowedFast(b, 0, message.piece));
    case "bitfield": {
      const { bits } = message;
      return writtenMessage(bitfieldHeaderBytes + bits.length, (b) => writeBitfield(b, 0, bits));
    }
    case "request":
    case "cancel":
    case "reject": {
      const { piece, begin, lengthBytes } = message;
      const [sizeBytes, write] = placeWriters[message.name];
      return writtenMessage(sizeBytes, (b) => write(b, 0, piece, begin, lengthBytes));
    }
    case "piece": {
      const { piece, begin, block } = message;
      const head = new Uint8Array(blockHeaderBytes);
      writeBlockHeader(head, 0, piece, begin, block.length);
      return join(head, block);
    }
    case "port":
      return writtenMessage(portBytes, (b) => writePort(b, 0, message.port));
    case "extended":
      return rawMessage(20, join(Uint8Array.of(message.id), message.payload));
    case "unknown":
      return rawMessage(message.id, new Uint8Array(message.lengthBytes - 1));
    default: {
      const [sizeBytes, write] = stateWriters[message.name];
      return writtenMessage(sizeBytes, (b) => write(b, 0));
    }
  }
}

const pieceIndex = fc.nat(9) as fc.Arbitrary<PieceIndex>;
const word = fc.nat(0xffffffff);
const someBytes = fc.uint8Array({ minLength: 1, maxLength: 100 });
const anyMessage: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.record({
    name: fc.constantFrom(...(Object.keys(stateWriters) as (keyof typeof stateWriters)[])),
  }),
  fc.record({
    name: fc.constantFrom("have" as const, "suggest" as const, "allowed-fast" as const),
    piece: pieceIndex,
  }),
  fc.record({
    name: fc.constant("bitfield" as const),
    bits: fc.nat(255).map((first) => Uint8Array.of(first, 0xc0)),
  }),
  fc.record({
    name: fc.constantFrom("request" as const, "cancel" as const, "reject" as const),
    piece: word,
    begin: word,
    lengthBytes: word,
  }),
  fc.record({
    name: fc.constant("piece" as const),
    piece: pieceIndex,
    begin: fc.nat(32_000),
    block: someBytes,
  }),
  fc.record({ name: fc.constant("port" as const), port: fc.nat(65_535) }),
  fc.record({ name: fc.constant("extended" as const), id: fc.nat(255), payload: someBytes }),
  fc.record({
    name: fc.constant("unknown" as const),
    id: fc.integer({ min: 21, max: 255 }),
    lengthBytes: fc.integer({ min: 1, max: 100 }),
  }),
);

/** Cuts bytes into chunks; each chunk is overwritten when the next is taken. */
function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    const chunk = bytes.slice(at, at + size);
    at += chunk.length;
    yield chunk;
    chunk.fill(0xee);
  }
}

async function readAll(chunks: Iterable<Uint8Array>): Promise<PeerMessage[]> {
  const messages: PeerMessage[] = [];
  for await (const message of readMessages(chunks, bounds)) messages.push(message);
  return messages;
}

test("PI4, PI5: messages of any kind and order are read as they were written, from chunks of any size", async (t) => {
  const messages = fc.array(anyMessage, { maxLength: 20 });
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(messages, sizes, async (list, chunkSizes) => {
      const stream = join(...list.map(encode));
      t.deepEqual(await readAll(cut(stream, chunkSizes)), list);
    }),
    { numRuns: 300 },
  );
});

test("PI4: a length beyond the limit is refused when its prefix is whole, which may come byte by byte", async (t) => {
  const prefix = new Uint8Array(4);
  writeUint32(prefix, 0, 0x7fffffff);
  let takenBytes = 0;
  let isClosed = false;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      for (const byte of join(encode({ name: "choke" }), prefix, new Uint8Array(100))) {
        await Promise.resolve();
        takenBytes++;
        yield Uint8Array.of(byte);
      }
    } finally {
      isClosed = true;
    }
  }
  const messages = readMessages(bytes(), bounds);
  t.deepEqual(await messages.next(), { done: false, value: { name: "choke" } });
  const error = await t.throwsAsync(messages.next(), { instanceOf: ProtocolError });
  t.is(error?.code, "frame-too-long");
  t.is(takenBytes, stateMessageBytes + 4);
  t.true(isClosed);
});

test("PI4: a chunk is taken when the messages of the chunk before it are taken, and a return closes the source", async (t) => {
  const taken: number[] = [];
  let isClosed = false;
  function* chunks(): Generator<Uint8Array> {
    try {
      for (let chunk = 0; chunk < 3; chunk++) {
        taken.push(chunk);
        yield join(encode({ name: "choke" }), encode({ name: "unchoke" }));
      }
    } finally {
      isClosed = true;
    }
  }
  const messages = readMessages(chunks(), bounds);
  await messages.next();
  await messages.next();
  t.deepEqual(taken, [0]);
  await messages.next();
  t.deepEqual(taken, [0, 1]);
  await messages.return();
  t.true(isClosed);
});

test("PI4: a message that the last chunk cuts off is left out", async (t) => {
  const request = encode({ name: "request", piece: 1, begin: 0, lengthBytes: 16_384 });
  const chunks = [encode({ name: "interested" }), request.subarray(0, -1)];
  t.deepEqual(await readAll(chunks), [{ name: "interested" }]);
});

// Mutations of peer messages as the frames they are.

import { FastMessageId, MessageId } from "@troupe/protocol/peer";

import { bytesMutator, joined } from "./mutate-bytes.ts";
import type { Random } from "./random.ts";
import type { Mutator } from "./target.ts";

/** The torrent that the frames are about. */
export interface FrameShape {
  readonly pieceCount: number;
  readonly pieceLengthBytes: number;
}

/** @returns A message with its length prefix. */
export function frame(id: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = Buffer.alloc(5 + payload.length);
  bytes.writeUInt32BE(1 + payload.length, 0);
  bytes[4] = id;
  bytes.set(payload, 5);
  return bytes;
}

/** @returns Numbers of 32 bits, big-endian. */
export function words(...numbers: number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, at) => bytes.writeUInt32BE(number >>> 0, 4 * at));
  return bytes;
}

/** Handshakes of BEP 10, and messages of `ut_metadata` (BEP 9). */
const extendedMessages: readonly string[] = [
  "d4:reqqi5ee",
  "d1:md11:lt_donthavei7ee11:upload_onlyi1ee",
  "d1:md4:x_abi7e4:x_cdi8ee6:x_namei1ee",
  "d1:md4:x_abi0eee",
  "echo",
  "throw",
  "close",
  "d1:md11:ut_metadatai3ee13:metadata_sizei20000ee",
  "d1:md11:ut_metadatai0eee",
  "d8:msg_typei0e5:piecei0ee",
  "d8:msg_typei0e5:piecei1ee",
  "d8:msg_typei1e5:piecei0e10:total_sizei9eexxxxxxxxx",
  "d8:msg_typei1e5:piecei1eexxxxxxxxx",
  "d8:msg_typei2e5:piecei0ee",
];

/** @returns A message that such a peer may send, sound more often than not. */
export function drawFrame(random: Random, shape: FrameShape): Uint8Array {
  const odd = random.oneIn(8);
  const piece = odd ? random.word() : random.below(shape.pieceCount);
  const begin = odd
    ? random.word()
    : 16_384 * random.below(Math.ceil(shape.pieceLengthBytes / 16_384));
  const length = random.oneIn(4) ? 16_384 : random.length(random.oneIn(9) ? 20_000 : 500);
  switch (random.below(14)) {
    case 0:
      return words(0);
    case 1:
      return frame(random.below(4));
    case 2:
      return frame(MessageId.have, words(piece));
    case 3:
      return frame(MessageId.bitfield, random.bytes(Math.ceil(shape.pieceCount / 8)));
    case 4:
      return frame(MessageId.request, words(piece, begin, length));
    case 5:
      return frame(MessageId.cancel, words(piece, begin, length));
    case 6:
    case 7:
      return frame(MessageId.piece, Buffer.concat([words(piece, begin), new Uint8Array(length)]));
    case 8:
      return frame(MessageId.port, random.bytes(2));
    case 9:
      return frame(
        MessageId.extended,
        joined(
          [random.below(7)],
          random.oneIn(3) ? words(piece) : Buffer.from(random.pick(extendedMessages) ?? ""),
        ),
      );
    case 11:
      return drawFastFrame(random, piece, begin, length);
    case 12:
      return frame(random.below(256), random.bytes(random.length(200)));
    default:
      return Buffer.concat([
        words(random.oneIn(2) ? random.word() : 1 << random.below(21)),
        random.bytes(9),
      ]);
  }
}

/** @returns A message of BEP 6. */
function drawFastFrame(random: Random, piece: number, begin: number, length: number): Uint8Array {
  const id = FastMessageId.suggest + random.below(5);
  if (id === FastMessageId.haveAll || id === FastMessageId.haveNone) return frame(id);
  return frame(id, id === FastMessageId.reject ? words(piece, begin, length) : words(piece));
}

/** @returns A mutator of streams of messages. */
export function frameMutator(shape: FrameShape): Mutator {
  const flat = bytesMutator([
    words(0),
    words(1),
    words(16_393),
    words(1_048_577),
    words(0xffff_ffff),
  ]);
  return (input, means) => {
    const { random, maxBytes, other } = means;
    if (random.oneIn(4)) return flat(input, means);
    const frames = framesOf(input);
    const changes = 1 + random.below(4);
    for (let i = 0; i < changes; i++) {
      const at = random.below(frames.length + 1);
      switch (random.below(6)) {
        case 0:
          frames.splice(at, 1);
          break;
        case 1:
          frames.splice(at, 0, frames[at] ?? drawFrame(random, shape));
          break;
        case 2: {
          const found = frames[at];
          if (found !== undefined) frames[at] = flat(found, means);
          break;
        }
        case 3:
          frames.splice(at, 0, random.pick(framesOf(other)) ?? drawFrame(random, shape));
          break;
        default:
          frames.splice(at, 0, drawFrame(random, shape));
      }
    }
    const bytes = Buffer.concat(frames);
    return new Uint8Array(bytes.subarray(0, maxBytes));
  };
}

function framesOf(input: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const view = Buffer.from(input.buffer, input.byteOffset, input.length);
  for (let at = 0; at < input.length;) {
    const length = at + 4 <= input.length ? view.readUInt32BE(at) : 0;
    const end = Math.min(input.length, at + 4 + length);
    frames.push(input.subarray(at, end));
    at = end;
  }
  return frames;
}

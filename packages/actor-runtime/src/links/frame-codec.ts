// Only this file imports msgpackr, and only for bytes of our own threads.

// The main entry would load its optional native part.
import { Packr, addExtension } from "msgpackr/pack";
import type { Frame } from "./wire.ts";

/** Bytes, and the shared memory that they name by index. */
export interface EncodedFrame {
  /** Owns its whole ArrayBuffer, for transfer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly shared: readonly SharedArrayBuffer[];
}

const sharedMemoryType = 1;
const nothingShared: readonly SharedArrayBuffer[] = [];

/** Shared memory of the frame in work; not re-entrant. */
let sharedInFrame: SharedArrayBuffer[] | undefined;
let sharedForFrame: readonly SharedArrayBuffer[] = nothingShared;

addExtension({
  Class: SharedArrayBuffer,
  type: sharedMemoryType,
  pack(memory: SharedArrayBuffer): Buffer {
    sharedInFrame ??= [];
    const known = sharedInFrame.indexOf(memory);
    const index = known === -1 ? sharedInFrame.push(memory) - 1 : known;
    const packed = Buffer.alloc(4);
    packed.writeUInt32BE(index);
    return packed;
  },
  unpack(packed: Buffer): SharedArrayBuffer {
    const index = new DataView(packed.buffer, packed.byteOffset, 4).getUint32(0);
    const memory = sharedForFrame[index];
    if (memory === undefined) {
      throw new RangeError(
        `bug: a frame names shared memory ${index}, ${sharedForFrame.length} came with it`,
      );
    }
    return memory;
  },
});

const codec = new Packr({
  useRecords: false,
  structuredClone: false,
  int64AsType: "auto",
  // A view would keep the whole frame alive.
  copyBuffers: true,
} as ConstructorParameters<typeof Packr>[0]);

/**
 * Encodes a frame of plain data: objects, arrays, text, numbers, booleans, null, undefined, bigints of 64 bits (those
 * below 2⁵³ arrive as numbers), `Uint8Array` (arrives as a copy) and `SharedArrayBuffer` (the same memory). A function
 * arrives as undefined.
 * @throws msgpackr's error for a symbol, a bigint over 64 bits or an object of over 65 535 keys.
 */
export function encodeFrame(frame: Frame): EncodedFrame {
  sharedInFrame = undefined;
  // `pack` returns a view of a pool: post a copy, not the whole pool.
  const bytes = new Uint8Array(codec.pack(frame));
  const shared = sharedInFrame ?? nothingShared;
  sharedInFrame = undefined;
  return { bytes, shared };
}

/** Decodes {@link encodeFrame}. The result holds no view of `bytes`. */
export function decodeFrame({ bytes, shared }: EncodedFrame): Frame {
  sharedForFrame = shared;
  const frame = codec.unpack(bytes) as Frame;
  sharedForFrame = nothingShared;
  return frame;
}

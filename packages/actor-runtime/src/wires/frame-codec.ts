// Frames as bytes. The only file that imports msgpackr; it only ever sees bytes of our own threads.

// The package's main entry would load its optional native part; this one is the same code without it.
import { Packr, addExtension } from "msgpackr/pack";
import type { Frame } from "./wire.ts";

/** A frame ready to be posted: bytes of its own, and the shared memory that they name by index. */
export interface EncodedFrame {
  /** Owns its whole ArrayBuffer, so that it can be transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly shared: readonly SharedArrayBuffer[];
}

const sharedMemoryType = 1;
const nothingShared: readonly SharedArrayBuffer[] = [];

/** Shared memory of the frame being encoded or decoded; neither is re-entrant. */
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
  // Byte arrays get memory of their own: a view would keep the whole frame alive as long as itself.
  copyBuffers: true,
} as ConstructorParameters<typeof Packr>[0]);

/**
 * Encodes one frame.
 *
 * Messages are plain data: objects, arrays, text, numbers, booleans, null, undefined, bigints of 64 bits (those
 * below 2⁵³ arrive as numbers), `Uint8Array` (arrives as a copy) and `SharedArrayBuffer` (arrives as the same memory,
 * wherever it stands in a message). A function arrives as undefined.
 *
 * @throws what msgpackr throws for a symbol, a bigint over 64 bits or an object of over 65 535 keys.
 */
export function encodeFrame(frame: Frame): EncodedFrame {
  sharedInFrame = undefined;
  // `pack` answers with a view of a pool that it goes on using: copy, or the whole pool would be posted.
  const bytes = new Uint8Array(codec.pack(frame));
  const shared = sharedInFrame ?? nothingShared;
  sharedInFrame = undefined;
  return { bytes, shared };
}

/** Decodes what {@link encodeFrame} made. The result holds no view of `bytes`. */
export function decodeFrame({ bytes, shared }: EncodedFrame): Frame {
  sharedForFrame = shared;
  const frame = codec.unpack(bytes) as Frame;
  sharedForFrame = nothingShared;
  return frame;
}

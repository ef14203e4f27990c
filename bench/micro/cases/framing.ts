// The bytes of a connection, cut into messages.

import { FrameReader } from "@troupe/protocol/frames";
import { makeGeometry } from "@troupe/protocol/metainfo";
import { writeBlockHeader, writeHave } from "@troupe/protocol/peer";
import { ExtentSink } from "../../data-plane/extent-sink.ts";
import { timed, type MicroCase } from "../case.ts";

const blockBytes = 16_384;
const pieceLengthBytes = 1_048_576;
const pieces = 64;
/** Bytes that one read of a socket brings. */
const chunkBytes = 65_536;
const haves = 10_000;

/** Blocks and `have`s. */
export function framingCases(): MicroCase[] {
  return [
    {
      part: "framing",
      operation: "a block of 16 KiB read and copied to its place",
      run: () => {
        const { reader, sink } = makeReader();
        for (let piece = 0; piece < pieces; piece++) sink.open(piece, 0);
        return timed(pieces * (pieceLengthBytes / blockBytes), () => push(reader, blockStream));
      },
    },
    {
      part: "framing",
      operation: "a `have` read",
      run: () => {
        const { reader } = makeReader();
        return timed(haves, () => push(reader, haveStream));
      },
    },
  ];
}

const blockStream = makeBlockStream();
const haveStream = makeHaveStream();

function makeReader(): { reader: FrameReader; sink: ExtentSink } {
  const totalBytes = pieces * pieceLengthBytes;
  const plan = { totalBytes, pieceLengthBytes };
  const unused = { port: 0, infoHash: "", pieceHashes: "", target: "", memoryBytes: 0 };
  const slab = new SharedArrayBuffer(pieceLengthBytes);
  const sink = new ExtentSink({ ...unused, ...plan, hashThreads: 0 }, slab, () => {});
  const geometry = makeGeometry(totalBytes, pieceLengthBytes);
  return { reader: new FrameReader(sink, { geometry, maxExtendedBytes: blockBytes }), sink };
}

function push(reader: FrameReader, stream: Uint8Array): void {
  for (let at = 0; at < stream.length; at += chunkBytes) {
    reader.push(stream.subarray(at, at + chunkBytes));
  }
}

function makeBlockStream(): Uint8Array {
  const frameBytes = blockBytes + 13;
  const stream = new Uint8Array(pieces * (pieceLengthBytes / blockBytes) * frameBytes);
  let at = 0;
  for (let piece = 0; piece < pieces; piece++) {
    for (let begin = 0; begin < pieceLengthBytes; begin += blockBytes) {
      writeBlockHeader(stream, at, piece, begin, blockBytes);
      at += frameBytes;
    }
  }
  return stream;
}

function makeHaveStream(): Uint8Array {
  const stream = new Uint8Array(haves * 9);
  for (let have = 0, at = 0; have < haves; have++) at = writeHave(stream, at, have % pieces);
  return stream;
}

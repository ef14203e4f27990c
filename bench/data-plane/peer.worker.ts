// The peer thread: one connection, its requests, and its payload straight into the slots.

import { workerData } from "node:worker_threads";
import { nodePorts, type Stream } from "@troupe/actor-runtime";
import { FrameReader } from "@troupe/protocol/frames";
import { makeGeometry } from "@troupe/protocol/metainfo";
import {
  encodeHandshake,
  handshakeLengthBytes,
  requestBytes,
  stateMessageBytes,
  writeInterested,
  writeRequest,
} from "@troupe/protocol/peer";
import { parseInfoHash } from "@troupe/protocol/units";
import { FrameLink } from "./frame-link.ts";
import { pieceLength, type ThreadData } from "./plan.ts";
import { ExtentSink } from "./extent-sink.ts";

const blockBytes = 16_384;
/** Blocks asked for and not there yet. */
const requestsOutLimit = 512;
/** Requests go out in batches: one write costs as much as the copies of several blocks. */
const batchRequests = 64;

const { plan, slab, link } = workerData as ThreadData;
const geometry = makeGeometry(plan.totalBytes, plan.pieceLengthBytes);
const sink = new ExtentSink(plan, slab, (piece, extent) => engine.send({ piece, extent }));
const reader = new FrameReader(sink, { geometry, maxExtendedBytes: 16_384 });
/** Slots that are free; the last one is taken first, while it is warm. */
const freeExtents = Array.from(
  { length: Math.floor(slab.byteLength / plan.pieceLengthBytes) },
  (_, extent) => extent,
);

let stream: Stream | undefined;
let greetingLeftBytes = handshakeLengthBytes;
let nextPiece = 0;
let openPiece = -1;
let nextBegin = 0;

/** Takes written pieces: their slots are free again. Slot −1 says: begin. */
const engine = new FrameLink(link, (pieces) => {
  for (const { extent } of pieces) {
    if (extent < 0) dial();
    else freeExtents.push(extent);
  }
  request();
});

function request(): void {
  if (!sink.isUnchoked || sink.requestsOut > requestsOutLimit - batchRequests) return;
  const batch = new Uint8Array((requestsOutLimit - sink.requestsOut) * requestBytes);
  let at = 0;
  while (sink.requestsOut < requestsOutLimit && openNextPiece()) {
    const lengthBytes = Math.min(blockBytes, pieceLength(plan, openPiece) - nextBegin);
    at = writeRequest(batch, at, openPiece, nextBegin, lengthBytes);
    nextBegin += lengthBytes;
    sink.requestsOut++;
  }
  if (at > 0) stream?.write(batch.subarray(0, at));
}

/** @returns false when every piece is asked for, or no slot is free. */
function openNextPiece(): boolean {
  if (openPiece !== -1 && nextBegin < pieceLength(plan, openPiece)) return true;
  const extent = freeExtents.at(-1);
  if (nextPiece === geometry.pieceCount || extent === undefined) return false;
  freeExtents.pop();
  openPiece = nextPiece++;
  nextBegin = 0;
  sink.open(openPiece, extent);
  return true;
}

function dial(): void {
  const greeting = new Uint8Array(handshakeLengthBytes + stateMessageBytes);
  const infoHash = parseInfoHash(plan.infoHash);
  const peerId = new TextEncoder().encode("-TP0100-dataplane000");
  greeting.set(encodeHandshake({ infoHash, peerId }));
  writeInterested(greeting, handshakeLengthBytes);
  const { sockets } = nodePorts();
  const handlers = {
    opened: (opened: Stream) => void opened.write(greeting),
    bytes: (_: Stream, chunk: Uint8Array) => take(chunk),
    closed: (_: Stream, reason?: string) => {
      throw new Error(`the seeder closed the connection: ${reason ?? "in order"}`);
    },
  };
  stream = sockets.dial({ host: "127.0.0.1", port: plan.port }, handlers, { timeoutMs: 5_000 });
}

function take(chunk: Uint8Array): void {
  // The seeder is ours: its handshake needs no look.
  const greetingBytes = Math.min(greetingLeftBytes, chunk.length);
  greetingLeftBytes -= greetingBytes;
  reader.push(greetingBytes === 0 ? chunk : chunk.subarray(greetingBytes));
  request();
}

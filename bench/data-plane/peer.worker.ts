// The peer thread: one connection, its requests, and its payload straight into the slots.
// Per block nothing is allocated: no promise, no closure, no message.

import { connect, type Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { FrameLink } from "./frame-link.ts";
import { pieceLength, type ThreadData } from "./plan.ts";

const blockBytes = 16_384;
const headerBytes = 13;
const requestBytes = 17;
const handshakeBytes = 68;
/** Blocks asked for and not there yet. */
const requestsOutLimit = 512;
const messageId = { unchoke: 1, interested: 2, request: 6, piece: 7 } as const;

const { plan, slab, link } = workerData as ThreadData;
const memory = new Uint8Array(slab);
const pieceCount = Math.ceil(plan.totalBytes / plan.pieceLengthBytes);

/** Slots that are free; the last one is taken first, while it is warm. */
const freeSlots = Array.from(
  { length: Math.floor(slab.byteLength / plan.pieceLengthBytes) },
  (_, slot) => slot,
);
/** Slot of each piece that is open, −1 for the others. */
const slotOf = new Int32Array(pieceCount).fill(-1);
const bytesMissing = new Int32Array(pieceCount);

/** Takes `[piece, slot]` of a written piece: the slot is free again. An empty message: begin. */
const engine = new FrameLink(link, (messages) => {
  for (const [, slot] of messages) {
    if (slot === undefined) dial();
    else freeSlots.push(slot);
  }
  request();
});

let socket: Socket | undefined;
let isUnchoked = false;
let requestsOut = 0;
let nextPiece = 0;
let openPiece = -1;
let nextBegin = 0;

function request(): void {
  if (!isUnchoked || requestsOut > requestsOutLimit - 64) return;
  const batch = Buffer.allocUnsafe((requestsOutLimit - requestsOut) * requestBytes);
  let at = 0;
  while (requestsOut < requestsOutLimit && openNextPiece()) {
    at = writeRequest(batch, at);
    requestsOut++;
  }
  if (at > 0) socket?.write(batch.subarray(0, at));
}

/** @returns false when every piece is asked for, or no slot is free. */
function openNextPiece(): boolean {
  if (openPiece !== -1 && nextBegin < pieceLength(plan, openPiece)) return true;
  if (nextPiece === pieceCount || freeSlots.length === 0) return false;
  openPiece = nextPiece++;
  nextBegin = 0;
  slotOf[openPiece] = freeSlots.pop() ?? -1;
  bytesMissing[openPiece] = pieceLength(plan, openPiece);
  return true;
}

function writeRequest(target: Buffer, at: number): number {
  const lengthBytes = Math.min(blockBytes, pieceLength(plan, openPiece) - nextBegin);
  target.writeUInt32BE(13, at);
  target[at + 4] = messageId.request;
  target.writeUInt32BE(openPiece, at + 5);
  target.writeUInt32BE(nextBegin, at + 9);
  target.writeUInt32BE(lengthBytes, at + 13);
  nextBegin += lengthBytes;
  return at + requestBytes;
}

// The reader: a small header is gathered, then its block is copied to its place, over as many chunks as it takes.
const header = Buffer.alloc(handshakeBytes);
let headerFilled = 0;
let headerWanted = handshakeBytes;
let isGreeted = false;
let blockAt = 0;
let blockLeft = 0;
let blockPiece = 0;
let skipLeft = 0;

function read(chunk: Uint8Array, lengthBytes: number): void {
  let at = 0;
  while (at < lengthBytes) {
    if (blockLeft > 0) at += takeBlock(chunk, at, lengthBytes);
    else if (skipLeft > 0) {
      const take = Math.min(skipLeft, lengthBytes - at);
      skipLeft -= take;
      at += take;
    } else {
      while (at < lengthBytes && headerFilled < headerWanted) {
        header[headerFilled++] = chunk[at++] ?? 0;
      }
      if (headerFilled === headerWanted) takeHeader();
    }
  }
  request();
}

function takeBlock(chunk: Uint8Array, at: number, end: number): number {
  const take = Math.min(blockLeft, end - at);
  memory.set(chunk.subarray(at, at + take), blockAt);
  blockAt += take;
  blockLeft -= take;
  if (blockLeft === 0) {
    requestsOut--;
    headerWanted = 5;
    if (bytesMissing[blockPiece] === 0) engine.send([blockPiece, slotOf[blockPiece] ?? 0]);
  }
  return take;
}

function takeHeader(): void {
  if (!isGreeted) {
    isGreeted = true;
    expectHeader();
    return;
  }
  const lengthBytes = header.readUInt32BE(0);
  const id = header[4];
  if (id === messageId.piece && headerFilled < headerBytes) {
    headerWanted = headerBytes;
    return;
  }
  if (id === messageId.piece) startBlock(lengthBytes - 9);
  else skipLeft = lengthBytes - 1;
  if (id === messageId.unchoke) isUnchoked = true;
  expectHeader();
}

function expectHeader(): void {
  headerFilled = 0;
  headerWanted = 5;
}

function startBlock(lengthBytes: number): void {
  blockPiece = header.readUInt32BE(5);
  const begin = header.readUInt32BE(9);
  blockAt = (slotOf[blockPiece] ?? 0) * plan.pieceLengthBytes + begin;
  blockLeft = lengthBytes;
  bytesMissing[blockPiece] = (bytesMissing[blockPiece] ?? 0) - lengthBytes;
}

function dial(): void {
  socket = connect({
    port: plan.port,
    host: "127.0.0.1",
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafe(256 * 1024),
      callback: (lengthBytes, buffer) => {
        read(buffer, lengthBytes);
        return true;
      },
    },
  });
  socket.write(
    Buffer.concat([
      Buffer.from("\x13BitTorrent protocol", "latin1"),
      Buffer.alloc(8),
      Buffer.from(plan.infoHash, "hex"),
      Buffer.from("-TP0100-dataplane000"),
      Buffer.from([0, 0, 0, 1, messageId.interested]),
    ]),
  );
}

// Shakes hands with a client, and reads which pieces it has.

import { messageOf, type Address, type Ports } from "@troupe/actor-runtime";
import { readMessages } from "@troupe/protocol/frames";
import type { Metainfo } from "@troupe/protocol/metainfo";
import {
  clientName,
  countBits,
  decodeHandshake,
  encodeHandshake,
  handshakeLengthBytes,
  makePeerId,
} from "@troupe/protocol/peer";
import { ChunkQueue } from "./chunk-queue.ts";

/** How a client answered. */
export type PeerAnswer =
  /** Its name by its peer id, and the pieces that it says it has. */
  | { readonly kind: "answered"; readonly client: string; readonly haves: number }
  /** A code of the system, or a few words. */
  | { readonly kind: "failed"; readonly reason: string };

/** For the connect, and for the handshake. */
const answerMs = 3_000;
/** Clients send the bitfield up to half a second after the handshake. */
const piecesMs = 1_000;
/** A bitfield of the largest torrent has 1 MiB. */
const mostBytes = 2 * 1024 * 1024;
const maxExtendedBytes = 16 * 1024;

/**
 * Connects once, and closes the connection.
 *
 * @param wanted Pieces that are waited for, a second from the handshake.
 */
export async function probePeer(
  ports: Pick<Ports, "sockets" | "timers" | "random">,
  to: Address,
  torrent: Metainfo,
  wanted: number,
): Promise<PeerAnswer> {
  const { sockets, timers, random } = ports;
  const chunks = new ChunkQueue(mostBytes);
  const { infoHash } = torrent;
  const peerId = makePeerId(random.bytes(12));
  // Without extensions the answer has a bitfield or haves alone.
  const hello = encodeHandshake({ infoHash, peerId, reserved: new Uint8Array(8) });
  const stream = sockets.dial(
    to,
    {
      opened: (opened) => void opened.write(hello),
      bytes: (_stream, chunk) => chunks.add(chunk),
      closed: (_stream, reason) => chunks.end(reason ?? "closed"),
    },
    { timeoutMs: answerMs },
  );
  const limit = timers.after(answerMs, () => chunks.end("no answer"));
  const shaken = (): void => void timers.after(piecesMs, () => chunks.end("no more pieces"));
  try {
    return await readAnswer(chunks, torrent, wanted, shaken);
  } finally {
    limit.cancel();
    stream.destroy();
  }
}

/** @param shaken Called after the handshake. */
async function readAnswer(
  chunks: ChunkQueue,
  torrent: Metainfo,
  wanted: number,
  shaken: () => void,
): Promise<PeerAnswer> {
  const source = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.length < handshakeLengthBytes) {
    // oxlint-disable-next-line no-await-in-loop
    const next = await source.next();
    if (next.done === true) return { kind: "failed", reason: chunks.reason ?? "closed" };
    head = new Uint8Array(Buffer.concat([head, next.value]));
  }
  try {
    const { infoHash, peerId } = decodeHandshake(head);
    if (infoHash !== torrent.infoHash) return { kind: "failed", reason: "another info-hash" };
    shaken();
    const rest = joined(head.subarray(handshakeLengthBytes), source);
    const haves = await countHaves(rest, torrent, wanted);
    return { kind: "answered", client: clientName(peerId), haves };
  } catch (error) {
    return { kind: "failed", reason: messageOf(error) };
  }
}

async function* joined(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield first;
  yield* rest;
}

async function countHaves(
  chunks: AsyncIterable<Uint8Array>,
  { geometry }: Metainfo,
  wanted: number,
): Promise<number> {
  let haves = 0;
  if (wanted === 0) return haves;
  for await (const message of readMessages(chunks, { geometry, maxExtendedBytes })) {
    if (message.name === "bitfield") haves = countBits(message.bits);
    if (message.name === "have") haves++;
    if (message.name === "have-all") haves = geometry.pieceCount;
    if (haves >= wanted) break;
  }
  return haves;
}

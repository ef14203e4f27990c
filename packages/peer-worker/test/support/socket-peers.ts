// Peers over real sockets: one that has everything and serves it, one that fetches everything.

import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

import { readUint32 } from "@troupe/protocol/bytes";
import {
  blockHeaderBytes,
  encodeHandshake,
  handshakeLengthBytes,
  requestBytes,
  writeBlockHeader,
  writeInterested,
  writeRequest,
  writeUnchoke,
} from "@troupe/protocol/peer";
import type { InfoHash } from "@troupe/protocol/units";
import { bitsOf } from "@troupe/protocol/testing";

import { content } from "./scripted-peer.ts";
import type { TinyTorrent } from "./tiny-engine.ts";

const block = 16_384;

/** Cuts what a socket receives into the handshake and messages. */
function onMessages(socket: Socket, onMessage: (message: Buffer) => void): void {
  let unread = Buffer.alloc(0);
  let hasHandshake = false;
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    if (!hasHandshake && unread.length >= handshakeLengthBytes) {
      hasHandshake = true;
      unread = unread.subarray(handshakeLengthBytes);
    }
    while (hasHandshake && unread.length >= 4) {
      const end = 4 + readUint32(unread, 0);
      if (unread.length < end) return;
      onMessage(unread.subarray(4, end));
      unread = unread.subarray(end);
    }
  });
}

function handshakeAs(infoHash: InfoHash, id: number): Uint8Array {
  return encodeHandshake({
    infoHash,
    peerId: new Uint8Array(20).fill(id),
    reserved: new Uint8Array(8),
  });
}

/** A seed on a port of its own. */
export async function serveTorrent(
  torrent: TinyTorrent,
): Promise<{ readonly port: number; close(): void }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    const bits = bitsOf("#".repeat(torrent.pieceCount));
    socket.write(handshakeAs(torrent.infoHash, 1));
    socket.write(Uint8Array.of(0, 0, 0, 1 + bits.length, 5, ...bits));
    onMessages(socket, (message) => {
      if (message[0] === 2) socket.write(unchoke());
      if (message[0] === 6) socket.write(answer(torrent, message));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function unchoke(): Uint8Array {
  const bytes = new Uint8Array(5);
  writeUnchoke(bytes, 0);
  return bytes;
}

function answer(torrent: TinyTorrent, request: Buffer): Uint8Array {
  const [piece, begin, length] = [1, 5, 9].map((at) => readUint32(request, at)) as [
    number,
    number,
    number,
  ];
  const bytes = new Uint8Array(blockHeaderBytes + length);
  writeBlockHeader(bytes, 0, piece, begin, length);
  bytes.set(content(piece * torrent.pieceLengthBytes + begin, length), blockHeaderBytes);
  return bytes;
}

/** Fetches all blocks of a torrent from the peer on `port`, all asked for at once. @returns Them in order. */
export async function fetchTorrent(
  torrent: TinyTorrent,
  port: number,
  connected: () => void,
): Promise<Uint8Array> {
  const socket = connect(port, "127.0.0.1");
  const fetched = new Uint8Array(torrent.totalBytes);
  const done = Promise.withResolvers<void>();
  let missingBytes = torrent.totalBytes;
  onMessages(socket, (message) => {
    if (message[0] === 5) connected();
    if (message[0] === 1) socket.write(requestAll(torrent));
    if (message[0] !== 7) return;
    const position = readUint32(message, 1) * torrent.pieceLengthBytes + readUint32(message, 5);
    fetched.set(message.subarray(9), position);
    missingBytes -= message.length - 9;
    if (missingBytes === 0) done.resolve();
  });
  socket.on("close", () => done.reject(new Error(`closed with ${missingBytes} bytes missing`)));
  socket.write(handshakeAs(torrent.infoHash, 2));
  const interested = new Uint8Array(5);
  writeInterested(interested, 0);
  socket.write(interested);
  await done.promise;
  socket.destroy();
  return fetched;
}

function requestAll({ pieceLengthBytes, totalBytes }: TinyTorrent): Uint8Array {
  const blocks = Math.ceil(totalBytes / block);
  const bytes = new Uint8Array(blocks * requestBytes);
  for (let index = 0; index < blocks; index++) {
    const position = index * block;
    const begin = position % pieceLengthBytes;
    const lengthBytes = Math.min(block, totalBytes - position);
    writeRequest(
      bytes,
      index * requestBytes,
      Math.floor(position / pieceLengthBytes),
      begin,
      lengthBytes,
    );
  }
  return bytes;
}

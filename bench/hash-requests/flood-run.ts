// Peers that flood, in a process of their own:
//
//   flood-run.ts PORT TORRENT KIND PEERS MESSAGES_PER_SECOND
//
// KIND is `hashes` or `haves`. Prints the messages sent so far once a second. A peer begins a new connection after
// `messagesOfConnection` messages, or when it was closed: a flood of hash requests is closed after about as many.

import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { heightOf } from "@troupe/protocol/merkle";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { encodeHandshake, encodeHashRequest, ownReservedBits } from "@troupe/protocol/peer";
import { have, treeOf } from "@troupe/load-peers/misbehaving";

const messagesOfConnection = 1_952;
const tickMs = 10;

const [port = "", torrentPath = "", kind = "", ...numbers] = process.argv.slice(2);
const [peerCount = 0, perSecond = 0] = numbers.map(Number);
const metainfo = parseTorrent(readFileSync(torrentPath));
const tree = treeOf(metainfo);
if (tree === undefined) throw new Error("the torrent has no hash trees");
const { pieceCount } = metainfo.geometry;
const length = 512;
/** 512 hashes of pieces with their whole proof: the dearest request that is answered from memory. */
const hashRequest = encodeHashRequest({
  root: tree.root,
  baseLayer: tree.pieceLayer,
  index: 0,
  length,
  proofLayers: Math.max(heightOf(length) - 1, tree.height - tree.pieceLayer - 1),
});
let sentMessages = 0;
let connections = 0;

/** One peer, which has one connection after the other. */
class Flooder {
  readonly #peerId: Uint8Array;
  #socket: Socket | undefined;
  #sent = 0;

  constructor(peer: number) {
    this.#peerId = Buffer.from(`-XX0000-${String(peer).padStart(12, "0")}`);
  }

  send(count: number): void {
    const socket = (this.#socket ??= this.#connect());
    // Messages that the engine does not read are not counted.
    if (socket.writableLength > 65_536) return;
    const messages: Uint8Array[] = [];
    for (let at = 0; at < count; at++, this.#sent++)
      messages.push(kind === "hashes" ? hashRequest : have(this.#sent % pieceCount));
    socket.write(Buffer.concat(messages));
    sentMessages += count;
    if (this.#sent < messagesOfConnection) return;
    socket.end();
    this.#leave(socket);
  }

  #connect(): Socket {
    const socket = connect(Number(port), "127.0.0.1");
    connections++;
    this.#sent = 0;
    socket.on("error", () => this.#leave(socket));
    socket.on("close", () => this.#leave(socket));
    socket.resume();
    const { infoHash } = metainfo;
    const reserved = ownReservedBits({ hasFast: true });
    socket.write(encodeHandshake({ infoHash, peerId: this.#peerId, reserved }));
    return socket;
  }

  #leave(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined;
  }
}

const flooders = Array.from({ length: peerCount }, (_, peer) => new Flooder(peer));
const startMs = performance.now();
let due = 0;
let next = 0;
setInterval(() => {
  const dueNow = Math.floor(((performance.now() - startMs) * perSecond) / 1_000);
  // One peer sends all at once; of many, each sends a message in its turn.
  if (peerCount === 1) flooders[0]?.send(dueNow - due);
  else for (let at = due; at < dueNow; at++) flooders[next++ % peerCount]?.send(1);
  due = dueNow;
}, tickMs);
setInterval(() => console.log(`SENT ${sentMessages} ${connections}`), 200);
console.log("READY");

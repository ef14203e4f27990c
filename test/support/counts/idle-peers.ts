// Peers that greet the command as other clients do, and are silent afterwards.

import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import {
  encodeExtendedHandshake,
  encodeHandshake,
  ownReservedBits,
  stateMessageBytes,
  writeHaveNone,
} from "@troupe/protocol/peer";
import type { InfoHash } from "@troupe/protocol/units";

const host = "127.0.0.1";
const dialsAtOnce = 50;

/** Idle connections to a program, from it, or both. */
export class IdlePeers implements Disposable {
  /** Ports of the peers that listen. */
  readonly ports: number[] = [];
  readonly #infoHash: InfoHash;
  readonly #servers: Server[] = [];
  readonly #sockets: Socket[] = [];

  constructor(infoHash: InfoHash) {
    this.#infoHash = infoHash;
  }

  /** Peers that wait for a dial, each at a port of its own. */
  async listen(peers: number): Promise<void> {
    for (let peer = 0; peer < peers; peer++) {
      const server = createServer((socket) => this.#greet(socket));
      this.#servers.push(server);
      // oxlint-disable-next-line no-await-in-loop
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host, port: 0 }, resolve);
      });
      this.ports.push((server.address() as AddressInfo).port);
    }
  }

  /** Connects peers to a program, which answers each. A program refuses many handshakes at once. */
  async dial(peers: number, port: number): Promise<void> {
    for (let left = peers; left > 0; left -= dialsAtOnce) {
      const sockets = Array.from({ length: Math.min(left, dialsAtOnce) }, () =>
        connect({ host, port }),
      );
      const answers = sockets.map(async (socket) => once(socket, "data"));
      for (const socket of sockets) this.#greet(socket);
      // oxlint-disable-next-line no-await-in-loop
      await Promise.all(answers);
    }
  }

  #greet(socket: Socket): void {
    const peerId = Buffer.from(`-ID0100-${String(this.#sockets.length).padStart(12, "0")}`);
    const reserved = ownReservedBits({ hasDht: false, hasFast: true });
    this.#sockets.push(socket);
    socket.on("error", () => {}).resume();
    socket.write(encodeHandshake({ infoHash: this.#infoHash, peerId, reserved }));
    const extensions = { ut_metadata: 1, lt_donthave: 2, ut_holepunch: 3 };
    const words = { client: "idle", requestQueue: 500, yourIp: host, otherFields: {}, extensions };
    socket.write(encodeExtendedHandshake(words));
    const haveNone = new Uint8Array(stateMessageBytes);
    writeHaveNone(haveNone, 0);
    socket.write(haveNone);
  }

  [Symbol.dispose](): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

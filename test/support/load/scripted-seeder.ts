// A seeder of a pattern torrent over real sockets, which answers, drops requests, or stands still when its test says so.

import { nodePorts, type Listener } from "@troupe/actor-runtime";
import { openPeerTorrent, patternTorrent, type PatternTorrent } from "@troupe/load-peers";
import {
  block,
  type RawConnection,
  unchoke,
  wholeBitfield,
} from "../../../packages/load-peers/src/misbehaving/index.ts";
import { listenForConnections } from "../hostile/port-connection.ts";

/** The fate of a request. `close`: its connection ends, and no further one is accepted. */
export type Fate = "answer" | "drop" | "close";

/** A running seeder. */
export class ScriptedSeeder implements AsyncDisposable {
  /** Requests that came. */
  requests = 0;
  readonly #fateOf: (request: number) => Fate;
  #listener: Listener | undefined;
  #closed: Promise<void> | undefined;

  private constructor(fateOf: (request: number) => Fate) {
    this.#fateOf = fateOf;
  }

  /** @param fateOf Fate of the n-th request, from 0. */
  static async start(
    torrent: PatternTorrent,
    fateOf: (request: number) => Fate,
  ): Promise<ScriptedSeeder> {
    const seeder = new ScriptedSeeder(fateOf);
    const ports = nodePorts();
    const { metainfo, content } = openPeerTorrent(ports.disk, patternTorrent(torrent), {
      kind: "pattern",
    });
    const { infoHash, geometry, infoSpan } = metainfo;
    const options = {
      target: {
        infoHash,
        totalBytes: geometry.totalBytes,
        pieceLengthBytes: geometry.pieceLengthBytes,
        metadataBytes: infoSpan.end - infoSpan.start,
        content: (position: number, lengthBytes: number) => {
          const bytes = new Uint8Array(lengthBytes);
          content?.copyTo(position, lengthBytes, bytes, 0);
          return bytes;
        },
      },
      peerId: Buffer.from("-XX0000-seeder000000"),
    };
    seeder.#listener = await listenForConnections(
      ports,
      { host: "127.0.0.1", port: 0 },
      options,
      (connection) => void seeder.#serve(connection).catch(() => {}),
    );
    return seeder;
  }

  /** Its address as a target. */
  get address(): string {
    return `127.0.0.1:${this.#listener?.address.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  #close(): Promise<void> {
    return (this.#closed ??= this.#listener?.close() ?? Promise.resolve());
  }

  async #serve(connection: RawConnection): Promise<void> {
    await connection.shakeHands();
    await connection.send(wholeBitfield(connection.pieceCount), unchoke);
    for (;;) {
      const { piece, begin, lengthBytes } = await connection.nextRequest();
      const fate = this.#fateOf(this.requests++);
      if (fate === "close") {
        void this.#close();
        return connection.close();
      }
      if (fate === "drop") continue;
      const { pieceLengthBytes, content } = connection.target;
      const bytes = content(piece * pieceLengthBytes + begin, lengthBytes);
      await connection.send(block(piece, begin, bytes));
    }
  }
}

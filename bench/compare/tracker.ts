// The tracker of the comparison. A row gives it the peers for its replies; it notes all announces.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A peer to name; IPv4. */
export interface NamedPeer {
  readonly host: string;
  readonly port: number;
}

interface Announce {
  /** On the clock of `process.hrtime`. */
  readonly seconds: number;
  /** The info-hash, escaped by the client. */
  readonly infoHash: string;
  readonly hasEverything: boolean;
}

/** A tracker over HTTP on 127.0.0.1 for every torrent, with the announces of one run at a time. */
export class BenchTracker implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  #peers = Buffer.alloc(0);
  #announces: Announce[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce`;
  }

  static async start(): Promise<BenchTracker> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const tracker = new BenchTracker(server);
    server.on("request", (request, response) => {
      tracker.#note(new URL(request.url ?? "/", tracker.url));
      response.setHeader("Connection", "close");
      response.end(tracker.#reply());
    });
    return tracker;
  }

  /** Forgets the announces so far, and names these peers from now on. */
  reset(peers: readonly NamedPeer[]): void {
    this.#announces = [];
    this.#peers = Buffer.concat(peers.map(compactPeer));
  }

  /** Torrents that a client has announced as complete. */
  completeTorrents(): number {
    const complete = this.#announces.filter(({ hasEverything }) => hasEverything);
    return new Set(complete.map(({ infoHash }) => infoHash)).size;
  }

  /** When a client first announced that it lacks nothing, on the clock of `process.hrtime`. */
  completedSeconds(): number | undefined {
    return this.#announces.find(({ hasEverything }) => hasEverything)?.seconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #note({ pathname, search, searchParams }: URL): void {
    if (pathname !== "/announce") return;
    const [, infoHash = ""] = /[?&]info_hash=([^&]*)/.exec(search) ?? [];
    const hasEverything = searchParams.get("left") === "0";
    const seconds = Number(process.hrtime.bigint()) / 1e9;
    this.#announces.push({ seconds, infoHash, hasEverything });
  }

  #reply(): Buffer {
    const head = `d8:completei1e10:incompletei1e8:intervali1800e5:peers${this.#peers.length}:`;
    return Buffer.concat([Buffer.from(head), this.#peers, Buffer.from("e")]);
  }
}

function compactPeer({ host, port }: NamedPeer): Buffer {
  return Buffer.from([...host.split(".").map(Number), port >> 8, port & 255]);
}

// The queries of an engine's DHT node, counted as they leave its sockets.

import type { ActorEntry, Context, Datagrams } from "@troupe/actor-runtime";
import { decodeKrpc, nodeIdHex } from "@troupe/protocol/dht";
import { withStart } from "../engine/wrapped-start.ts";

const second = 1_000;
/** Announces of a torrent to several nodes are one announce until none has followed for this long. */
const oneAnnounceMs = 120_000;

/** Queries of a node, and announces of each torrent. */
export class AnnounceTally {
  /** Times of all queries, in order. */
  readonly #queriesMs: number[] = [];
  /** By info-hash: the first query of each announce, and the last one of the present announce. */
  readonly #announces = new Map<string, { readonly firstMs: number[]; lastMs: number }>();

  /** Returns the worker with its queries counted. */
  counted<Entry extends ActorEntry<never, never>>(entry: Entry): Entry {
    return withStart(entry, (context, start) => start(this.#watched(context)));
  }

  /** All queries. */
  get queries(): number {
    return this.#queriesMs.length;
  }

  /** The most queries in any second. */
  get worstSecond(): number {
    let worst = 0;
    let first = 0;
    for (const [index, atMs] of this.#queriesMs.entries()) {
      while (atMs - (this.#queriesMs[first] ?? atMs) >= second) first++;
      worst = Math.max(worst, index - first + 1);
    }
    return worst;
  }

  /** Times of the announces of a torrent. @param infoHash Hexadecimal digits. */
  announcesOf(infoHash: string): readonly number[] {
    return this.#announces.get(infoHash)?.firstMs ?? [];
  }

  #sent(bytes: Uint8Array, atMs: number): void {
    const message = decodeKrpc(bytes, 4);
    if (message?.kind !== "query") return;
    this.#queriesMs.push(atMs);
    if (message.query.method !== "announce_peer") return;
    const infoHash = nodeIdHex(message.query.target);
    const known = this.#announces.get(infoHash);
    if (known === undefined) {
      this.#announces.set(infoHash, { firstMs: [atMs], lastMs: atMs });
      return;
    }
    if (atMs - known.lastMs > oneAnnounceMs) known.firstMs.push(atMs);
    known.lastMs = atMs;
  }

  #watched<Own extends Context<never>>(context: Own): Own {
    const { clock, datagrams } = context;
    const bind: Datagrams["bind"] = async (options, handlers) => {
      const socket = await datagrams.bind(options, handlers);
      return {
        ...socket,
        send: (bytes, to) => {
          this.#sent(bytes, clock.nowMs());
          socket.send(bytes, to);
        },
      };
    };
    return Object.create(context, { datagrams: { value: { bind } } }) as Own;
  }
}

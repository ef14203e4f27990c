import { HttpConnection } from "./http-connection.ts";
import type { HttpWay } from "./http-way.ts";

/** Bytes of a read. */
const receiveBufferBytes = 262_144;

/** The connections of a client between two requests. */
export class KeptConnections {
  readonly #most: number;
  readonly #way: HttpWay | undefined;
  readonly #receiveBuffer = new Uint8Array(receiveBufferBytes);
  /** The last used is the last. */
  #kept: { readonly origin: string; readonly connection: HttpConnection }[] = [];
  #isClosed = false;

  /** @param most To all origins together; the one used longest ago gives way. @param way Through a proxy. */
  constructor(most: number, way: HttpWay | undefined) {
    this.#most = most;
    this.#way = way;
  }

  /** @returns A kept connection to the origin, or a new one. Its user destroys it, or keeps it again. */
  take(url: URL, addresses: readonly string[]): HttpConnection {
    this.#kept = this.#kept.filter(({ connection }) => connection.isReusable);
    const place = this.#kept.findLastIndex(({ origin }) => origin === url.origin);
    const [found] = place < 0 ? [] : this.#kept.splice(place, 1);
    const receiveBuffer = this.#receiveBuffer;
    if (found !== undefined) return found.connection;
    const way = this.#way;
    return new HttpConnection({ url, addresses, receiveBuffer, ...(way && { way }) });
  }

  /** The connection is not used any more. */
  keep({ origin }: URL, connection: HttpConnection): void {
    if (this.#isClosed || !connection.isReusable) {
      connection.destroy();
      return;
    }
    this.#kept.push({ origin, connection });
    if (this.#kept.length > this.#most) this.#kept.shift()?.connection.destroy();
  }

  close(): void {
    this.#isClosed = true;
    for (const { connection } of this.#kept) connection.destroy();
    this.#kept = [];
  }
}

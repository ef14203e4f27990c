import { HttpConnection } from "./http-connection.ts";

/** Bytes of a read. */
const receiveBufferBytes = 262_144;

/** The connections of a client between two requests. */
export class KeptConnections {
  readonly #most: number;
  readonly #receiveBuffer = new Uint8Array(receiveBufferBytes);
  /** The last used is the last. */
  #kept: { readonly origin: string; readonly connection: HttpConnection }[] = [];
  #isClosed = false;

  /** @param most To all origins together; the one used longest ago gives way. */
  constructor(most: number) {
    this.#most = most;
  }

  /** @returns A kept connection to the origin, or a new one. Its user destroys it, or keeps it again. */
  take(url: URL, addresses: readonly string[]): HttpConnection {
    this.#kept = this.#kept.filter(({ connection }) => connection.isReusable);
    const place = this.#kept.findLastIndex(({ origin }) => origin === url.origin);
    const [found] = place < 0 ? [] : this.#kept.splice(place, 1);
    const receiveBuffer = this.#receiveBuffer;
    return found?.connection ?? new HttpConnection({ url, addresses, receiveBuffer });
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

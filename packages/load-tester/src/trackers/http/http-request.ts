// Requests to an HTTP tracker as bytes.

import type { AnnounceEvent } from "@troupe/protocol";
import { announceUrl, infoHashFromBytes, type InfoHash, scrapeUrl } from "@troupe/protocol";
import type { ClientIds } from "../clients/client-ids.ts";
import type { OutgoingAnnounce } from "../tracker-transport.ts";

/** A request under way. */
export interface HttpRequest {
  /** Its id in the load. */
  readonly ask: number;
  readonly member: number;
  readonly kind: "announce" | "scrape";
  readonly infoHash: InfoHash;
  readonly url: string;
  readonly bytes: Uint8Array;
  /** It was sent on a kept connection, which the tracker closed meanwhile. */
  readonly isRepeat: boolean;
}

/** Writes requests of clients. */
export class HttpRequests {
  readonly #url: string;
  readonly #ids: ClientIds;
  readonly #wanted: number;
  readonly #host: string;
  readonly #encoder = new TextEncoder();

  constructor(url: string, ids: ClientIds, wanted: number) {
    this.#url = url;
    this.#ids = ids;
    this.#wanted = wanted;
    this.#host = new URL(url).host;
  }

  announce(ask: number, announce: OutgoingAnnounce): HttpRequest {
    const { member, event, downloaded, left } = announce;
    const infoHash = this.#infoHashOf(member);
    const url = announceUrl(this.#url, {
      ...{ infoHash, downloaded, left, uploaded: 0, numWant: this.#wanted },
      peerId: this.#peerIdOf(member),
      port: this.#ids.port(member),
      key: this.#ids.key(member).toString(16).padStart(8, "0"),
      ...eventField(event),
    });
    return this.#request({ ask, member, kind: "announce", infoHash }, url);
  }

  /** @returns Undefined for a tracker whose URL gives none for scrapes. */
  scrape(ask: number, member: number): HttpRequest | undefined {
    const infoHash = this.#infoHashOf(member);
    const url = scrapeUrl(this.#url, [infoHash]);
    if (url === undefined) return undefined;
    return this.#request({ ask, member, kind: "scrape", infoHash }, url);
  }

  #request(
    parts: Pick<HttpRequest, "ask" | "member" | "kind" | "infoHash">,
    url: string,
  ): HttpRequest {
    // Not `URL`: it spells escapes anew.
    const path = url.slice(url.indexOf("/", url.indexOf("//") + 2));
    const lines = [`GET ${path} HTTP/1.1`, `Host: ${this.#host}`, "User-Agent: troupe-load-test"];
    const bytes = this.#encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
    return { ...parts, url, bytes, isRepeat: false };
  }

  #infoHashOf(member: number): InfoHash {
    return infoHashFromBytes(this.#ids.infoHash(member));
  }

  #peerIdOf(member: number): Uint8Array {
    const peerId = new Uint8Array(20);
    this.#ids.fillPeerId(peerId, member);
    return peerId;
  }
}

function eventField(event: AnnounceEvent | undefined): { readonly event?: AnnounceEvent } {
  return event === undefined ? {} : { event };
}

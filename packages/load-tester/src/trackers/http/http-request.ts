// Requests to an HTTP tracker. They are put together from texts, because an announce is sent ten thousand times a second.

import { announceUrl, scrapeUrl } from "@troupe/protocol/tracker";
import { infoHashFromBytes, type InfoHash } from "@troupe/protocol/units";
import type { ClientIds } from "../clients/client-ids.ts";
import type { OutgoingAnnounce } from "../tracker-transport.ts";

/** A request under way. */
export interface HttpRequest {
  /** Its id in the load. */
  readonly ask: number;
  readonly member: number;
  readonly kind: "announce" | "scrape";
  readonly infoHash: InfoHash;
  /** With its query, in ASCII. */
  readonly path: string;
  /** It was sent on a kept connection, which the tracker closed meanwhile. */
  readonly isRepeat: boolean;
}

/** Texts that all clients of a swarm share. */
interface SwarmTexts {
  readonly infoHash: InfoHash;
  /** Path and query of an announce, up to the peer id. */
  readonly announce: string;
  /** Undefined for a tracker whose URL gives none for scrapes. */
  readonly scrape: string | undefined;
}

/** Writes requests of clients. */
export class HttpRequests {
  /** Scheme, host and port of the tracker. */
  readonly origin: string;
  readonly #url: string;
  readonly #ids: ClientIds;
  readonly #wanted: number;
  /** The end of a request, behind its path. */
  readonly #fields: string;
  readonly #swarms: SwarmTexts[] = [];

  constructor(url: string, ids: ClientIds, wanted: number) {
    this.#url = url;
    this.#ids = ids;
    this.#wanted = wanted;
    const { origin, host } = new URL(url);
    this.origin = origin;
    const lines = [" HTTP/1.1", `Host: ${host}`, "User-Agent: troupe-load-test"];
    this.#fields = `${lines.join("\r\n")}\r\n\r\n`;
  }

  announce(ask: number, announce: OutgoingAnnounce): HttpRequest {
    const { member, event, downloaded, left } = announce;
    const texts = this.#textsOf(member);
    const ids = this.#ids;
    const key = ids.key(member).toString(16).padStart(8, "0");
    const path =
      `${texts.announce}${ids.peerIdText(member)}&port=${ids.port(member)}` +
      `&uploaded=0&downloaded=${downloaded}&left=${left}&compact=1&numwant=${this.#wanted}` +
      `&key=${key}${event === undefined ? "" : `&event=${event}`}`;
    return { ask, member, kind: "announce", infoHash: texts.infoHash, path, isRepeat: false };
  }

  /** @returns Undefined for a tracker whose URL gives none for scrapes. */
  scrape(ask: number, member: number): HttpRequest | undefined {
    const { infoHash, scrape: path } = this.#textsOf(member);
    if (path === undefined) return undefined;
    return { ask, member, kind: "scrape", infoHash, path, isRepeat: false };
  }

  /** @returns The request as it is sent over HTTP/1.1. */
  bytesOf({ path }: HttpRequest): Uint8Array {
    return Buffer.from(`GET ${path}${this.#fields}`, "latin1");
  }

  #textsOf(member: number): SwarmTexts {
    return (this.#swarms[this.#ids.swarmOf(member)] ??= this.#makeTexts(member));
  }

  #makeTexts(member: number): SwarmTexts {
    const infoHash = infoHashFromBytes(this.#ids.infoHash(member));
    const announce = pathOf(announceUrl(this.#url, { ...noClient, infoHash }));
    const scrape = scrapeUrl(this.#url, [infoHash]);
    return {
      infoHash,
      announce: announce.slice(0, announce.lastIndexOf(peerIdField) + peerIdField.length),
      scrape: scrape && pathOf(scrape),
    };
  }
}

const peerIdField = "&peer_id=";
const noClient = {
  peerId: new Uint8Array(20),
  ...{ port: 0, uploaded: 0, downloaded: 0, left: 0, numWant: 0, key: "" },
};

/** @returns Path and query as the URL spells them: `URL` would spell escapes again. */
function pathOf(url: string): string {
  const [origin = ""] = /^[a-z]+:\/\/[^/?#]*/i.exec(url) ?? [];
  const path = url.slice(origin.length);
  return path.startsWith("/") ? path : `/${path}`;
}

// A web server in a simulated world with the files of the torrent, and its failures by chance.

import type { Random } from "@troupe/actor-runtime";
import type {
  SimulatedReply,
  SimulatedRequest,
  SimulatedWorld,
} from "@troupe/actor-runtime/simulated";
import type { SimulatedTorrent } from "./torrent.ts";

/** URL of every simulated web seed. */
export const webSeedUrl = "http://seed.example/files/";

/** The behaviour of a web seed. */
export interface WebSeedScript {
  /** Numbers of files that it does not have. */
  readonly lacks: readonly number[];
  /** Shares of requests: an error status, a broken connection or no answer; a body that breaks; wrong bytes. */
  readonly failChance: number;
  readonly breakChance: number;
  readonly lieChance: number;
  /** Requests at the start that are answered with status 416. */
  readonly refusals: number;
  /** Whether it knows ranges; if not, it sends whole files. */
  readonly hasRanges: boolean;
  /** Chunks of a body. */
  readonly chunkBytes: number;
  readonly chunkMs: number;
}

/** A server that does as it should. */
export const honestWebSeed: WebSeedScript = {
  lacks: [],
  failChance: 0,
  breakChance: 0,
  lieChance: 0,
  refusals: 0,
  hasRanges: true,
  chunkBytes: 16_384,
  chunkMs: 1,
};

/** Serves the files of a torrent at {@link webSeedUrl}. */
export class SimulatedWebSeed {
  /** Requests that were answered with bytes of a file. */
  served = 0;
  /** Bytes of their bodies. */
  servedBytes = 0;
  #refused = 0;
  readonly #torrent: SimulatedTorrent;
  readonly #script: WebSeedScript;
  readonly #random: Random;

  constructor(
    world: SimulatedWorld,
    torrent: SimulatedTorrent,
    script: WebSeedScript,
    random: Random,
  ) {
    this.#torrent = torrent;
    this.#script = script;
    this.#random = random;
    world.http.serve(new URL(webSeedUrl).origin, (request) => this.#answer(request));
  }

  #answer({ url, headers }: SimulatedRequest): SimulatedReply | Promise<SimulatedReply> {
    const { chunkBytes, chunkMs, breakChance, failChance, lieChance, lacks } = this.#script;
    const path = decodeURIComponent(url.href.slice(webSeedUrl.length));
    const number = this.#torrent.files.findIndex((file) => file.path === path);
    const file = this.#torrent.files[number];
    if (file === undefined || lacks.includes(number)) return { status: 404 };
    if (this.#refused < this.#script.refusals) {
      this.#refused++;
      return { status: 416 };
    }
    if (this.#random.next() < failChance) return this.#fail();
    const { range } = headers;
    const isPart = range !== undefined && this.#script.hasRanges;
    const whole = `bytes=0-${file.bytes.length - 1}`;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(isPart ? range : whole) ?? [];
    const body = file.bytes.slice(Number(first), Number(last) + 1);
    if (this.#random.next() < lieChance) body.fill(0, 0, 1);
    this.served += 1;
    this.servedBytes += body.length;
    const length = { "content-length": String(body.length) };
    const place = { "content-range": `bytes ${first}-${last}/${file.bytes.length}` };
    return {
      status: isPart ? 206 : 200,
      headers: { ...length, ...(isPart && place) },
      body,
      chunkBytes,
      chunkMs,
      ...(this.#random.next() < breakChance && { breaksAfterBytes: body.length >> 1 }),
    };
  }

  #fail(): SimulatedReply | Promise<SimulatedReply> {
    const kind = this.#random.integer(4);
    if (kind === 0) return { status: 503, headers: { "retry-after": "7" } };
    if (kind === 1) return { status: 500 };
    if (kind === 2) return new Promise(() => {});
    throw Object.assign(new Error("cut"), { code: "ECONNRESET" });
  }
}

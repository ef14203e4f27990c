// Signed links to the files of a torrent, for players, which have no other credential. A link names one file or the
// playlist of one torrent, and ends after a day.

import type { Clock } from "@troupe/actor-runtime";
import { refuse, type Refusal } from "./refusal.ts";
import { areEqualSecrets, readSecretText, secretText } from "./secret-bytes.ts";
import type { HmacSha256 } from "./secret-ports.ts";

/** The life of a link. After it the link is refused `link-not-valid`; a stream that has begun goes on. */
const linkMs = 24 * 3_600_000;
/** Names the purpose of the key in what is signed. */
const purpose = "stream 1";

/** The file of a torrent that a path names, or the playlist of its files. */
export interface StreamTarget {
  /** 40 hexadecimal digits, lower case. */
  readonly torrent: string;
  /** Index. */
  readonly file: number | "playlist";
}

/** A link whose signature is right. */
export interface StreamLink {
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Reads a path below `/stream`. @returns Undefined for a path that names nothing. */
export function streamTarget(path: string): StreamTarget | undefined {
  const [, torrent = "", name = ""] =
    /^\/stream\/([\da-f]{40})\/(0|[1-9]\d{0,6}|playlist\.m3u8)$/i.exec(path) ?? [];
  if (torrent === "") return undefined;
  const file = name.startsWith("playlist") ? "playlist" : Number(name);
  return { torrent: torrent.toLowerCase(), file };
}

/** Makes and verifies links. */
export class StreamLinks {
  readonly #key: Uint8Array;
  readonly #clock: Pick<Clock, "epochMs">;
  readonly #hmac: HmacSha256;

  /** @param key 32 bytes of the state folder. */
  constructor(key: Uint8Array, clock: Pick<Clock, "epochMs">, hmac: HmacSha256) {
    this.#key = key;
    this.#clock = clock;
    this.#hmac = hmac;
  }

  /** The end of links that are made now, in seconds since 1970. */
  get nextExpiry(): number {
    return this.#nowSeconds + linkMs / 1_000;
  }

  /** The path of a link, without the base path. */
  make({ torrent, file }: StreamTarget, expires: number): string {
    const name = file === "playlist" ? "playlist.m3u8" : String(file);
    const signature = secretText(this.#sign({ torrent, file }, expires));
    return `/stream/${torrent}/${name}?expires=${expires}&signature=${signature}`;
  }

  /**
   * @param path Without the base path.
   * @returns Undefined for a request without a signature; the refusal `link-not-valid` of a wrong or an old link.
   */
  verify(path: string, query: URLSearchParams): StreamLink | Refusal | undefined {
    const given = query.get("signature");
    if (given === null) return undefined;
    const target = streamTarget(path);
    const digits = query.get("expires") ?? "";
    const signature = readSecretText(given);
    if (target === undefined || signature === undefined || !/^[1-9]\d{0,11}$/.test(digits))
      return notValid("it is not whole");
    const expires = Number(digits);
    if (!areEqualSecrets(signature, this.#sign(target, expires)))
      return notValid("its signature is not of this file and this time");
    return expires > this.#nowSeconds ? { expires } : notValid("its time is over");
  }

  get #nowSeconds(): number {
    return Math.floor(this.#clock.epochMs() / 1_000);
  }

  #sign({ torrent, file }: StreamTarget, expires: number): Uint8Array {
    return this.#hmac(this.#key, Buffer.from(`${purpose}\n${torrent}\n${file}\n${expires}`));
  }
}

function notValid(fault: string): Refusal {
  const message = `cannot answer to this link: ${fault}; ask for a new one`;
  return refuse(403, "link-not-valid", message);
}

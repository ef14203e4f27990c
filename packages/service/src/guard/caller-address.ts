// The address of a caller behind proxies. Only the fields of a trusted proxy count.

import {
  canonicalHost,
  isLoopbackAddress,
  isPrivateAddress,
  parseIp,
  parsePrefix,
} from "@troupe/protocol/address";
import { socketAddress, withoutZone } from "./address-key.ts";
import { refuse, type Refusal } from "./refusal.ts";
import { shownText } from "./shown-text.ts";

/** A longer list of `--trusted-proxy` is refused `address-list-malformed`. */
const mostPrefixes = 100;
/** Hops that are read from the right; a list of more counts as the address of the last one read. */
const mostHops = 32;

/** Addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` count. */
interface TrustedProxies {
  readonly prefixes: readonly { readonly first: Uint8Array; readonly last: Uint8Array }[];
  /** Programs that connect by the Unix socket. */
  readonly isSocketTrusted: boolean;
}

/** The fields of a request that name its way, and the address that the system names. */
interface RequestWay {
  /** Numeric, or {@link socketAddress}. */
  readonly peer: string;
  /** All fields `X-Forwarded-For`, joined by commas. */
  readonly forwardedFor?: string | undefined;
  readonly forwardedProto?: string | undefined;
}

/** Where a request comes from. */
interface CallerAddress {
  /** Numeric, or {@link socketAddress}. */
  readonly address: string;
  /** The scheme of the caller's own connection, as its trusted proxy names it. */
  readonly scheme?: "http" | "https";
  /** The connection is one of a trusted proxy, which may carry other callers too. */
  readonly isFromProxy: boolean;
  /** A field was there and is not believed. */
  readonly isIgnored: boolean;
}

/** @param texts Addresses, prefixes such as `10.0.0.0/8`, or `socket`. */
export function parseTrustedProxies(texts: readonly string[]): TrustedProxies | Refusal {
  const addresses = texts.filter((text) => text !== socketAddress);
  const prefixes = addresses.flatMap((text) => parsePrefix(text) ?? []);
  if (prefixes.length === addresses.length && texts.length <= mostPrefixes) {
    return { prefixes, isSocketTrusted: addresses.length < texts.length };
  }
  const wrong = addresses.find((text) => parsePrefix(text) === undefined);
  const seen = wrong === undefined ? `${texts.length} entries` : shownText(wrong);
  const message = `cannot read the trusted proxies: ${seen}; allowed are ${mostPrefixes} IP addresses and prefixes such as 10.0.0.0/8, and the word ${socketAddress}`;
  return refuse(400, "address-list-malformed", message);
}

/** The caller is the last hop, from the right, that is no trusted proxy; the first hop where all are. */
export function callerAddress(way: RequestWay, trusted: TrustedProxies): CallerAddress {
  const peer = canonicalHost(withoutZone(way.peer));
  const isNamed = way.forwardedFor !== undefined || way.forwardedProto !== undefined;
  if (!isTrusted(peer, trusted)) return { address: peer, isFromProxy: false, isIgnored: isNamed };
  const address = firstUntrusted(peer, way.forwardedFor ?? "", trusted);
  const proto = way.forwardedProto?.trim().toLowerCase();
  const scheme = proto === "http" || proto === "https" ? ({ scheme: proto } as const) : {};
  return { address, ...scheme, isFromProxy: true, isIgnored: false };
}

/** Warns of fields that are ignored, once a process: those of a peer that may be a proxy of this user's network. */
export class ForwardedWarning {
  #isGiven = false;

  /** @returns The sentence at the first request whose field is ignored. */
  next(caller: CallerAddress): string | undefined {
    if (!caller.isIgnored || this.#isGiven || !isNear(caller.address)) return undefined;
    this.#isGiven = true;
    return `X-Forwarded-For of ${caller.address} is ignored: it is no trusted proxy, so all its callers share one address; if it is your proxy, add --trusted-proxy ${caller.address}`;
  }
}

/** A stranger on the internet could have the user trust it. */
function isNear(address: string): boolean {
  return address === socketAddress || isLoopbackAddress(address) || isPrivateAddress(address);
}

function firstUntrusted(peer: string, forwardedFor: string, trusted: TrustedProxies): string {
  let address = peer;
  let rest = forwardedFor;
  for (let hops = 0; hops < mostHops && rest !== "" && isTrusted(address, trusted); hops++) {
    const comma = rest.lastIndexOf(",");
    const hop = hopAddress(rest.slice(comma + 1));
    // The proxies before this one wrote no address: the last that is known stands for the caller.
    if (hop === undefined) break;
    address = hop;
    rest = comma < 0 ? "" : rest.slice(0, comma);
  }
  return address;
}

/** Reads `192.0.2.7`, `192.0.2.7:80`, `2001:db8::1`, `[2001:db8::1]:80`; some proxies add the port. */
function hopAddress(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 100) return undefined;
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(trimmed) ?? [];
  const host = withoutZone(bracketed ?? plain ?? trimmed);
  return parseIp(host) === undefined ? undefined : canonicalHost(host);
}

function isTrusted(address: string, { prefixes, isSocketTrusted }: TrustedProxies): boolean {
  if (address === socketAddress) return isSocketTrusted;
  const bytes = parseIp(address);
  if (bytes === undefined) return false;
  return prefixes.some(
    ({ first, last }) =>
      first.length === bytes.length &&
      Buffer.compare(first, bytes) <= 0 &&
      Buffer.compare(bytes, last) <= 0,
  );
}

import {
  type AddressSource,
  type AgreedVersion,
  type ConnectionKind,
  plainTcp,
  sharedKind,
} from "@troupe/messages";
import type { HashVersion } from "@troupe/protocol/identity";
import { failurePauseMs } from "./retry-pauses.ts";
import { addressSources, sourceRules } from "./source-rules.ts";

/**
 * An address of a {@link PeerDirectory}, which alone writes to it. Times are whole milliseconds: small integers take no
 * memory of their own.
 */
export interface KnownAddress {
  readonly host: string;
  readonly port: number;
  /** The kind that the next dial begins with: that of the last connection, or the other transport after a dial in vain. */
  kind: ConnectionKind;
  state: "untried" | "waiting" | "dialling" | "connected";
  failures: number;
  /** Quick redials since the last longer connection. */
  returns: number;
  /** Monotonic, of the current or last connection. */
  openedAtMs: number | undefined;
  /**
   * No dial has reached the address, and `itself`: the incoming peer has named its port; `others`: only sources without
   * proof have named it. Undefined for a verified address.
   */
  namedBy: "itself" | "others" | undefined;
  /** The internet host whose unverified addresses are bounded together with this one; undefined for a local host. */
  unverifiedHost: string | undefined;
  /** A dial of it was counted at its host, and no dial has met a peer yet. */
  awaitsAnswer: boolean;
  /** Named only by trackers and other sources that a private torrent may not have. */
  isForeign: boolean;
  /** A bit for each source that has named it. */
  sources: number;
  /** The tracker whose announces forgive its failures; undefined before the first such announce. */
  voucher: string | undefined;
  /** The hash under which it was found; `v2` if both. Dials begin with it. */
  foundBy: HashVersion;
  /** Monotonic. */
  nextTryMs: number;
  /** Not dialled while we are a seed too. */
  isSeed: boolean;
  /** By BEP 40 for our own address `rankedFor`; 0 while that is undefined. */
  rank: number;
  rankedFor: string | undefined;
}

/** An address that was never dialled. */
export function untriedAddress(host: string, port: number): KnownAddress {
  return {
    host,
    port,
    kind: plainTcp,
    state: "untried",
    failures: 0,
    returns: 0,
    openedAtMs: undefined,
    namedBy: undefined,
    unverifiedHost: undefined,
    awaitsAnswer: false,
    isForeign: false,
    sources: 0,
    voucher: undefined,
    foundBy: "v1",
    nextTryMs: 0,
    isSeed: false,
    rank: 0,
    rankedFor: undefined,
  };
}

/** A dial of this kind has reached a peer at the address. */
export function recordConnection(known: KnownAddress, kind: ConnectionKind, nowMs: number): void {
  known.kind = sharedKind(kind);
  known.failures = 0;
  known.voucher = undefined;
  known.openedAtMs = Math.floor(nowMs);
}

/** A connection speaks this version. An upgraded one would begin by either name. */
export function recordVersion(known: KnownAddress, version: AgreedVersion): void {
  if (version !== "upgraded") known.foundBy = version;
}

/** A dial has not met a peer: the next one begins with the other transport. */
export function turnTransport(known: KnownAddress): void {
  const transport = known.kind.transport === "tcp" ? "utp" : "tcp";
  known.kind = sharedKind({ ...known.kind, transport });
}

/** The source has named the address. */
export function addSource(known: KnownAddress, source: AddressSource): void {
  known.sources |= 1 << addressSources.indexOf(source);
}

/** Sources whose addresses the user has chosen. */
const chosenSources = addressSources.reduce(
  (bits, source, bit) => (sourceRules[source].isUsersChoice ? bits | (1 << bit) : bits),
  0,
);

/** Whether the user, or a link of the user, has named the address. */
export function isUsersChoice({ sources }: KnownAddress): boolean {
  return (sources & chosenSources) !== 0;
}

/** The sources that have named the address. */
export function sourcesOf({ sources }: KnownAddress): AddressSource[] {
  return addressSources.filter((_, bit) => (sources & (1 << bit)) !== 0);
}

/**
 * The source names a known address again.
 *
 * @returns Whether its time or its failures have changed.
 */
export function hastenRedial(known: KnownAddress, source: AddressSource, origin: string): boolean {
  const { failures, nextTryMs } = known;
  const { redial } = sourceRules[source];
  if (redial === "at-once") known.nextTryMs = 0;
  else if (redial === "earlier") vouchFor(known, origin);
  return known.failures !== failures || known.nextTryMs !== nextTryMs;
}

/**
 * A tracker names an address that failed here, so others seem to reach it: a failure is forgiven. Otherwise a seeder
 * that was away for half an hour would be redialled half an hour after its return. One tracker alone forgives, so that a
 * dead address which many trackers name is not redialled more often.
 */
function vouchFor(known: KnownAddress, tracker: string): void {
  if (known.state !== "waiting" || known.failures <= 1) return;
  known.voucher ??= tracker;
  if (known.voucher !== tracker) return;
  known.nextTryMs -= failurePauseMs(known.failures);
  known.failures--;
  known.nextTryMs += failurePauseMs(known.failures);
}

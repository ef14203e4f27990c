// The displayed values of a status. All texts from the network are cleaned here.

import { cleanText } from "@troupe/protocol/text";
import type { CodedMessage, PeerStatus, TorrentStatus, TrackerStatus } from "../engine-port.ts";

const longestClient = 40;
const longestText = 200;

/** A connected peer. */
export interface PeerView {
  readonly address: string;
  readonly client: string;
  /** See `troupe help display`. */
  readonly flags: string;
  readonly share: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  /** Requests without an answer. */
  readonly asked: number;
  /** Undefined before the first block. */
  readonly blockTimeMs: number | undefined;
}

/** Only the host: the rest of the address may hold the user's passkey. */
export interface TrackerView {
  readonly host: string;
  readonly state: "working" | "failing" | "asking" | "idle";
  readonly peers: number;
  readonly seeds: number | undefined;
  readonly leechers: number | undefined;
  readonly error: string | undefined;
  /** In a row. */
  readonly failures: number;
  /** Only of the next tracker. */
  readonly nextInSeconds: number | undefined;
}

/** Details that the live display shows next to the figures. */
export interface TorrentDetails {
  /** Cells of the strip, as in `TorrentStatus.strip`. */
  readonly strip: Uint8Array;
  /** Busiest first. */
  readonly peers: readonly PeerView[];
  /** In the order of their announces. */
  readonly trackers: readonly TrackerView[];
  /** Undefined for a torrent that is not looked up in the DHT. */
  readonly dht: TorrentStatus["dht"];
  readonly why: CodedMessage;
}

/** The part of a status that the display shows. */
type ShownStatus = Pick<TorrentStatus, "strip"> & {
  readonly dht?: TorrentStatus["dht"];
  readonly trackers: readonly TrackerStatus[];
  readonly why: CodedMessage;
  readonly peers: readonly ShownPeer[];
  readonly progress: Pick<TorrentStatus["progress"], "haveBytes" | "wantedBytes">;
};

type ShownPeer = Pick<
  PeerStatus,
  | "blockTimeMs"
  | "client"
  | "downBytesPerSecond"
  | "flags"
  | "haveShare"
  | "host"
  | "port"
  | "requestsOut"
  | "upBytesPerSecond"
>;

/** The shown part of a status, cleaned. */
export function detailsOf(status: ShownStatus): TorrentDetails {
  const { strip, peers, trackers, dht, why, progress } = status;
  const isSeed = progress.haveBytes > 0 && progress.haveBytes === progress.wantedBytes;
  return {
    strip,
    peers: peers.map(peerView).toSorted(byRate),
    trackers: trackers.map((tracker) => trackerView(tracker, isSeed)),
    dht,
    why: { code: why.code, message: cleanText(why.message, longestText) },
  };
}

/** The host of a tracker's address, clean. */
export function trackerHost(url: string): string {
  return cleanText(URL.parse(url)?.host ?? "tracker", longestText);
}

function peerView(peer: ShownPeer): PeerView {
  const host = cleanText(peer.host, longestText);
  return {
    address: `${host.includes(":") ? `[${host}]` : host}:${peer.port}`,
    client: cleanText(peer.client, longestClient),
    flags: peer.flags,
    share: peer.haveShare,
    downBytesPerSecond: peer.downBytesPerSecond,
    upBytesPerSecond: peer.upBytesPerSecond,
    asked: peer.requestsOut,
    blockTimeMs: peer.blockTimeMs > 0 ? peer.blockTimeMs : undefined,
  };
}

/** The letters, for the help. */
export const flagMeanings: readonly string[] = [
  "  D we download from it",
  "  d we are interested: it chokes us, or sends nothing",
  "  U it may download from us",
  "  u it is interested, and we choke it",
  "  O it may, at random: an optimistic unchoke",
  "  K it unchokes us, and we are not interested",
  "  ? we unchoke it, and it is not interested",
  "  S snubbed: it unchoked us and sends no blocks",
  "  I it connected to us",
  "  X peers named its address (PEX)",
  "  L local discovery named its address",
  "  H the DHT named its address",
];

/** By powers of two: small changes do not reorder the rows. */
function byRate(left: PeerView, right: PeerView): number {
  return rateClass(right) - rateClass(left) || (left.address < right.address ? -1 : 1);
}

function rateClass({ downBytesPerSecond, upBytesPerSecond }: PeerView): number {
  return Math.floor(Math.log2(1 + (downBytesPerSecond + upBytesPerSecond) / 16_384));
}

function trackerView(tracker: TrackerStatus, isSeed: boolean): TrackerView {
  const { nextInSeconds, error } = tracker;
  const { complete, incomplete } = countsWithoutUs(tracker, isSeed);
  return {
    host: trackerHost(tracker.url),
    state: trackerState(tracker),
    peers: tracker.peers,
    seeds: complete,
    leechers: incomplete,
    error: error === undefined ? undefined : cleanText(error, longestText),
    failures: tracker.failures,
    nextInSeconds,
  };
}

/** A tracker counts us too, unless it names as many other peers as it counts. */
function countsWithoutUs(
  { complete, incomplete, peers }: TrackerStatus,
  isSeed: boolean,
): { readonly complete: number | undefined; readonly incomplete: number | undefined } {
  if (complete === undefined || incomplete === undefined) return { complete, incomplete };
  const isCounted = complete + incomplete > peers && (isSeed ? complete : incomplete) > 0;
  if (!isCounted) return { complete, incomplete };
  return isSeed ? { complete: complete - 1, incomplete } : { complete, incomplete: incomplete - 1 };
}

function trackerState({ isWorking, nextInSeconds, error }: TrackerStatus): TrackerView["state"] {
  if (nextInSeconds === 0) return "asking";
  if (isWorking) return "working";
  return error === undefined ? "idle" : "failing";
}

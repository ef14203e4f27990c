// Why a torrent is not faster. The first reason that holds is the answer: causes that stop everything come before
// causes that slow it down.

import type { TorrentState, Why } from "@troupe/messages";
import { spellBytes } from "@troupe/protocol/text";
import { alsoWebSeeds, spellSenders } from "./why-web-seeds.ts";
import { limitSentence, type ReachedLimit } from "./reached-limit.ts";
import { beginningMs, counted, why } from "./reason.ts";
import { withoutInterface, type InterfaceInput } from "./without-interface.ts";
import { withoutPeers } from "./without-peers.ts";
import type { MetadataProgress } from "../metadata/metadata-fetch.ts";

/** A torrent at one moment, as `why()` sees it; counts unless noted. */
export interface WhyInput {
  readonly state: TorrentState;
  readonly fault: string | undefined;
  readonly isComplete: boolean;
  readonly runsForMs: number;
  /** Needed workers that are not running. */
  readonly absentWorkers: readonly string[];
  readonly pieces: {
    readonly missing: number;
    readonly leased: number;
    readonly hashing: number;
    readonly writing: number;
  };
  readonly isDiskStuck: boolean;
  readonly hashStandsMs: number;
  readonly writeStandsMs: number;
  /** Payload memory for downloads: of all workers, used by all torrents, and what this torrent waits for. */
  readonly memory: {
    readonly totalBytes: number;
    readonly usedBytes: number;
    readonly waitsFor: "nothing" | "memory" | "disk";
  };
  /** Bytes of that memory being hashed, or written. */
  readonly hashingBytes: number;
  readonly writingBytes: number;
  readonly peers: {
    readonly connected: number;
    /** Peers that have a piece that we lack. */
    readonly interesting: number;
    /** Interesting peers that unchoke us. */
    readonly unchoking: number;
    /** Unchoking peers that send. */
    readonly sending: number;
    readonly most: number;
  };
  readonly webSeeds: {
    readonly total: number;
    /** Connected, or being connected to. */
    readonly open: number;
    /** Among the connected peers. */
    readonly connected: number;
    /** Among the peers that send. */
    readonly sending: number;
    /** Why a web seed is not used, or not for all files. */
    readonly error: string | undefined;
  };
  readonly addresses: {
    readonly known: number;
    readonly untried: number;
    readonly dialling: number;
  };
  readonly trackers: {
    readonly total: number;
    readonly working: number;
    readonly failing: number;
    /** Failing trackers whose answer is a refusal. */
    readonly refusing: number;
    /** A tracker's error: the first refusal, if any. */
    readonly error: string | undefined;
  };
  /** Undefined for a torrent that is not announced to the DHT. */
  readonly dht:
    | {
        /** Nodes that our node knows. */
        readonly nodes: number;
        /** A round of look-ups has ended. */
        readonly wasRevoked: boolean;
        /** From an announce to the next at the present pace; 0 while unknown. */
        readonly roundMs: number;
      }
    | undefined;
  /** Undefined: sockets are bound to no interface. */
  readonly interface: InterfaceInput | undefined;
  readonly downBytesPerSecond: number;
  /** The picker of the program has just taken no piece from any peer that was asked about. */
  readonly isWithheld: boolean;
  /** The rate limit that peers wait for. */
  readonly limit: ReachedLimit | undefined;
}

/** The connections of a torrent, whether its pieces are known or not. */
export type SwarmInput = Pick<
  WhyInput,
  | "absentWorkers"
  | "addresses"
  | "dht"
  | "fault"
  | "interface"
  | "runsForMs"
  | "state"
  | "trackers"
  | "webSeeds"
> & { readonly peers: Pick<WhyInput["peers"], "connected"> };

/** A torrent whose metadata is unknown. */
export interface MetadataInput extends SwarmInput {
  /** Undefined once the metadata has come. */
  readonly metadata: MetadataProgress | undefined;
}

/** A working disk or hash pool answers many times a second. */
const standstillMs = 2_000;

/** The first reason that holds. */
export function whyNotFaster(input: WhyInput): Why {
  return (
    whyAtRest(input) ??
    withoutWorkers(input) ??
    standingStill(input) ??
    withoutInterface(input) ??
    withoutPeers(input) ??
    withoutOffers(input) ??
    withoutMemory(input) ??
    limited(input) ??
    slowly(input)
  );
}

/** The first reason that holds while the metadata is unknown. */
export function whyNoMetadata(input: MetadataInput): Why {
  return (
    whyAtRest({ ...input, isComplete: false }) ??
    withoutWorkers(input) ??
    withMetadata(input) ??
    withoutInterface(input) ??
    withoutPeers(input) ??
    withoutOffersOfMetadata(input) ??
    fetchingMetadata(input)
  );
}

function withMetadata({ metadata }: MetadataInput): Why | undefined {
  return metadata === undefined ? why("starting", "its metadata is here") : undefined;
}

function withoutOffersOfMetadata({ metadata, peers, runsForMs }: MetadataInput): Why | undefined {
  if (metadata !== undefined && metadata.peers > 0) return undefined;
  if (runsForMs < beginningMs) return why("starting", "the first peers have just been reached");
  const who =
    peers.connected === 1
      ? "the one peer does not offer"
      : `none of the ${peers.connected} peers offers`;
  return why("no-peer-has-metadata", `${who} the metadata`);
}

function fetchingMetadata({ metadata, peers }: MetadataInput): Why {
  const { blocks = 0, blockCount = 0, peers: offering = 0, isWrong = false } = metadata ?? {};
  const offers = `${offering} of ${counted(peers.connected, "peer")} ${offering === 1 ? "offers" : "offer"} it`;
  const progress = isWrong
    ? "some blocks of the metadata are wrong and come again"
    : `${blocks} of ${counted(blockCount, "block")} of the metadata ${blockCount === 1 ? "has" : "have"} come`;
  return why("fetching-metadata", `${progress}, ${offers}`);
}

/** The reason of a torrent that has nothing to fetch now: found from its state alone. */
export function whyAtRest({
  state,
  fault,
  isComplete,
}: Pick<WhyInput, "state" | "fault" | "isComplete">): Why | undefined {
  switch (state) {
    case "stopped":
      return why("stopped", "it is stopped");
    case "starting":
      return why("starting", "its files are being opened");
    case "checking":
      return why("checking", "what is on disk is being hashed first");
    case "paused":
      return why("paused", "it is paused");
    case "queued":
      return why("queued", "it waits in the queue until a place is free");
    case "stopping":
      return why("stopping", "it is being stopped");
    case "error":
      return why("failed", fault ?? "it has failed");
    case "metadata":
      return undefined;
    case "active":
      return isComplete ? why("complete", "it is complete") : undefined;
  }
}

function withoutWorkers({ absentWorkers }: SwarmInput): Why | undefined {
  const [first] = absentWorkers;
  if (first === undefined) return undefined;
  const what =
    absentWorkers.length === 1 ? `worker ${first} is` : `${absentWorkers.length} workers are`;
  return why("worker-restarting", `${what} being restarted`);
}

/** Reported even after all peers have left. */
function standingStill(input: WhyInput): Why | undefined {
  const { isDiskStuck, hashStandsMs, writeStandsMs, pieces } = input;
  if (isDiskStuck) return why("disk-slow", "the disk does not return from a call");
  if (writeStandsMs >= standstillMs) {
    const seconds = Math.round(writeStandsMs / 1000);
    return why(
      "disk-slow",
      `the disk has written nothing for ${seconds} s, ${waiting(pieces.writing)}`,
    );
  }
  if (hashStandsMs < standstillMs) return undefined;
  const seconds = Math.round(hashStandsMs / 1000);
  return why("hash-behind", `nothing has been hashed for ${seconds} s, ${waiting(pieces.hashing)}`);
}

function withoutOffers({ peers, pieces, runsForMs, webSeeds }: WhyInput): Why | undefined {
  const toGet = pieces.missing + pieces.leased;
  if (toGet > 0 && peers.interesting === 0) {
    const pieces = counted(toGet, "missing piece");
    if (webSeeds.error !== undefined && webSeeds.connected === peers.connected)
      return why("web-seeds-failing", `no web seed gives any of the ${pieces}: ${webSeeds.error}`);
    // A new peer has not sent its bitfield yet.
    if (runsForMs < beginningMs) return why("starting", "the first peers have just been reached");
    const who =
      peers.connected === 1
        ? "the one peer has none"
        : `none of the ${peers.connected} peers has any`;
    return why("nobody-has-missing-pieces", `${who} of the ${pieces}${alsoWebSeeds(webSeeds)}`);
  }
  if (toGet > 0 && peers.unchoking === 0) {
    if (runsForMs < beginningMs) return why("starting", "the first peers have just been reached");
    const who =
      peers.interesting === 1
        ? "the one peer that has something chokes"
        : `all ${peers.interesting} peers that have something choke`;
    return why("all-choke-us", `${who} us`);
  }
  if (pieces.missing > 0) return undefined;
  const rest = pieces.leased + pieces.hashing + pieces.writing;
  return why(
    "last-pieces",
    `the last ${counted(rest, "piece")} ${rest === 1 ? "is" : "are"} on the way`,
  );
}

function withoutMemory({ memory, hashingBytes, writingBytes }: WhyInput): Why | undefined {
  if (memory.waitsFor === "nothing") return undefined;
  const mebibytes = Math.round(memory.totalBytes / 2 ** 20);
  if (writingBytes >= memory.usedBytes / 2) {
    return why(
      "disk-slow",
      `the disk is slower than the peers: most of ${mebibytes} MiB of memory waits to be written`,
    );
  }
  if (memory.waitsFor === "disk") {
    return why("disk-slow", "the disk is slower than the peers: pieces wait to be written");
  }
  if (hashingBytes >= memory.usedBytes / 2) {
    return why(
      "hash-behind",
      `hashing is slower than the peers: most of ${mebibytes} MiB of memory waits for it`,
    );
  }
  return why("memory-full", `${mebibytes} MiB of memory are full of pieces under way`);
}

/** By the user or the program. */
function limited({ isWithheld, limit, peers }: WhyInput): Why | undefined {
  if (isWithheld && peers.sending === 0)
    return why("picker-withholds", "the picker of the program takes no piece now");
  return limit && why("limit-reached", limitSentence(limit));
}

function slowly(input: WhyInput): Why {
  const { peers, webSeeds, addresses, downBytesPerSecond, runsForMs } = input;
  if (peers.sending === 0 && runsForMs < beginningMs) {
    return why("starting", "the first peers have just been reached");
  }
  if (downBytesPerSecond === 0 && peers.sending > 0) {
    return why("starting", "the first blocks are coming");
  }
  if (peers.connected >= peers.most && addresses.untried > 0) {
    return why(
      "connection-limit",
      `all ${counted(peers.most, "allowed connection")} are in use, ${counted(addresses.untried, "more address", "more addresses")} wait`,
    );
  }
  if (peers.sending === 0) {
    const who =
      peers.unchoking === 1
        ? "the one peer that lets us download sends"
        : `the ${peers.unchoking} peers that let us download send`;
    return why("peers-slow", `${who} nothing`);
  }
  const who = spellSenders(peers.sending, webSeeds.sending);
  return why("peers-slow", `limited by ${who} (${spellBytes(downBytesPerSecond)}/s)`);
}

function waiting(pieces: number): string {
  return `${counted(pieces, "piece")} ${pieces === 1 ? "waits" : "wait"} for it`;
}

// Counts and times that arise in the engine's thread, since its start.

import { Histogram } from "@troupe/messages";
import { addUtpBytes, noCounters, noUtpBytes, type Traffic } from "../../torrent/report/traffic.ts";
import { PieceOrigins } from "./piece-origins.ts";
import { RateSamples } from "./rate-samples.ts";
import { WordCounter } from "./word-counter.ts";

const dialOutcomes = [
  ...["opened", "timeout", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ECONNRESET"],
  ...["closed-by-peer", "duplicate", "self", "full", "wrong-info-hash"],
];
const holepunches = ["requested", "relayed", "not-relayed", "begun", "ignored", "opened"];
const closings = [
  ...["closed-by-peer", "both-seeds", "idle", "torrent-closed", "connections-short", "turnover"],
  ...["ip-filtered", "disconnected", "not-reading", "ECONNRESET"],
];
const admissions = ["admitted", "self", "duplicate", "banned", "ip-filtered", "full", "closed"];
const httpOutcomes = [
  ...["replied", "tracker-refused", "tracker-status", "http-failed", "http-deadline", "aborted"],
];
const udpOutcomes = [
  ...["replied", "tracker-refused", "tracker-silent", "tracker-unreachable", "aborted"],
];

/** Announces over a transport. */
interface AnnounceCounts {
  readonly outcomes: WordCounter;
  /** Times of the announces that were answered. */
  readonly seconds: Histogram;
}

/** Counts and times of the engine, and its last pieces and rates. */
export class EngineMetrics {
  /** Dials that have ended, by their outcome: `opened`, or why the connection failed. */
  readonly dials = new WordCounter("outcome", dialOutcomes);
  /** Messages of `ut_holepunch` (BEP 55) and their dials, by what became of them. */
  readonly holepunches = new WordCounter("event", holepunches);
  /** Opened connections with peers, by the version of the hash that both sides have named at last. */
  readonly versions = new WordCounter("version", ["v1", "v2", "upgraded"]);
  /** Connections that were open, by the reason of their end. */
  readonly closings = new WordCounter("reason", closings);
  /** Handshakes, by the engine's answer. */
  readonly admissions = new WordCounter("outcome", admissions);
  readonly announces: Readonly<Record<"http" | "udp", AnnounceCounts>> = {
    http: { outcomes: new WordCounter("outcome", httpOutcomes), seconds: new Histogram() },
    udp: { outcomes: new WordCounter("outcome", udpOutcomes), seconds: new Histogram() },
  };
  /** From a group of sealed pieces to its digests, queues included. */
  readonly hashSeconds = new Histogram();
  readonly pieces = { verified: 0, failed: 0, written: 0 };
  readonly rates: RateSamples;
  readonly origins = new PieceOrigins();
  /** Payload of pieces that failed their hash. */
  failedHashBytes = 0;
  /** Payload of web seeds whose connections are closed. */
  closedWebSeedBytes = 0;
  /** Bytes over uTP of torrents that were removed. */
  readonly removedUtp = noUtpBytes();
  /** Bytes over TCP as last read, by direction and kind. */
  readonly #tcpBytes = new Map<string, number>();

  /** @param nowMs Monotonic; the engine begins. */
  constructor(nowMs: number) {
    this.rates = new RateSamples(nowMs);
  }

  /** The bytes of a torrent over uTP stay. */
  torrentRemoved(traffic: Pick<Traffic, "addCounters">): void {
    const sums = noCounters();
    traffic.addCounters(sums);
    addUtpBytes(this.removedUtp, sums);
  }

  /**
   * The bytes over TCP are a rest of counters, which a worker may write while they are read: a rest that is smaller than the
   * last one would be taken for a restart.
   *
   * @param name Direction and kind.
   * @returns The bytes, never fewer than before.
   */
  tcpBytes(name: string, bytes: number): number {
    const most = Math.max(bytes, this.#tcpBytes.get(name) ?? 0);
    this.#tcpBytes.set(name, most);
    return most;
  }
}

import type { Clock, Random, Timers } from "@troupe/actor-runtime";
import type { AddressFamily, AnnounceReply, AnnounceRequest } from "@troupe/protocol/tracker";
import type { AnnounceCounters } from "./announce-figures.ts";
import type { TrackerTransport } from "./tracker-transport.ts";

/** The fields of an announce that tell who announces. */
export type AnnounceIdentity = Pick<
  AnnounceRequest,
  "address" | "encryption" | "infoHash" | "peerId" | "port" | "key"
>;

/** The torrent and the actor of an announcer. */
export interface AnnouncerEnvironment {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly transport: TrackerTransport;
  /** Families of addresses that are used, the preferred one first. */
  readonly families: readonly AddressFamily[];
  /** Identity in the next announce to a tracker: a gateway may change the port. */
  identity(url: string): AnnounceIdentity;
  /**
   * A tracker of a private torrent has refused it, and has never replied to it.
   *
   * @returns Whether the identity has another hash of the torrent now. Of two hashes every second refusal turns back to the
   *   first, and is final.
   */
  turnHash(url: string): boolean;
  /** Over all starts of the torrent. */
  counters(): AnnounceCounters;
  /** The torrent is complete: it announces after those that are not. */
  isSeed(): boolean;
  /** All that is wanted is had, and pieces are missing (BEP 21). */
  isPartialSeed(): boolean;
  /** A download has no peer, and none waits to be dialled. */
  needsPeers(): boolean;
  /** Whether peers find us at this address: a tracker names us among the peers. */
  isOwn(host: string, port: number): boolean;
  /** @param remoteHost Numeric address that replied, where known. */
  answered(url: string, reply: AnnounceReply, remoteHost: string | undefined): void;
  /** The tracker works over no address family. */
  failed(url: string, code: string, message: string): void;
  /** The owner failed at a reply: its incarnation must end. */
  fail(error: unknown): void;
}

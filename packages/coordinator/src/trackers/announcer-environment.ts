import type { Clock, Random, Timers } from "@troupe/actor-runtime";
import type { AnnounceReply, AnnounceRequest } from "@troupe/protocol";
import type { AnnounceCounters } from "./announce-figures.ts";
import type { TrackerTransport } from "./tracker-transport.ts";

/** The fields of an announce that tell who announces. */
export type AnnounceIdentity = Pick<AnnounceRequest, "infoHash" | "peerId" | "port" | "key">;

/** The torrent and the actor of an announcer. */
export interface AnnouncerEnvironment {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly transport: TrackerTransport;
  /** Of the next announce: a gateway may change the port. */
  readonly identity: () => AnnounceIdentity;
  /** Over all starts of the torrent. */
  readonly counters: () => AnnounceCounters;
  /** The torrent is complete: it announces after those that are not. */
  readonly isSeed: () => boolean;
  /** All that is wanted is had, and pieces are missing (BEP 21). */
  readonly isPartialSeed: () => boolean;
  /** No peer is connected or waits to be dialled. */
  readonly needsPeers: () => boolean;
  /** @param remoteHost Numeric address that replied, where known. */
  readonly answered: (url: string, reply: AnnounceReply, remoteHost: string | undefined) => void;
  /** The tracker works over no address family. */
  readonly failed: (url: string, code: string, message: string) => void;
  /** The owner failed at a reply: its incarnation must end. */
  readonly fail: (error: unknown) => void;
}

// A hostile tracker is a value with a name, a sentence and its replies.

import type {
  SimulatedNames,
  SimulatedReply,
  SimulatedRequest,
} from "@troupe/actor-runtime/simulated";
import type { UdpTrackerRequest } from "@troupe/protocol/tracker";
import type { PeerAddress } from "@troupe/protocol/address";

/** Fields of all hostile trackers. */
export interface HostileTracker {
  /** Kebab case, unique among the trackers of its transport. */
  readonly name: string;
  /** Completes the sentence "this tracker …". */
  readonly does: string;
  /** Numbers of the cases in test/catalogue.md that this tracker shows. */
  readonly cases: readonly number[];
  /** Addresses of its name; default an address on the internet. */
  readonly hosts?: readonly string[];
}

/** One HTTP request to a hostile tracker. */
export interface HttpMeeting {
  readonly request: SimulatedRequest;
  /** Where the client accepts peers. */
  readonly client: PeerAddress;
  /** The honest seeder. */
  readonly seeder: PeerAddress;
  /** The names of the world. */
  readonly names: SimulatedNames;
}

/** A hostile tracker that speaks HTTP. */
export interface HostileHttpTracker extends HostileTracker {
  readonly answer: (meeting: HttpMeeting) => SimulatedReply | Promise<SimulatedReply>;
}

/** Sender of a reply: the address that was asked, another port of its host, or another host. */
export type UdpSender = "itself" | "other-port" | "other-host";

/** One datagram to a hostile tracker. */
export interface UdpMeeting {
  readonly request: UdpTrackerRequest;
  /** Where the client accepts peers. */
  readonly client: PeerAddress;
  /** Gives the tracker's name another address. */
  readonly rebind: (host: string) => void;
  readonly send: (bytes: Uint8Array, from?: UdpSender) => void;
  readonly sendAfter: (delayMs: number, bytes: Uint8Array) => void;
}

/** A hostile tracker that speaks UDP. */
export interface HostileUdpTracker extends HostileTracker {
  readonly answer: (meeting: UdpMeeting) => void;
}

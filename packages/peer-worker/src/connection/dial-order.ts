// The order of the transports of a dial: TCP first, uTP where TCP does not answer.

import type { Transport, TransportMode } from "@troupe/messages";

/** Time without an answer after which the second transport is dialled beside the first. */
export const secondTransportMs = 500;

/** Dials over uTP that begin in a second, so that the tables of routers do not fill. At the bound TCP is alone, or the dial waits. */
export const utpDialsPerSecond = 30;

/** The transports of a dial. */
export interface DialOrder {
  readonly first: Transport;
  /** Dialled beside the first after {@link secondTransportMs}. */
  readonly second: Transport | undefined;
}

/** The facts that decide the order. */
interface DialFacts {
  readonly mode: TransportMode;
  /** The UDP port is open in this worker. */
  readonly hasUtp: boolean;
  /** The engine asks for uTP: the peer was connected over it last, or did not take TCP. */
  readonly prefersUtp: boolean;
}

/** @returns Undefined where no allowed transport is there. */
export function dialOrder({ mode, hasUtp, prefersUtp }: DialFacts): DialOrder | undefined {
  if (mode === "utp") return hasUtp ? { first: "utp", second: undefined } : undefined;
  if (mode === "tcp" || !hasUtp) return { first: "tcp", second: undefined };
  return prefersUtp ? { first: "utp", second: "tcp" } : { first: "tcp", second: "utp" };
}

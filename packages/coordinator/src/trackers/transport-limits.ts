import type { Clock, Timers } from "@troupe/actor-runtime";
import { RequestLimit } from "./request-limit.ts";

const placesOfTransport = 50;
/** Over each address family. */
const placesPerHost = 5;
/** Five thousand torrents that start together announce within two minutes, over both address families. */
const perSecond = 100;
const burst = 20;

/** The limits of all requests to trackers, by transport. */
export type TransportLimits = Readonly<Record<"http" | "udp", RequestLimit>>;

/** @param connections With HTTP trackers at once, 1 or more. */
export function makeTransportLimits(
  connections: number,
  time: { readonly clock: Clock; readonly timers: Timers },
): TransportLimits {
  const limitOf = (places: number): RequestLimit =>
    new RequestLimit({ places, placesPerHost, perSecond, burst }, time);
  return {
    http: limitOf(Math.min(placesOfTransport, connections)),
    udp: limitOf(placesOfTransport),
  };
}

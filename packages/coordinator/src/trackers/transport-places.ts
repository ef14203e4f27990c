import type { Clock, Timers } from "@troupe/actor-runtime";
import { AnnouncePlaces } from "./announce-places.ts";

const placesOfTransport = 50;
/** Over each address family. */
const placesPerHost = 5;
/** Five thousand torrents that start together announce within two minutes, over both address families. */
const perSecond = 100;
const burst = 20;

/** The places of all requests to trackers, by transport. */
export type TransportPlaces = Readonly<Record<"http" | "udp", AnnouncePlaces>>;

/** @param connections With HTTP trackers at once, 1 or more. */
export function makeTransportPlaces(
  connections: number,
  time: { readonly clock: Clock; readonly timers: Timers },
): TransportPlaces {
  const placesFor = (places: number): AnnouncePlaces =>
    new AnnouncePlaces({ places, placesPerHost, perSecond, burst }, time);
  return {
    http: placesFor(Math.min(placesOfTransport, connections)),
    udp: placesFor(placesOfTransport),
  };
}

import type { Names } from "@troupe/api-base";
import type { EventName } from "../torrent-services.ts";
import type { CoordinatorEvents } from "./coordinator-events.ts";

/** Events of a torrent. */
export const torrentEventNames: Names<EventName> = {
  state: true,
  metadata: true,
  checking: true,
  progress: true,
  piece: true,
  tracker: true,
  peer: true,
  why: true,
  stall: true,
  complete: true,
  moved: true,
  "goal-reached": true,
  warning: true,
  error: true,
  stopped: true,
};

/** Events of a coordinator. */
export const coordinatorEventNames: Names<keyof CoordinatorEvents> = {
  listening: true,
  dht: true,
  worker: true,
  warning: true,
};

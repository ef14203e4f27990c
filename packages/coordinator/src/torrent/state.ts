// The state of a torrent, and saying so.

import type { TorrentState } from "@troupe/messages";
import type { Engine } from "../engine/engine-state.ts";
import { emit } from "./event-outbox.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** Moves a torrent to a state and tells the user; with the state `error` goes the torrent's fault. */
export function setState(engine: Engine, job: TorrentJob, state: TorrentState): void {
  job.state = state;
  emit(engine, job, {
    event: "state",
    state,
    ...(state === "error" && job.fault !== undefined && { fault: job.fault }),
  });
}

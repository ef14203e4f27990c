// Hooks for tests that end and hang the threads of a coordinator: `@troupe/coordinator/testing`.

import type { Coordinator } from "./api/coordinator.ts";
import { sessionOf } from "./api/session-of.ts";

/**
 * Ends one thread as a crash does.
 *
 * @param name Name in `coordinator.actors()` (`engine`, `file-0`, `hash`, `peer-0` …), or `file` for all file-workers.
 */
export function endActor(coordinator: Coordinator, name: string): void {
  sessionOf(coordinator).actors.endActor(name);
}

/**
 * Runs an endless loop in one thread.
 *
 * @param name Name in `coordinator.actors()`, except `check`.
 */
export function hangActor(coordinator: Coordinator, name: string): void {
  sessionOf(coordinator).actors.hangActor(name);
}

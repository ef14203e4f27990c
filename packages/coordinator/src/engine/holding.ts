// What the engine has in its hands, noted for the front: a torrent at which two engines died is not told to the third.

import type { Context } from "@troupe/actor-runtime";
import { EngineStep, torrentOf } from "@troupe/messages";
import type { Engine } from "./engine-state.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";

/** What of an engine is needed to note something. */
type Noting = { readonly context: Pick<Context, "input" | "fail"> };

/** Acts with a torrent in hand; what is thrown leaves the note for whoever finds the engine dead. */
export function holding(
  { context: { input } }: Noting,
  job: TorrentJob,
  step: number,
  act: () => void,
): void {
  input[1] = job.id;
  input[0] = step;
  act();
  input.fill(0);
}

/** A failure that surfaced in a promise about a torrent: this engine is over. */
export function failOver(
  { context }: Pick<Engine, "context">,
  job: TorrentJob,
  error: unknown,
): void {
  context.input[1] = job.id;
  context.input[0] = EngineStep.later;
  context.fail(error);
}

/** The torrent that a message is about, by its number; one that has none yet by the front's ticket, below zero. */
export function inputOfMessage(message: unknown): number {
  const { ticket } = message as { readonly ticket?: unknown };
  return typeof ticket === "number" ? -ticket : torrentOf(message);
}

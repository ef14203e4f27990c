// What the engine has in its hands, noted for the front: a torrent at which two engines died is not told to the third.

import type { Context } from "@troupe/actor-runtime";
import { EngineStep, torrentOf } from "@troupe/messages";
import type { Engine } from "./engine-state.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";

/** What of an engine is needed to note something. */
type BreadcrumbServices = { readonly context: Pick<Context, "breadcrumb" | "fail"> };

/** Acts with a torrent in hand; what is thrown leaves the note for whoever finds the engine dead. */
export function withBreadcrumb(
  { context: { breadcrumb } }: BreadcrumbServices,
  job: TorrentJob,
  step: number,
  act: () => void,
): void {
  breadcrumb[1] = job.id;
  breadcrumb[0] = step;
  act();
  breadcrumb.fill(0);
}

/** A failure that surfaced in a promise about a torrent: this engine is over. */
export function failEngine(
  { context }: Pick<Engine, "context">,
  job: TorrentJob,
  error: unknown,
): void {
  context.breadcrumb[1] = job.id;
  context.breadcrumb[0] = EngineStep.rejection;
  context.fail(error);
}

/** The torrent that a message is about, by its number; one that has none yet by the front's ticket, below zero. */
export function breadcrumbOf(message: unknown): number {
  const { ticket } = message as { readonly ticket?: unknown };
  return typeof ticket === "number" ? -ticket : torrentOf(message);
}

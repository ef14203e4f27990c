import type { Context } from "@troupe/actor-runtime";
import { EngineStep, torrentOf } from "@troupe/messages";
import type { Engine } from "./engine-state.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";

type BreadcrumbServices = { readonly context: Pick<Context, "breadcrumb" | "fail"> };

/**
 * Runs `act` with a breadcrumb naming the torrent: a torrent at which two engines crashed is not given to the third. If
 * `act` throws, the breadcrumb stays set for the supervisor to read.
 */
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

/** Ends this engine for an error in a promise about a torrent. */
export function failEngine(
  { context }: Pick<Engine, "context">,
  job: TorrentJob,
  error: unknown,
): void {
  context.breadcrumb[1] = job.id;
  context.breadcrumb[0] = EngineStep.rejection;
  context.fail(error);
}

/** The torrent of a message; before it has a number, the API's ticket, negated. */
export function breadcrumbOf(message: unknown): number {
  const { ticket } = message as { readonly ticket?: unknown };
  return typeof ticket === "number" ? -ticket : torrentOf(message);
}

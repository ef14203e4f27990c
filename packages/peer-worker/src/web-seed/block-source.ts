import type { HttpClient, HttpExchange, Timers } from "@troupe/actor-runtime";

import type { BlocksUnderWay } from "./block-cutter.ts";
import type { RequestedBlock } from "./requested-blocks.ts";
import type { WebSeedFailure } from "./web-seed-answer.ts";
import type { Segment, WebSeedLayout } from "./web-seed-layout.ts";

/** The files that a web seed without ranges gives, read in their order. */
export interface FileReader {
  /** Bytes have come that are to be skipped, and a rate limit does not allow it yet. */
  readonly waitsForLimit: boolean;
  /** Reads on, in its turn under a rate limit. */
  readOn(): void;
  /** Reads on soon, or waits for its turn. */
  schedule(): void;
}

/** The way in which a web seed is asked for blocks: by ranges, or by whole files. */
export interface BlockSource {
  request(block: RequestedBlock): void;
  /** The block is not needed any more. */
  cancel(position: number): void;
  /** Until `resume` few bytes are delivered. */
  pause(): void;
  resume(): void;
  /** For ever. */
  close(): void;
}

/** An answer with a whole file, whose body has not begun. */
export interface WholeAnswer {
  readonly exchange: HttpExchange;
  /** Segment of the file that was requested. */
  readonly segment: Segment;
  /** The blocks that were to come with it. The bytes of the first come before the file. */
  readonly underWay: BlocksUnderWay;
}

/** Takes the body of a {@link WholeAnswer}. */
export interface BodyReader {
  /** Gets bytes; lent. */
  readonly take: (chunk: Uint8Array) => void;
  readonly closed: (error: Error | undefined) => void;
}

/** The parts of a web seed that both ways use. */
export interface SourceServices {
  readonly http: HttpClient;
  readonly layout: WebSeedLayout;
  readonly timers: Pick<Timers, "after" | "soon">;
  readonly epochMs: () => number;
  /** Host of the seed's URL. */
  readonly host: string;
  /** Gets each block as a `piece` message; lent. */
  readonly deliver: (frame: Uint8Array) => void;
  readonly failed: (failure: WebSeedFailure) => void;
  /** Runs `task` with a breadcrumb that names the seed. */
  readonly inStep: (task: () => void) => void;
}

/** The failure of an exchange that ended with an error, or too early. */
export function failureOf(
  error: (Error & { readonly code?: unknown }) | undefined,
  { host }: Pick<SourceServices, "host">,
  file: number,
): WebSeedFailure {
  if (error === undefined) {
    const message = `web seed ${host} ends its answer for file ${file} too early`;
    return { code: "web-seed-short", message };
  }
  const { code, message } = error;
  return { code: typeof code === "string" ? code : "http-failed", message };
}

import { codeOf } from "@troupe/actor-runtime";

/** Code of a torrent's error while its disk hangs in a call; the torrent continues when the disk does. */
export const silentDiskCode = "disk-not-answering";

/** `code` never changes; the message says what was seen and what is allowed. */
export class TroupeError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: {
      readonly details?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TroupeError";
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The error of a refusal by the engine. Without a message the torrent was removed. */
export function refusalError(refusal: {
  readonly refused: string;
  readonly message?: string;
}): TroupeError {
  return new TroupeError(refusal.refused, refusal.message ?? "the torrent was removed");
}

/** The engine's reply about a torrent. @throws TroupeError `no-torrent` after its removal. */
export function known<Answer extends object>(
  { infoHash }: { readonly infoHash: string },
  answer: Answer | { readonly refused: "no-torrent" },
): Answer {
  if (!("refused" in answer)) return answer;
  throw new TroupeError("no-torrent", `torrent ${infoHash} was removed`);
}

/** Whether a call failed because the actor is not running. */
export function isGone(error: unknown): boolean {
  return codeOf(error) === "actor-gone";
}

// Refusals by the engine as errors.

import { TroupeError } from "@troupe/control";

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

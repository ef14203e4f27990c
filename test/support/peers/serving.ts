// The first steps of a peer that pretends to be a seeder.

import type { Asked } from "./ear.ts";
import { unchoke, wholeBitfield } from "./frames.ts";
import type { Line } from "./line.ts";

/** Shakes hands, says that it has everything and lets the other side ask. @throws LineClosed */
export async function offerEverything(line: Line): Promise<void> {
  await line.shakeHands();
  await line.say(wholeBitfield(line.pieceCount), unchoke);
}

/** What an honest peer would answer. */
export function rightBytes(line: Line, { piece, begin, lengthBytes }: Asked): Uint8Array {
  const { content, pieceLengthBytes } = line.target;
  return content(piece * pieceLengthBytes + begin, lengthBytes);
}

/** Answers one request after the other with what `answer` makes of it. @throws LineClosed: it ends in no other way. */
export async function answerRequests(
  line: Line,
  answer: (asked: Asked) => Uint8Array,
): Promise<never> {
  for (;;) await line.say(answer(await line.nextRequest()));
}

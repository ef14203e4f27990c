// The first steps of a peer that pretends to be a seeder.

import type { BlockRequest } from "./remote-state.ts";
import { unchoke, wholeBitfield } from "./frames.ts";
import type { RawConnection } from "./raw-connection.ts";

/** Shakes hands, says that it has everything and lets the other side ask. @throws RawConnectionClosed */
export async function offerEverything(connection: RawConnection): Promise<void> {
  await connection.shakeHands();
  await connection.send(wholeBitfield(connection.pieceCount), unchoke);
}

/** What an honest peer would answer. */
export function rightBytes(
  connection: RawConnection,
  { piece, begin, lengthBytes }: BlockRequest,
): Uint8Array {
  const { content, pieceLengthBytes } = connection.target;
  return content(piece * pieceLengthBytes + begin, lengthBytes);
}

/** Answers one request after the other with what `answer` makes of it. @throws RawConnectionClosed: it ends in no other way. */
export async function answerRequests(
  connection: RawConnection,
  answer: (request: BlockRequest) => Uint8Array,
): Promise<never> {
  for (;;) await connection.send(answer(await connection.nextRequest()));
}

// The first steps of a peer that pretends to be a seeder.

import type { BlockRequest } from "./remote-state.ts";
import { block, unchoke, wholeBitfield } from "./frames.ts";
import { after, type HostilePeer } from "./hostile-peer.ts";
import type { RawConnection } from "./raw-connection.ts";

/** Shakes hands, says that it has everything and lets the other side ask. @throws RawConnectionClosed */
export async function offerEverything(connection: RawConnection): Promise<void> {
  await connection.shakeHands();
  await connection.send(wholeBitfield(connection.pieceCount), unchoke);
}

/** The bytes of a block, as an honest peer sends them. */
export function rightBytes(
  connection: RawConnection,
  { piece, begin, lengthBytes }: BlockRequest,
): Uint8Array {
  const { content, pieceLengthBytes } = connection.target;
  return content(piece * pieceLengthBytes + begin, lengthBytes);
}

/** The block that an honest peer sends. */
export function rightBlock(connection: RawConnection, request: BlockRequest): Uint8Array {
  return block(request.piece, request.begin, rightBytes(connection, request));
}

/** Answers one request after the other with what `answer` makes of it. @throws RawConnectionClosed: it ends in no other way. */
export async function answerRequests(
  connection: RawConnection,
  answer: (request: BlockRequest) => Uint8Array,
): Promise<never> {
  for (;;) await connection.send(answer(await connection.nextRequest()));
}

/** Offers everything, and answers each request with what `answer` makes of it. */
export function answers(
  answer: (request: BlockRequest, connection: RawConnection) => Uint8Array,
): HostilePeer["misbehave"] {
  return after(offerEverything, (connection) =>
    answerRequests(connection, (request) => answer(request, connection)),
  );
}

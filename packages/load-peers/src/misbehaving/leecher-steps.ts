// The first steps of a peer that asks for pieces.

import { interested } from "./frames.ts";
import type { RawConnection } from "./raw-connection.ts";

/** Shakes hands and waits until it may ask. @returns A piece that the other side has. @throws RawConnectionClosed */
export async function waitForUnchoke(connection: RawConnection): Promise<number> {
  await connection.shakeHands();
  const piece = await connection.remotePiece();
  await connection.send(interested);
  await connection.unchoked();
  return piece;
}

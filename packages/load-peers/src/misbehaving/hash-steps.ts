// The first steps of a peer that speaks version 2 (BEP 52).

import { unchoke, wholeBitfield } from "./frames.ts";
import { type RawConnection, RawConnectionClosed, type TargetTree } from "./raw-connection.ts";

/** @throws RawConnectionClosed for a torrent of version 1. */
export function treeOfTarget({ target }: RawConnection): TargetTree {
  if (target.tree === undefined) throw new RawConnectionClosed();
  return target.tree;
}

/** Exchanges handshakes by the hash of version 2. @throws RawConnectionClosed */
export async function shakeHandsOfVersion2(connection: RawConnection): Promise<void> {
  await connection.shakeHands({ infoHash: treeOfTarget(connection).infoHash });
}

/** Says that it has everything, over version 2. @throws RawConnectionClosed */
export async function offerTree(connection: RawConnection): Promise<void> {
  await shakeHandsOfVersion2(connection);
  await connection.send(wholeBitfield(connection.pieceCount), unchoke);
}

// The order of a torrent's pieces without a picker of its user: by rarity or by index, the ends of files before both.

import type { Random } from "@troupe/actor-runtime";
import type { PieceIndex } from "@troupe/protocol/units";
import type { PieceLedger } from "../piece-ledger.ts";
import { EndsFirst } from "./ends-first.ts";
import type { PieceOrder } from "./piece-order.ts";
import { RarestFirst } from "./rarest-first.ts";
import { Sequential } from "./sequential.ts";

/** What the settings of a torrent say about its order. */
export interface OrderChoice {
  readonly isSequential?: boolean;
  /** The piece at which an order by index begins. */
  readonly fromPiece?: number;
  /** Pieces that come first, ascending. */
  readonly ends?: readonly PieceIndex[];
}

/** The order of a choice. */
export function builtInOrder(
  ledger: PieceLedger,
  random: Random,
  { isSequential = false, fromPiece = 0, ends = [] }: OrderChoice,
): PieceOrder {
  const order = isSequential ? new Sequential(ledger, fromPiece) : new RarestFirst(ledger, random);
  return ends.length === 0 ? order : new EndsFirst(ledger, ends, order);
}

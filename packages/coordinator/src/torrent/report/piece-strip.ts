// The strip, made only on request since it walks all pieces.

import { StripKind, stripCellStart, stripCells, stripKinds } from "@troupe/messages";
import { PieceState, type PieceLedger } from "../pieces/piece-ledger.ts";

const kindOf = {
  [PieceState.leased]: StripKind.inFlight,
  [PieceState.hashing]: StripKind.finishing,
  [PieceState.writing]: StripKind.finishing,
  [PieceState.had]: StripKind.had,
} as const;

/**
 * @param availability Per worker: connected peers that have each piece.
 * @returns The value of `TorrentStatus.strip`.
 */
export function pieceStrip(
  { states, priorities }: Pick<PieceLedger, "states" | "priorities">,
  availability: readonly Uint16Array[],
): Uint8Array<ArrayBuffer> {
  const cells = stripCells(states.length);
  const strip = new Uint8Array(cells * stripKinds);
  const counts = new Uint32Array(stripKinds);
  for (let cell = 0; cell < cells; cell++) {
    const start = stripCellStart(cell, states.length);
    const end = stripCellStart(cell + 1, states.length);
    counts.fill(0);
    for (let piece = start; piece < end; piece++) {
      const state = states[piece] ?? PieceState.missing;
      const isWanted = priorities[piece] !== 0;
      const kind =
        state === PieceState.missing
          ? kindOfMissing(piece, isWanted, availability)
          : kindOf[state as keyof typeof kindOf];
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    for (let kind = 0; kind < stripKinds; kind++) {
      strip[cell * stripKinds + kind] = Math.ceil((255 * (counts[kind] ?? 0)) / (end - start));
    }
  }
  return strip;
}

function kindOfMissing(
  piece: number,
  isWanted: boolean,
  availability: readonly Uint16Array[],
): number {
  if (!isWanted) return StripKind.unwanted;
  for (const table of availability) if ((table[piece] ?? 0) > 0) return StripKind.missing;
  return StripKind.nobodyHas;
}

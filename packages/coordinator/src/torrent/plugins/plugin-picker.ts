// The order of pieces by a picker of the user's program. Each answer is checked: a piece that may not be leased would
// end the engine.

import { WrongAnswer } from "@troupe/actor-runtime/module-answers";
import type { TorrentShape } from "@troupe/messages";
import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import type { PieceOrder, PieceQuestion } from "../pieces/orders/piece-order.ts";
import type { PieceLedger } from "../pieces/piece-ledger.ts";
import { peersWith } from "../report/traffic.ts";
import { itemsOf, makePart, type ModuleGuard } from "./module-guard.ts";
import type { PickQuestion, TorrentPicker } from "./interfaces/picker-module.ts";

/** @returns The picker of a module. @throws WrongAnswer, or the error of the module. */
export function startPicker(exported: unknown, torrent: TorrentShape): TorrentPicker {
  return makePart(exported, torrent, "pick") as TorrentPicker;
}

/** Asks a picker for each order. */
export class PluginOrder implements PieceOrder {
  readonly #ledger: PieceLedger;
  readonly #picker: TorrentPicker;
  readonly #guard: ModuleGuard;

  constructor(ledger: PieceLedger, picker: TorrentPicker, guard: ModuleGuard) {
    this.#ledger = ledger;
    this.#picker = picker;
    this.#guard = guard;
  }

  pick(question: PieceQuestion): PieceIndex[] {
    return this.#guard.run("pick pieces", () => this.#ask(question)) ?? [];
  }

  putBack(): void {}

  forget(): void {}

  #ask(question: PieceQuestion): PieceIndex[] {
    // A peer-worker may clear the row of a peer at any time, and a candidate must stay a candidate until it is checked.
    const asked = questionFor(this.#ledger, { ...question, peerHas: question.peerHas.slice() });
    const picked = new Set<PieceIndex>();
    for (const piece of itemsOf(this.#picker.pick(asked), question.count)) {
      if (!isPiece(piece) || !asked.isCandidate(piece))
        throw new WrongAnswer(`picked ${spelled(piece)}, which is no candidate`);
      if (picked.has(piece)) throw new WrongAnswer(`picked piece ${piece} twice`);
      picked.add(piece);
    }
    return [...picked];
  }
}

/** Its functions need no `this`: a picker may take them apart. */
function questionFor(
  ledger: PieceLedger,
  { availability, count, nowMs, peerHas }: PieceQuestion,
): PickQuestion {
  const { pieceCount } = ledger.geometry;
  return {
    count,
    nowMs,
    candidates: (limit = pieceCount, from = 0) => {
      const most = Math.min(pieceCount, whole("limit", limit));
      return ledger.pickable.among(peerHas, most, Math.min(pieceCount, whole("from", from)));
    },
    isCandidate: (piece) => ledger.isPickable(piece as PieceIndex) && hasBit(peerHas, piece),
    priorityOf: (piece) => ledger.priorities[piece] ?? 0,
    peersWith: (piece) => peersWith(availability, piece as PieceIndex),
  };
}

function whole(name: string, value: number): number {
  if (isPiece(value)) return value;
  throw new RangeError(`${name} is ${String(value)}; allowed is a whole number from 0`);
}

function isPiece(value: unknown): value is PieceIndex {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function spelled(value: unknown): string {
  return typeof value === "number" ? `piece ${value}` : `a value of type ${typeof value}`;
}

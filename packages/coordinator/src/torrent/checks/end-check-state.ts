import { setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

/** The check at completion of a run. Bitfields are in wire order. */
export type EndCheck =
  /** No piece has arrived since the last check. */
  | { readonly state: "idle" }
  /** `pieces`: those to hash once all pieces are had; undefined: every piece. */
  | { readonly state: "due"; readonly pieces: Uint8Array | undefined; readonly failures: number }
  /** `left`: pieces that are not hashed yet. `arrived`: pieces that were written since the check began. */
  | { readonly state: "going-on"; readonly left: Uint8Array; readonly arrived: Uint8Array };

/** Notes a piece that was written. */
export function noteArrival(checks: { endCheck: EndCheck }, piece: PieceIndex): void {
  const { endCheck } = checks;
  if (endCheck.state === "idle") checks.endCheck = { state: "due", pieces: undefined, failures: 0 };
  else if (endCheck.state === "going-on") setBit(endCheck.arrived, piece);
  else if (endCheck.pieces !== undefined) setBit(endCheck.pieces, piece);
}

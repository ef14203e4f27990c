// The first steps of a peer that asks for pieces.

import { interested } from "./frames.ts";
import type { Line } from "./line.ts";

/** Shakes hands and waits until it may ask. @returns A piece that the other side has. @throws LineClosed */
export async function mayAsk(line: Line): Promise<number> {
  await line.shakeHands();
  const piece = await line.pieceOfTheirs();
  await line.say(interested);
  await line.unchoked();
  return piece;
}

// Counts against their bounds.

import { CountCutShort } from "./counted-command.ts";

const looks = 3;

/**
 * A busy machine adds to a count now and then, or cuts it short. The code adds to it each time.
 *
 * @param look Counts once, and has a sentence for each count above its bound.
 * @returns The sentences of the first look without any, or of the third look.
 */
export async function beyondBounds(
  look: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  for (let left = looks - 1; left > 0; left--) {
    // oxlint-disable-next-line no-await-in-loop
    const beyond = await lookOnce(look);
    if (beyond.length === 0) return beyond;
  }
  return await lookOnce(look);
}

async function lookOnce(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CountCutShort) return [error.message];
    throw error;
  }
}

/** @returns A sentence when there is more than the bound. */
export function above(what: string, seen: number, most: number): string[] {
  if (seen <= most) return [];
  const count = seen < 100 ? seen.toFixed(2) : Math.round(seen);
  return [`${count} ${what}, ${most} are allowed`];
}

/** Compares several counts by their names. A count without a bound has the bound 0. */
export function eachAbove(
  what: string,
  seen: Readonly<Record<string, number>>,
  most: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(seen).flatMap(([name, count]) => {
    return above(`${what} of ${name}`, count, most[name] ?? 0);
  });
}

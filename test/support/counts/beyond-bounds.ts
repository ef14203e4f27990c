const looks = 3;

/**
 * A busy machine adds to a count now and then. The code adds to it each time.
 *
 * @param look Counts once, and has a sentence for each count above its bound.
 * @returns The sentences of the first look without any, or of the third look.
 */
export async function beyondBounds(
  look: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  for (let left = looks - 1; left > 0; left--) {
    // oxlint-disable-next-line no-await-in-loop
    const beyond = await look();
    if (beyond.length === 0) return beyond;
  }
  return await look();
}

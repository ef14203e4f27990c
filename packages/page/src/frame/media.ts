// The width of the window as signals, and the size of its text.

import { signal, type ReadonlySignal } from "@preact/signals";

/** The list has columns; else each torrent is a card. list.css and cards.css have the same width. */
export const isWide: ReadonlySignal<boolean> = matchSignal("(min-width: 60rem)");

/** A card has its figures in one line; cards.css has the same width. */
export const isMedium: ReadonlySignal<boolean> = matchSignal("(min-width: 36rem)");

function matchSignal(text: string): ReadonlySignal<boolean> {
  const query = matchMedia(text);
  const matched = signal(query.matches);
  query.addEventListener("change", ({ matches }) => {
    matched.value = matches;
  });
  return matched;
}

/** CSS pixels of a rem. */
export function remPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

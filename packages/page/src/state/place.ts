// The place that the page shows now: the address bar's.

import { signal, type ReadonlySignal } from "@preact/signals";
import { addressOf, parsePlace, type Place } from "../router.ts";

const current = signal<Place>(parsePlace(location.hash));

/** The shown place. */
export const place: ReadonlySignal<Place> = current;

/** Goes to a place; the browser's way back leads here again. */
export function goTo(next: Place): void {
  location.hash = addressOf(next);
}

/** Goes to a place that takes the one of now in the way back. */
export function replacePlace(next: Place): void {
  history.replaceState(null, "", addressOf(next));
  current.value = next;
}

addEventListener("hashchange", () => {
  current.value = parsePlace(location.hash);
});

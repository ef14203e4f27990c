// The place that the page shows now: the address bar's.

import { signal, type ReadonlySignal } from "@preact/signals";
import { addressOf, parsePlace, type Place, type ViewName } from "../router.ts";

const current = signal<Place>(parsePlace(location.hash));

/** The shown place. */
export const place: ReadonlySignal<Place> = current;

/** The view that is drawn: the add dialogue is over the list. */
export function shownView(): Exclude<ViewName, "add"> {
  const { view } = current.value;
  return view === "add" ? "list" : view;
}

/** Goes to a place; the browser's way back leads here again. */
export function goTo(next: Place): void {
  location.hash = addressOf(next);
}

/** Shows a place instead of that of now, to which the browser's way back leads no more. */
export function replacePlace(next: Place): void {
  history.replaceState(null, "", addressOf(next));
  current.value = next;
}

addEventListener("hashchange", () => {
  current.value = parsePlace(location.hash);
});

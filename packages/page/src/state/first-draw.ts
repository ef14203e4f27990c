// The first drawing: it waits for the first rows, so that the browser lays out the page once.

import { signal, type ReadonlySignal } from "@preact/signals";
import { whenRowsAreThere } from "./torrents.ts";

/** Without rows the page is drawn after this time. */
const longestMs = 700;

const due = signal(false);

/** The page is drawn from now on; the login does not wait. */
export const isDrawn: ReadonlySignal<boolean> = due;

/** Begins the wait for the first rows. */
export function startWait(): void {
  const draw = (): void => {
    due.value = true;
  };
  void whenRowsAreThere().then(draw);
  setTimeout(draw, longestMs);
}

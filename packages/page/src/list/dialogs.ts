// The dialogue that is open over the list.

import { signal, type ReadonlySignal } from "@preact/signals";

/** A dialogue about the chosen torrents. */
type ListDialog = "change" | "remove";

const current = signal<ListDialog | undefined>(undefined);

/** The open dialogue. */
export const openedDialog: ReadonlySignal<ListDialog | undefined> = current;

/** Opens a dialogue about the chosen torrents; undefined closes it. */
export function openDialog(dialog: ListDialog | undefined): void {
  current.value = dialog;
}

import type { VNode } from "preact";
import { allRows } from "../state/torrents.ts";

/** Folders that are suggested. */
const mostFolders = 50;

/** The folders that torrents are in, as suggestions of a field with the list `known-folders`. */
export function KnownFolders(): VNode {
  const folders = new Set([...allRows().values()].map(({ directory }) => directory));
  return (
    <datalist id="known-folders">
      {[...folders].slice(0, mostFolders).map((folder) => (
        <option key={folder} value={folder} />
      ))}
    </datalist>
  );
}

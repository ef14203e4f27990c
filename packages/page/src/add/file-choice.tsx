// The files of a torrent, each with a box; what is not checked is not downloaded.

import type { VNode } from "preact";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { leaveOut, type AddItem } from "./add-items.ts";

/** Files that are listed; further ones are chosen in the details. */
const mostFiles = 1_000;

interface ChoiceParts {
  readonly itemKey: number;
  readonly source: Extract<AddItem["source"], { readonly kind: "torrent" }>;
}

/** The files, folded until they are asked for; those of a fetched magnet are shown at once. */
export function FileChoice({ itemKey, source }: ChoiceParts): VNode {
  const { add } = texts;
  const { files, isFetched, left, name } = source;
  const listed = files.slice(0, mostFiles);
  const set = (index: number, isChosen: boolean): void => {
    const next = new Set(left);
    if (isChosen) next.delete(index);
    else next.add(index);
    leaveOut(itemKey, next);
  };
  return (
    <details class="file-choice" open={isFetched}>
      <summary>{add.showFiles}</summary>
      <div class="file-acts">
        <button type="button" class="quiet" onClick={() => leaveOut(itemKey, new Set())}>
          {add.allFiles}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => leaveOut(itemKey, new Set(listed.map(({ index }) => index)))}
        >
          {add.noFiles}
        </button>
      </div>
      <ul class="file-list" aria-label={add.filesOf(name)}>
        {listed.map(({ index, lengthBytes, path }) => (
          <li key={index}>
            <label class="check-field">
              <input
                type="checkbox"
                checked={!left.has(index)}
                onChange={({ currentTarget }) => set(index, currentTarget.checked)}
              />
              <span class="file-path" translate={false}>
                {path}
              </span>
              <span class="file-size">{shown.size(lengthBytes)}</span>
            </label>
          </li>
        ))}
      </ul>
      {files.length > mostFiles && (
        <p class="help">{add.moreFiles(shown.count(files.length - mostFiles))}</p>
      )}
    </details>
  );
}

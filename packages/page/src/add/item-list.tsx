// The torrents that are to be added, each with its files and its state.

import type { VNode } from "preact";
import { Icon } from "../frame/icon.tsx";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { addItems, dropItem, isThere, type AddItem } from "./add-items.ts";
import { FileChoice } from "./file-choice.tsx";

/** The list; nothing without a torrent. */
export function ItemList(): VNode | null {
  const items = addItems.value;
  if (items.length === 0) return null;
  return (
    <section class="items" aria-label={texts.add.items}>
      <ul>
        {items.map((item) => (
          <Item key={item.key} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Item({ item }: { readonly item: AddItem }): VNode {
  const { key, source, state } = item;
  return (
    <li class="item">
      <div class="item-head">
        <span class="item-name" translate={false}>
          {source.name}
        </span>
        <button
          type="button"
          class="quiet square"
          aria-label={texts.add.drop(source.name)}
          onClick={() => dropItem(key)}
        >
          <Icon name="close" />
        </button>
      </div>
      <p class="item-facts">{factsOf(item)}</p>
      <p class={state.kind === "failed" || isThere(item) ? "problem" : "help"} role="status">
        <StateText item={item} />
      </p>
      {source.kind === "torrent" && source.files.length > 1 && state.kind !== "adding" && (
        <FileChoice itemKey={key} source={source} />
      )}
    </li>
  );
}

function factsOf({ source }: AddItem): string {
  const { add } = texts;
  switch (source.kind) {
    case "magnet":
      return add.magnet;
    case "address":
      return add.address;
    case "unreadable":
      return "";
    case "torrent": {
      const { files, left } = source;
      const chosen = files.filter(({ index }) => !left.has(index));
      const size = shown.size(chosen.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0));
      const all = shown.count(files.length);
      return left.size === 0
        ? add.files(files.length, all, size)
        : add.chosenFiles(shown.count(chosen.length), all, size);
    }
  }
}

function StateText({ item }: { readonly item: AddItem }): VNode {
  const { add } = texts;
  const { source, state } = item;
  if (state.kind === "failed") return <span translate={false}>{state.sentence}</span>;
  if (isThere(item)) return <>{add.isThere}</>;
  switch (state.kind) {
    case "adding":
      return <>{add.adding}</>;
    case "metadata":
      return <>{add.gettingMetadata}</>;
    case "ready":
      return <>{source.kind === "torrent" && source.isFetched ? add.choosing : ""}</>;
  }
}

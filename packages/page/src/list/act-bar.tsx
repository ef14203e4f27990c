// The bar over the list: how many torrents there are, or what can be done with the chosen ones.

import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { Icon, type IconName } from "../frame/icon.tsx";
import { isWide } from "../frame/media.ts";
import { useMeasuredHeight } from "../frame/measured-height.ts";
import { mayControl } from "../state/session.ts";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { checkTorrents, moveInQueue, startTorrents, stopTorrents } from "./acts.ts";
import { openDialog } from "./dialogs.ts";
import { sortNames, type SortName } from "./list-order.ts";
import { chosenRows, order, selection, sort, sortBy } from "./list-state.ts";

/** The bar. */
export function ActBar(): VNode {
  const count = selection.value.chosen.size;
  const hasChosen = mayControl.value && count > 0;
  const element = useRef<HTMLDivElement>(null);
  useMeasuredHeight(element, "--bar-height");
  return (
    <div ref={element} class="act-bar sticky">
      <p class="counts">{hasChosen && isWide.value ? chosenText(count) : countText()}</p>
      {hasChosen && isWide.value ? <Acts /> : <OrderChoice />}
      {hasChosen && !isWide.value && (
        <div class="act-dock">
          <p class="counts">{chosenText(count)}</p>
          <Acts />
        </div>
      )}
    </div>
  );
}

function countText(): string {
  const { length } = order.value;
  return texts.list.count(length, shown.count(length));
}

function chosenText(count: number): string {
  return texts.list.chosen(shown.count(count), shown.count(order.value.length));
}

function Acts(): VNode {
  const { acts } = texts;
  const chosen = (): string[] => chosenRows().map(({ torrent }) => torrent);
  const inQueue = (): string[] =>
    chosenRows()
      .toSorted((one, other) => one.queuePosition - other.queuePosition)
      .map(({ torrent }) => torrent);
  const move = (position: Parameters<typeof moveInQueue>[1]) => () =>
    void moveInQueue(inQueue(), position);
  return (
    <div role="group" class="acts" aria-label={acts.acts}>
      <Act icon="start" name={acts.start} onClick={() => void startTorrents(chosen())} />
      <Act icon="stop" name={acts.stop} onClick={() => void stopTorrents(chosen())} />
      <Act icon="check" name={acts.check} onClick={() => void checkTorrents(chosen())} />
      <Act icon="edit" name={acts.change} onClick={() => openDialog("change")} />
      <Act icon="remove" name={acts.remove} onClick={() => openDialog("remove")} />
      <span class="queue-acts">
        <Act icon="top" name={acts.top} isShort onClick={move("top")} />
        <Act icon="up" name={acts.up} isShort onClick={move("up")} />
        <Act icon="down" name={acts.down} isShort onClick={move("down")} />
        <Act icon="bottom" name={acts.bottom} isShort onClick={move("bottom")} />
      </span>
      <Act icon="close" name={acts.clear} isShort onClick={clear} />
    </div>
  );
}

function clear(): void {
  selection.value = { ...selection.value, chosen: new Set() };
  document.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
}

interface ActParts {
  readonly icon: IconName;
  readonly name: string;
  /** The picture alone; its name is a tip. */
  readonly isShort?: boolean;
  readonly onClick: () => void;
}

function Act({ icon, isShort = false, name, onClick }: ActParts): VNode {
  return (
    <button
      type="button"
      class={isShort ? "quiet square" : "quiet act"}
      title={isShort ? name : undefined}
      aria-label={isShort ? name : undefined}
      onClick={onClick}
    >
      <Icon name={icon} />
      {!isShort && <span class="act-name">{name}</span>}
    </button>
  );
}

function OrderChoice(): VNode {
  const { by, isDescending } = sort.value;
  return (
    <div class="order-choice">
      <label>
        <span>{texts.list.orderBy}</span>
        <select
          value={by}
          onChange={({ currentTarget }) => {
            const next = currentTarget.value as SortName;
            if (next !== by) sortBy(next);
          }}
        >
          {sortNames.map((name) => (
            <option key={name} value={name}>
              {texts.list.columns[name]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="quiet square"
        aria-label={texts.list.reverse}
        title={texts.list.reverse}
        onClick={() => sortBy(by)}
      >
        <Icon name={isDescending ? "down" : "up"} />
      </button>
    </div>
  );
}

// The dialogue that adds torrents. Nothing is added before its last button is clicked.

import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent, VNode } from "preact";
import { useEffect } from "preact/hooks";
import { Dialog } from "../frame/dialog.tsx";
import { announce } from "../frame/live-region.tsx";
import { KnownGroups } from "../list/known-groups.tsx";
import { place, replacePlace } from "../state/place.ts";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { addItems, addReady, dropAllItems, readyItems, takeText } from "./add-items.ts";
import { ItemList } from "./item-list.tsx";
import { KnownFolders } from "./known-folders.tsx";
import { MagnetHandler } from "./magnet-handler.tsx";
import { SourceFields } from "./source-fields.tsx";

/** The dialogue. */
export function AddDialog(): VNode {
  const isBusy = useSignal(false);
  useMagnetsOfPlace();
  const items = addItems.value;
  const ready = readyItems().length;
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (isBusy.value || ready === 0) return;
    const given = new FormData(event.currentTarget);
    const textOf = (name: string): string => {
      const value = given.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    isBusy.value = true;
    const count = await addReady({
      group: textOf("group"),
      folder: textOf("folder"),
      isStopped: given.has("stopped"),
      choosesFirst: given.has("choose-first"),
    });
    isBusy.value = false;
    if (count > 0) announce(texts.add.added(count, shown.count(count)));
    if (addItems.value.length === 0) close();
  };
  const hasMagnet = items.some(({ source }) => source.kind === "magnet");
  return (
    <Dialog title={texts.add.title} onClose={close}>
      <form class="dialog-body add-form" onSubmit={(event) => void submit(event)}>
        <SourceFields />
        <ItemList />
        <AddOptionFields hasMagnet={hasMagnet} />
        <MagnetHandler />
        <div class="dialog-acts">
          <button type="button" class="quiet" onClick={close}>
            {texts.frame.cancel}
          </button>
          <button type="submit" class="primary" aria-disabled={isBusy.value || ready === 0}>
            {ready === 0 ? texts.add.open : texts.add.submit(ready, shown.count(ready))}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function close(): void {
  dropAllItems();
  replacePlace({ view: "list" });
}

/** The magnets of the address, from a link elsewhere. */
function useMagnetsOfPlace(): void {
  const now = place.value;
  useEffect(() => {
    if (now.view === "add" && now.magnets.length > 0) takeText(now.magnets.join("\n"));
  }, [now]);
}

function AddOptionFields({ hasMagnet }: { readonly hasMagnet: boolean }): VNode {
  const { add } = texts;
  return (
    <fieldset class="add-options">
      <legend>{add.options}</legend>
      <div class="field-pair">
        <label class="field">
          <span>{add.group}</span>
          <input name="group" list="known-groups" maxLength={64} />
          <KnownGroups />
        </label>
        <label class="field">
          <span>{add.folder}</span>
          <input name="folder" list="known-folders" placeholder={add.folderHelp} />
          <KnownFolders />
        </label>
      </div>
      <label class="check-field">
        <input type="checkbox" name="stopped" />
        {add.stopped}
      </label>
      {hasMagnet && (
        <label class="check-field">
          <input type="checkbox" name="choose-first" />
          {add.chooseFirst}
        </label>
      )}
    </fieldset>
  );
}

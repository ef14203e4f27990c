// Group, labels and limits of the chosen torrents. A field that is left alone changes nothing.

import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent, VNode } from "preact";
import type { ListRow } from "../events/list-row.ts";
import { Dialog } from "../frame/dialog.tsx";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { changeTorrents } from "./acts.ts";
import { changedSettings, firstFields, type ChangeFields } from "./change-fields.ts";
import { openDialog } from "./dialogs.ts";
import { KnownGroups } from "./known-groups.tsx";
import { chosenRows } from "./list-state.ts";

/** The fields. */
export function ChangeDialog(): VNode {
  const rows = useSignal<readonly ListRow[]>(chosenRows()).value;
  const first = firstFields(rows);
  const fields = useSignal<ChangeFields>(first);
  const { acts, frame } = texts;
  const close = (): void => openDialog(undefined);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    close();
    const settings = changedSettings(first, fields.value);
    if (settings === undefined) return;
    void changeTorrents(
      rows.map(({ torrent }) => torrent),
      settings,
    );
  };
  const field = (name: keyof ChangeFields, label: string, help: string): VNode => (
    <div class="field">
      <label for={`change-${name}`}>{label}</label>
      <input
        id={`change-${name}`}
        aria-describedby={`change-${name}-help`}
        name={name}
        autofocus={name === "group"}
        value={fields.value[name] ?? ""}
        placeholder={fields.value[name] === undefined ? acts.mixed : ""}
        list={name === "group" ? "known-groups" : undefined}
        inputMode={name === "down" || name === "up" ? "decimal" : undefined}
        pattern={name === "down" || name === "up" ? "[0-9]*([.][0-9]*)?" : undefined}
        onInput={({ currentTarget }) => {
          fields.value = { ...fields.value, [name]: currentTarget.value };
        }}
      />
      <small class="help" id={`change-${name}-help`}>
        {help}
      </small>
    </div>
  );
  return (
    <Dialog title={acts.changeTitle(rows.length, shown.count(rows.length))} onClose={close}>
      <form class="dialog-body" onSubmit={submit}>
        {field("group", acts.group, acts.noGroup)}
        <KnownGroups />
        {field("labels", acts.labels, acts.labelsHelp)}
        <div class="field-pair">
          {field("down", acts.downLimit, acts.limitHelp)}
          {field("up", acts.upLimit, acts.limitHelp)}
        </div>
        <div class="dialog-acts">
          <button type="button" class="quiet" onClick={close}>
            {frame.cancel}
          </button>
          <button type="submit" class="primary">
            {acts.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

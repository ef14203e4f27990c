// The question before torrents are removed.

import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent, VNode } from "preact";
import { Dialog } from "../frame/dialog.tsx";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { removeTorrents } from "./acts.ts";
import { openDialog } from "./dialogs.ts";
import { chosenRows } from "./list-state.ts";

/** Names that are listed; of further ones the number is told. */
const mostNames = 5;

/** The question. */
export function RemoveDialog(): VNode {
  const withData = useSignal(false);
  const { acts, frame } = texts;
  const rows = chosenRows();
  const close = (): void => openDialog(undefined);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    close();
    void removeTorrents(
      rows.map(({ torrent }) => torrent),
      withData.value,
    );
  };
  return (
    <Dialog title={acts.removeTitle(rows.length, shown.count(rows.length))} onClose={close}>
      <form class="dialog-body" onSubmit={submit}>
        <ul class="names">
          {rows.slice(0, mostNames).map(({ name, torrent }) => (
            <li key={torrent} translate={false}>
              {name}
            </li>
          ))}
          {rows.length > mostNames && <li>{acts.andMore(shown.count(rows.length - mostNames))}</li>}
        </ul>
        <label class="check-field">
          <input
            type="checkbox"
            checked={withData.value}
            onChange={({ currentTarget }) => {
              withData.value = currentTarget.checked;
            }}
          />
          {acts.withData}
        </label>
        <p class="problem" role="status">
          {withData.value ? acts.withDataWarning : ""}
        </p>
        <div class="dialog-acts">
          <button type="button" class="quiet" autofocus onClick={close}>
            {frame.cancel}
          </button>
          <button type="submit" class="danger">
            {withData.value ? acts.doRemoveWithData : acts.doRemove}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

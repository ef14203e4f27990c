// Where torrents come from: files that are dropped or chosen, and a text with links.

import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { Icon } from "../frame/icon.tsx";
import { texts } from "../text/text.ts";
import { takeFiles, takeText } from "./add-items.ts";

/** The fields. */
export function SourceFields(): VNode {
  return (
    <div class="sources">
      <DropZone />
      <LinkFields />
    </div>
  );
}

function DropZone(): VNode {
  const { add } = texts;
  return (
    <label class="drop-zone">
      <Icon name="file" />
      <span>{add.dropHere}</span>
      <span class="fake-button">{add.chooseFiles}</span>
      <input
        type="file"
        class="visually-hidden"
        accept=".torrent,application/x-bittorrent"
        multiple
        aria-label={add.chooseFiles}
        onChange={({ currentTarget }) => {
          void takeFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
        }}
      />
    </label>
  );
}

function LinkFields(): VNode {
  const { add } = texts;
  const links = useSignal("");
  const problem = useSignal("");
  const take = (text: string): void => {
    const found = takeText(text);
    problem.value = found === 0 && text.trim() !== "" ? add.nothingThere : "";
    links.value = found === 0 ? text : "";
  };
  const paste = async (): Promise<void> => {
    const text = await navigator.clipboard.readText().catch(() => undefined);
    if (text === undefined) problem.value = add.pasteFailed;
    else take(text);
  };
  return (
    <>
      <div class="field">
        <label for="links">{add.links}</label>
        <textarea
          id="links"
          rows={2}
          autofocus
          spellcheck={false}
          value={links.value}
          aria-describedby="links-help links-problem"
          onInput={({ currentTarget }) => {
            links.value = currentTarget.value;
          }}
          onPaste={(event) => {
            // Pasted links are taken at once, typed ones by the button.
            if (takeText(event.clipboardData?.getData("text/plain") ?? "") === 0) return;
            problem.value = "";
            event.preventDefault();
          }}
        />
        <small id="links-help" class="help">
          {add.linksHelp}
        </small>
      </div>
      <p id="links-problem" class="problem" role="alert">
        {problem}
      </p>
      <div class="link-acts">
        <button type="button" class="quiet" onClick={() => take(links.value)}>
          {add.take}
        </button>
        <PasteButton onPaste={() => void paste()} />
      </div>
    </>
  );
}

/** A browser gives what was copied in a secure context alone. */
function PasteButton({ onPaste }: { readonly onPaste: () => void }): VNode {
  const { add } = texts;
  if (!isSecureContext) return <span class="help">{add.pasteHidden}</span>;
  return (
    <button type="button" class="quiet" onClick={onPaste}>
      {add.paste}
    </button>
  );
}

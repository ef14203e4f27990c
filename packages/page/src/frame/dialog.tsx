// A modal dialogue: the browser holds the focus in it, closes it by Escape, and gives the focus back.

import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { texts } from "../text/text.ts";
import { Icon } from "./icon.tsx";

interface DialogParts {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Called once it is to be closed. */
  readonly onClose: () => void;
}

/** An open dialogue. */
export function Dialog({ children, onClose, title }: DialogParts): VNode {
  const element = useRef<HTMLDialogElement>(null);
  // The next key of a quick user finds the focus in its place.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        // The event bubbles: a file picker within the dialogue that is closed without a file has one of its own.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header class="dialog-head">
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="quiet square" onClick={onClose} aria-label={texts.frame.close}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

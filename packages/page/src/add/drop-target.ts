// Files and links that are dropped or pasted anywhere in the page open the add dialogue, filled in.

import { useEffect } from "preact/hooks";
import { goTo, place } from "../state/place.ts";
import { mayControl } from "../state/session.ts";
import { loadLater } from "../frame/later-parts.tsx";

/** Takes files and links that are dropped or pasted while the component that calls it is shown. */
export function useDropTarget(): void {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!mayControl.value || !holdsSource(event.dataTransfer)) return;
      event.preventDefault();
      document.documentElement.classList.add("dragging");
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) document.documentElement.classList.remove("dragging");
    };
    const drop = (event: DragEvent): void => {
      document.documentElement.classList.remove("dragging");
      if (!mayControl.value || !holdsSource(event.dataTransfer)) return;
      event.preventDefault();
      void take(event.dataTransfer);
    };
    const paste = (event: ClipboardEvent): void => {
      if (!mayControl.value || isField(event.target)) return;
      void take(event.clipboardData);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    addEventListener("paste", paste);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
      removeEventListener("paste", paste);
    };
  }, []);
}

/** The browser takes the data away at the end of the event: it is read before anything is awaited. */
async function take(data: DataTransfer | null): Promise<void> {
  const files = [...(data?.files ?? [])];
  const text = data?.getData("text/plain") ?? "";
  const { takeFiles, takeText } = await loadLater();
  if (files.length === 0 && takeText(text) === 0) return;
  void takeFiles(files);
  if (place.value.view !== "add") goTo({ view: "add", magnets: [] });
}

function holdsSource(data: DataTransfer | null): boolean {
  return data !== null && ["Files", "text/plain"].some((type) => data.types.includes(type));
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

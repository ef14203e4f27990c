// The stream of events in this tab: rows, the connection, notes.

import { effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Connection, FeedMessage } from "../events/feed-messages.ts";
import { getPage } from "../events/first-page.ts";
import { listRow } from "../events/list-row.ts";
import { openLink } from "../events/tab-link.ts";
import { prepareFormats } from "../text/shown.ts";
import { checkSession, noteRefusal, session } from "./session.ts";
import { rowsVersion, takeRows } from "./torrents.ts";

const current = signal<Connection>("connecting");
const shown = signal(isTabShown());
const listeners = new Map<string, Set<(data: unknown) => void>>();

/** The state of the stream. */
export const connection: ReadonlySignal<Connection> = current;

/** The tab is shown: a hidden one asks for nothing. */
export const isShown: ReadonlySignal<boolean> = shown;

/** Calls a listener with the data of each event of a name, as docs/service-api.md has them. @returns Ends it. */
export function onNote(event: string, listener: (data: unknown) => void): () => void {
  const all = listeners.get(event) ?? new Set();
  listeners.set(event, all.add(listener));
  return () => void all.delete(listener);
}

/** Opens the link to the stream, which begins once the browser is logged in. */
export function startFeed(): void {
  // The worker starts while the service tells who the caller is.
  const link = openLink(take);
  link({ kind: "shown", isShown: shown.value });
  effect(() => {
    if (session.value.kind !== "in") return;
    // The stream begins after the first rows are drawn: its rows would hold up the drawing.
    void takeFirstPage().then(() => setTimeout(() => link({ kind: "try-now" }), 0));
    prepareFormats();
  });
  document.addEventListener("visibilitychange", () => {
    shown.value = isTabShown();
    link({ kind: "shown", isShown: shown.value });
  });
  addEventListener("online", () => {
    if (session.value.kind === "in") link({ kind: "try-now" });
    if (session.value.kind === "unknown") void checkSession();
  });
  addEventListener("pagehide", () => link({ kind: "bye" }));
  // A tab that comes back from the browser's memory has said goodbye.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });
}

/** The first rows come without the worker, whose start takes as long as that of the page. */
async function takeFirstPage(): Promise<void> {
  if (rowsVersion.peek() > 0 || !shown.peek()) return;
  const answer = await getPage();
  if (answer.kind === "failure" || rowsVersion.value > 0) return;
  takeRows(
    answer.value.torrents.map((row) => listRow(row)),
    [],
    true,
  );
}

function take(message: FeedMessage): void {
  switch (message.kind) {
    case "connection":
      current.value = message.connection;
      if (message.connection === "refused") noteRefusal();
      // Another tab has logged this browser in.
      if (message.connection === "live" && session.value.kind === "out") void checkSession();
      return;
    case "rows":
      return takeRows(message.rows, message.removed, message.isAnew);
    case "note":
      for (const listener of listeners.get(message.event) ?? []) listener(message.data);
  }
}

function isTabShown(): boolean {
  return document.visibilityState === "visible";
}

import type { HookEvent } from "@troupe/control";
import type { EventTorrent, NewEvent } from "./torrent-events.ts";

/** The way of an event to one hook. */
export interface OutboxEntry extends NewEvent {
  /** 32 hex digits, the same at each try. */
  readonly id: string;
  readonly hook: HookName;
  readonly torrent: EventTorrent;
  /** When the event was seen, since 1970. */
  readonly atMs: number;
}

/** A hook by its name in the settings. */
export interface HookName {
  readonly kind: "hook" | "webhook";
  readonly name: string;
}

/** A hook that hears of events. */
export interface Hearer extends HookName {
  readonly events: readonly HookEvent[];
}

/** The hook as a text. */
export function spellHook({ kind, name }: HookName): string {
  return `${kind} ${name}`;
}

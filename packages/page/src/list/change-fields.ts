// The fields of the dialogue that changes torrents, and the settings that they stand for.

import type { ListRow } from "../events/list-row.ts";

/** Bytes of the unit in which limits are typed. */
const limitUnit = 1_000;
/** The least limit that the service takes, in that unit. */
const leastLimit = 1;

/** Texts of the fields; undefined where the torrents differ. */
export interface ChangeFields {
  readonly group: string | undefined;
  /** Separated by commas. */
  readonly labels: string | undefined;
  /** kB/s; empty for none. */
  readonly down: string | undefined;
  readonly up: string | undefined;
}

/** The fields of torrents, before a change. */
export function firstFields(rows: readonly ListRow[]): ChangeFields {
  return {
    group: common(rows, ({ group = "" }) => group),
    labels: common(rows, ({ labels }) => labels.join(", ")),
    down: common(rows, ({ downLimit }) => limitText(downLimit)),
    up: common(rows, ({ upLimit }) => limitText(upLimit)),
  };
}

/** The settings of changed fields, for the command `set`; undefined where none changed. */
export function changedSettings(first: ChangeFields, now: ChangeFields): object | undefined {
  const changed = (name: keyof ChangeFields): string | undefined =>
    now[name] === first[name] ? undefined : now[name]?.trim();
  const [group, labels] = [changed("group"), changed("labels")];
  const [down, up] = [limitOf(changed("down")), limitOf(changed("up"))];
  const settings = {
    ...(group !== undefined && { group: group === "" ? null : group }),
    ...(labels !== undefined && { labels: labelsOf(labels) }),
    ...((down !== undefined || up !== undefined) && {
      limits: { ...(down !== undefined && { down }), ...(up !== undefined && { up }) },
    }),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

/** Labels of a text, each once. */
export function labelsOf(text: string): string[] {
  const labels = text.split(",").map((label) => label.trim());
  return [...new Set(labels.filter((label) => label !== ""))];
}

function common(rows: readonly ListRow[], textOf: (row: ListRow) => string): string | undefined {
  const texts = new Set(rows.map(textOf));
  const [text] = texts;
  return texts.size === 1 ? text : undefined;
}

function limitText(limit: number | undefined): string {
  return limit === undefined ? "" : String(limit / limitUnit);
}

/** Bytes a second; 0 is none. */
function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === "" || value === 0) return 0;
  return Number.isFinite(value) ? Math.round(Math.max(value, leastLimit) * limitUnit) : undefined;
}

// A hook that writes down what it hears.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A run of the hook. */
export interface HeardEvent {
  readonly event: string;
  readonly torrent: string;
  /** One id for all runs of an event. */
  readonly id: string;
}

/** A program that adds a line to a file at each run. */
export class HearingHook {
  readonly program: string;
  readonly #heard: string;

  /** @param folder A folder of this hook alone. */
  constructor(folder: string) {
    this.program = join(folder, "hear");
    this.#heard = join(folder, "heard");
    // A line that is added by one write is whole.
    const script = `#!/bin/sh\necho "$TR_EVENT $TR_TORRENT_HASH $TR_HOOK_ID" >> '${this.#heard}'\n`;
    writeFileSync(this.program, script, { mode: 0o755 });
  }

  get heard(): readonly HeardEvent[] {
    if (!existsSync(this.#heard)) return [];
    const lines = readFileSync(this.#heard, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => {
      const [event = "", torrent = "", id = ""] = line.split(" ");
      return { event, torrent, id };
    });
  }

  /** Events in their order. @param torrent Info-hash. */
  of(torrent: string): readonly string[] {
    return this.heard.filter((each) => each.torrent === torrent).map(({ event }) => event);
  }

  /** Ids by event and torrent. */
  get ids(): ReadonlyMap<string, ReadonlySet<string>> {
    const ids = new Map<string, Set<string>>();
    for (const { event, id, torrent } of this.heard) {
      const key = `${event} ${torrent}`;
      ids.set(key, (ids.get(key) ?? new Set()).add(id));
    }
    return ids;
  }
}

// The DHT nodes of earlier runs, and the ids of our own, in the database of the state folder.

import { settlesWithin } from "@troupe/actor-runtime";
import type { SavedDhtNodes } from "@troupe/messages";
import type { Engine } from "../base/engine-state.ts";
import { callRecordsForUser } from "../base/records-calls.ts";
import { noSavedNodes, type NodeRecords } from "./saved-nodes.ts";

/** A state folder that hangs does not hold up the node for longer. */
const loadMs = 5_000;

/** The parts of the engine that keep nodes. */
type DhtRecordsServices = Pick<Engine, "context" | "records">;

/** Saved nodes; without a state folder there are none. Failures are lines of the log: the node finds others. */
export class DhtRecords implements NodeRecords {
  readonly #services: () => DhtRecordsServices;
  readonly #database: string | undefined;

  /** @param database Path of the database; undefined without a state folder. */
  constructor(services: () => DhtRecordsServices, database: string | undefined) {
    this.#services = services;
    this.#database = database;
  }

  async load(): Promise<SavedDhtNodes> {
    const { timers } = this.#services().context;
    const loading = this.#load();
    return (await settlesWithin(timers, loadMs, loading)) ? await loading : noSavedNodes;
  }

  async save(saved: SavedDhtNodes): Promise<void> {
    const database = this.#database;
    if (database === undefined) return;
    const engine = this.#services();
    const answer = await callRecordsForUser(engine, "merge-dht-nodes", { database, saved });
    if ("refused" in answer) engine.context.log("warn", "dht-nodes-not-saved", { ...answer });
  }

  async #load(): Promise<SavedDhtNodes> {
    const database = this.#database;
    if (database === undefined) return noSavedNodes;
    const engine = this.#services();
    const found = await callRecordsForUser(engine, "read-dht-nodes", { database });
    if (!("refused" in found)) return found;
    engine.context.log("warn", "dht-nodes-not-read", { ...found });
    return noSavedNodes;
  }
}

/** Records that neither tell a node the ids of other runs nor keep its own. */
export function withoutIds(records: NodeRecords): NodeRecords {
  return {
    load: async () => ({ ...(await records.load()), ids: [] }),
    save: ({ nodes }) => records.save({ ids: [], nodes }),
  };
}

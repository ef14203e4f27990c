// The nodes that the engine's DHT node leaves to its next incarnation, and to the next run.

import {
  codeOf,
  messageOf,
  type Context,
  type PatientRef,
  type Timer,
} from "@troupe/actor-runtime";
import type { DhtProtocol, SavedDhtNodes } from "@troupe/messages";

/** After the node's start: a crash soon after must not lose what it has found. */
const firstExportMs = 30_000;
const exportMs = 300_000;
const exportDeadlineMs = 5_000;

/** No nodes. */
export const noSavedNodes: SavedDhtNodes = { ids: [], nodes: [] };

/** The nodes of all runs. */
export interface NodeRecords {
  /** Never rejects. */
  load(): Promise<SavedDhtNodes>;
  /** Adds them to those of other programs. Never rejects. */
  save(saved: SavedDhtNodes): Promise<void>;
}

/** The services that saving needs. */
export interface SavedNodesServices {
  readonly context: Pick<Context, "fail" | "log" | "timers">;
  readonly node: PatientRef<DhtProtocol>;
  readonly records: NodeRecords;
}

/** Exports the nodes every five minutes. */
export class SavedNodes {
  readonly #services: SavedNodesServices;
  #last: SavedDhtNodes = noSavedNodes;
  #next: Timer | undefined;

  constructor(services: SavedNodesServices) {
    this.#services = services;
  }

  /** For the next incarnation. */
  get last(): SavedDhtNodes {
    return this.#last;
  }

  /** Loads the nodes of earlier runs. */
  async load(): Promise<void> {
    this.#last = await this.#services.records.load();
  }

  /** A node runs. */
  begin(): void {
    this.#exportLater(firstExportMs);
  }

  end(): void {
    this.#next?.cancel();
  }

  /** A node that has just started may know no other: the last nodes stay. */
  async export(): Promise<void> {
    const { node, records } = this.#services;
    const exported = await node
      .call("export-nodes", {}, { deadlineMs: exportDeadlineMs })
      .catch((error: unknown) => this.#explain(error));
    if (exported === undefined) return;
    const nodes = exported.nodes.length > 0 ? exported.nodes : this.#last.nodes;
    this.#last = { ids: exported.ids, nodes };
    await records.save(exported);
  }

  #exportLater(delayMs: number): void {
    const { context } = this.#services;
    this.#next?.cancel();
    this.#next = context.timers.after(delayMs, () => {
      this.#exportLater(exportMs);
      this.export().catch((error: unknown) => context.fail(error));
    });
  }

  #explain(error: unknown): undefined {
    const fields = { code: codeOf(error), message: messageOf(error) };
    this.#services.context.log("info", "dht-nodes-not-exported", fields);
  }
}

// The announces of an engine without its torrents: the production service and the production DHT worker on a machine of a
// simulated world.

import { openRoot, PatientRef, type Supervisor } from "@troupe/actor-runtime";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import { soleActor } from "@troupe/actor-runtime/testing";
import { dhtWorkerEntry } from "@troupe/dht-worker/entry";
import type { DhtLimits, DhtOptions, DhtProtocol } from "@troupe/messages";
import { DhtService } from "../../../../packages/coordinator/src/engine/dht/dht-service.ts";
import type { DhtTorrent } from "../../../../packages/coordinator/src/engine/dht/dht-queue.ts";
import { noSavedNodes } from "../../../../packages/coordinator/src/engine/dht/saved-nodes.ts";
import { AnnounceTally } from "./announce-tally.ts";
import { dhtPort } from "./dht-node.ts";

/** Options of an announcer. */
export interface AnnouncerOptions extends Pick<DhtOptions, "routers"> {
  readonly machine: SimulatedMachine;
  /** Default: those of the engine. */
  readonly limits?: Partial<DhtLimits>;
}

/** Announces torrents until its world ends. */
export class DhtAnnouncer {
  readonly tally: AnnounceTally = new AnnounceTally();
  readonly #options: AnnouncerOptions;
  #service: DhtService | undefined;

  private constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** Its node starts with the first torrent. A crash of the worker fails the run. */
  static async start(options: AnnouncerOptions): Promise<DhtAnnouncer> {
    const announcer = new DhtAnnouncer(options);
    announcer.#service = announcer.#makeService(await announcer.#openTree());
    return announcer;
  }

  get service(): DhtService {
    if (this.#service === undefined) throw new Error("the announcer has not been started");
    return this.#service;
  }

  /**
   * From `fromMs` to the first announce, from each to the next, and from the last until now.
   *
   * @throws for a torrent without any.
   */
  gapsMs(torrents: readonly DhtTorrent[], fromMs: number): readonly number[] {
    const { clock } = this.#options.machine.ports("gaps");
    return torrents.flatMap(({ infoHash }) => {
      const announces = this.tally.announcesOf(infoHash);
      if (announces.length === 0) throw new Error(`${infoHash} has not been announced`);
      const ends = [...announces, clock.nowMs()];
      return ends.map((atMs, index) => atMs - (ends[index - 1] ?? fromMs));
    });
  }

  #openTree(): Promise<Supervisor> {
    const { limits = {}, machine } = this.#options;
    return openRoot<{ dht: DhtProtocol }>({
      host: machine.host,
      spec: soleActor({
        name: "dht",
        role: "dht",
        entry: this.tally.counted(dhtWorkerEntry),
        options: () => ({ ...this.service.nodeOptions, limits }),
        isOnDemand: true,
      }),
      events: { started: () => this.service.nodeStarted() },
      noticeHandlers: {
        dht: {
          "quest-answer": (answer) => this.service.questAnswered(answer),
          "quest-item": () => {},
          "quest-round": (round) => this.service.questEnded(round),
          "quest-refused": ({ message }) => fail(new Error(message)),
        },
      },
      failed: fail,
    });
  }

  #makeService(tree: Supervisor): DhtService {
    const { machine, routers = [] } = this.#options;
    const { clock, timers } = machine.ports("service");
    const context = { clock, timers, fail, log: () => {} };
    return new DhtService({
      context,
      node: new PatientRef(tree.ref<DhtProtocol>("dht"), context),
      startNode: () => tree.startChild("dht"),
      records: { load: () => Promise.resolve(noSavedNodes), save: () => Promise.resolve() },
      settings: { bootstrap: [], routers },
      listening: () => ({
        ...{ hosts: machine.addresses, port: dhtPort, ports: [dhtPort] },
        isPortShared: false,
      }),
      present: () => ({ publicPort: dhtPort }),
      found: () => {},
      portsChanged: () => {},
      turnedOff: fail,
    });
  }
}

function fail(error: unknown): never {
  throw error;
}

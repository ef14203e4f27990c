// The engine as a service needs it beside its commands.

import { nodePorts, type Http, type MayDial, type Supervisor } from "@troupe/actor-runtime";
import type { Coordinator } from "../coordinator.ts";
import type { EngineSession } from "../engine-session.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import { networkRules } from "../options/network-options.ts";
import { sessionOf } from "../session-of.ts";
import { torrentOf } from "../torrent.ts";
import { stateOfAdded } from "./add-torrent.ts";
import { strangerHosts } from "./handler.ts";

/** Settings of a running engine. */
interface EngineFacts {
  /** The data folder of torrents that name none, while the setting `directory` is not set. */
  readonly downloadDirectory: string;
  readonly usesDht: boolean;
  readonly usesLocalDiscovery: boolean;
  readonly mapsPort: boolean;
  readonly marksUnfinishedFiles: boolean;
}

/** A torrent whose wish a service changes by itself. */
export interface SteeredTorrent {
  readonly infoHash: string;
  readonly group: string | undefined;
  /** The torrent is to run, paused or not. */
  readonly isStarted: boolean;
  readonly isPaused: boolean;
  pause(): void;
  /** @throws TroupeError `coordinator-closed` */
  start(): void;
}

/** An engine that a service lets others use. */
export class ServedEngine {
  readonly #session: EngineSession;

  /** @throws TroupeError `option-out-of-range` for a coordinator that does not run. */
  constructor(coordinator: Coordinator) {
    this.#session = sessionOf(coordinator);
  }

  /** An engine that crashed has no successor with all torrents yet. */
  get isRestarting(): boolean {
    return this.#session.isReviving;
  }

  /** Settings that do not change while the engine runs, as remotes show them. */
  get facts(): EngineFacts {
    const { options } = this.#session;
    return {
      downloadDirectory: options.directory,
      usesDht: options.dht !== undefined,
      usesLocalDiscovery: options.localDiscovery,
      mapsPort: options.portMapping.length > 0,
      marksUnfinishedFiles: options.fileNames?.partSuffix !== undefined,
    };
  }

  /** HTTP by the rules of the engine: its interface, name servers, address families and proxy. */
  get http(): Http {
    return nodePorts({ network: networkRules(this.#session.options) }).http;
  }

  /** The rule of the engine for hosts that strangers name. */
  get strangerHosts(): MayDial {
    return strangerHosts({ session: this.#session });
  }

  /** Shows a tree beside the engine in `actors()`, and lets the option `chaos` act on its actor. */
  addTree(actor: string, root: Supervisor): void {
    this.#session.actors.addTree({ actor, root });
  }

  /** Whether a later run finds the torrent in the state folder. Its row changes when this becomes true. */
  isOnRecord(infoHash: string): boolean {
    return this.#session.torrents.withInfoHash(infoHash)?.recorded.isOnRecord === true;
  }

  /** All torrents, as a service steers them by itself. */
  get steered(): readonly SteeredTorrent[] {
    return this.#session.torrents.all.map((proxy) => {
      const { run: isStarted, paused: isPaused } = proxy.permit.wish;
      return {
        ...{ infoHash: proxy.info.infoHash, group: torrentOf(proxy).group, isStarted, isPaused },
        pause: () => proxy.pause(),
        start: () => proxy.start(),
      };
    });
  }

  /**
   * Adds a torrent for the user of this program, with the mark of a service.
   *
   * @throws TroupeError as `Coordinator.add`
   */
  async add(source: string | Uint8Array, options: AddOptions): Promise<void> {
    const state = stateOfAdded({ session: this.#session }, options);
    await this.#session.add(source, { ...state, ...options, served: true });
  }

  /** Calls `guard` for a torrent that has reached its goals; the goals' action is recorded when it has settled. */
  guardGoals(guard: (infoHash: string) => Promise<void>): void {
    this.#session.torrents.guardGoals(async ({ info }) => await guard(info.infoHash));
  }
}

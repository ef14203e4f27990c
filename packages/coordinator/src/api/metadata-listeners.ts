// Whether the metadata of a magnet waits for the program, as its listeners show. The engine learns of each change at once,
// because the program may block its thread next.

import type { MetadataWait, TorrentId } from "@troupe/messages";
import type { UserEvents } from "@troupe/api-base";
import type { TorrentServices } from "./torrent-services.ts";

/** The torrent of the listeners. */
interface HeardTorrent {
  /** Its number in the present engine. */
  readonly id: TorrentId;
  readonly info: { readonly hasMetadata: boolean };
  readonly events: Pick<UserEvents, "isHeard">;
  readonly services: Pick<TorrentServices, "engine" | "request">;
}

/** Listeners for the metadata of a torrent. */
export class MetadataListeners {
  readonly #torrent: HeardTorrent;
  #isAwaited = false;
  /** The wait that the engine knows. Undefined: the wait in the request. */
  #sent: MetadataWait | undefined;

  constructor(torrent: HeardTorrent) {
    this.#torrent = torrent;
  }

  /** The wait for a function of priorities has no limit, with or without listeners. */
  get wait(): MetadataWait {
    const { events, services } = this.#torrent;
    const { metadataWait = "none" } = services.request;
    const isHeard = this.#isAwaited || events.isHeard("metadata");
    return metadataWait === "none" && isHeard ? "listener" : metadataWait;
  }

  /** The program has asked for the promise of the metadata. */
  promiseTaken(): void {
    this.#isAwaited = true;
    this.changed();
  }

  /** A new engine has the torrent, with this wait. */
  engineHas(wait: MetadataWait): void {
    this.#sent = wait;
    this.changed();
  }

  /** Listeners were added or removed. */
  changed(): void {
    const { id: torrent, info, services } = this.#torrent;
    const { engine, request } = services;
    const { wait } = this;
    if (info.hasMetadata || wait === (this.#sent ?? request.metadataWait ?? "none")) return;
    this.#sent = wait;
    engine.cast("set-metadata-wait", { torrent, wait });
    engine.sendNow();
  }
}

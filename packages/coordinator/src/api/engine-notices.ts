// The notices of the engine.

import type { MessageOf, NoticeName } from "@troupe/actor-runtime";
import type { ApiProtocol } from "@troupe/messages";
import type { WorkerEvent } from "./actor-tree.ts";
import type { EnginePorts } from "./life/engine-ports.ts";
import type { TorrentList } from "./torrent-list.ts";

/** The parts of a session that hear the engine. */
interface Receivers {
  readonly engine: { cast(name: "frame-taken", message: {}): void };
  readonly torrents: Pick<TorrentList, "receive" | "receiveFrame">;
  readonly ports: Pick<EnginePorts, "map" | "setDht">;
  readonly settings: { readonly bans: { noteSaved(): void } };
  emitWorker(event: WorkerEvent): void;
}

type NoticeHandlers = {
  readonly [Name in NoticeName<ApiProtocol>]: (message: MessageOf<ApiProtocol, Name>) => void;
};

/** @param receivers Undefined until the engine has started. */
export function engineNotices(receivers: () => Receivers | undefined): NoticeHandlers {
  return {
    "torrent-event": (message) => receivers()?.torrents.receive(message),
    "progress-frame": ({ rows }) => {
      const session = receivers();
      session?.torrents.receiveFrame(rows);
      session?.engine.cast("frame-taken", {});
    },
    "worker-event": (message) => receivers()?.emitWorker(message),
    "public-port": (message) => receivers()?.ports.map(message),
    "dht-ports": (message) => receivers()?.ports.setDht(message),
    "bans-saved": () => receivers()?.settings.bans.noteSaved(),
  };
}

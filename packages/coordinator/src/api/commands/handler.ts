import { hostsForStrangers, nodePorts, type MayDial } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { CommandName, CommandResults } from "@troupe/control/commands";
import type { Coordinator } from "../coordinator.ts";
import type { FreeSpace } from "../free-space/free-space.ts";
import type { EngineSession } from "../engine-session.ts";
import { torrentOf, type Torrent } from "../torrent.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";
import type { CheckedCall } from "./checked-call.ts";
import type { FolderBelow } from "./stranger-rules.ts";

/** The engine that commands act on. */
export interface CommandedEngine {
  readonly coordinator: Coordinator;
  readonly session: Pick<EngineSession, "add" | "figures" | "options" | "settings" | "torrents">;
  readonly folderBelow: FolderBelow;
  readonly freeSpace: FreeSpace;
  /** Torrents that are added get the mark of a service. */
  readonly isService: boolean;
  /** Saves the settings of a command `set-engine`. Undefined: they are not kept. */
  readonly engineSet: ((settings: object) => Promise<void>) | undefined;
}

/** The rule of an engine for hosts that callers elsewhere name. */
export function strangerHosts({ session }: Pick<CommandedEngine, "session">): MayDial {
  return hostsForStrangers(nodePorts().interfaces, session.options.localHosts);
}

/** Carries out a command. @returns A result that passes the gate of its row. */
type Handler<Name extends CommandName> = (
  engine: CommandedEngine,
  call: CheckedCall<Name>,
) => CommandResults[Name] | Promise<CommandResults[Name]>;

/** A handler for each command: a missing one does not compile. */
export type Handlers = { readonly [Name in CommandName]: Handler<Name> };

/** A call about one torrent. */
interface TorrentCall<Arguments> {
  readonly arguments: Arguments & { readonly torrent: string };
}

/** The handler of a command about one torrent. @throws TroupeError `no-torrent` */
export function ofTorrent<Call extends TorrentCall<{}>, Result>(
  answer: (torrent: Torrent, given: Call["arguments"], call: Call) => Result,
): (engine: CommandedEngine, call: Call) => Result {
  return (engine, call) =>
    answer(torrentOf(proxyIn(engine, call.arguments.torrent)), call.arguments, call);
}

/** @throws TroupeError `no-torrent` */
export function proxyIn(
  { session }: Pick<CommandedEngine, "session">,
  infoHash: string,
): TorrentProxy {
  const found = session.torrents.withInfoHash(infoHash);
  if (found === undefined) throw unknownTorrent(infoHash);
  return found;
}

/** The torrents of these info-hashes; all without a list. @throws TroupeError `no-torrent` */
export function torrentsIn(
  engine: CommandedEngine,
  infoHashes: readonly string[] | undefined,
): readonly Torrent[] {
  if (infoHashes === undefined) return engine.coordinator.torrents;
  return infoHashes.map((infoHash) => torrentOf(proxyIn(engine, infoHash)));
}

function unknownTorrent(infoHash: string): TroupeError {
  return new TroupeError("no-torrent", `there is no torrent ${infoHash}`);
}

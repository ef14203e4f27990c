// The handler of each command, one line a command.

import { asFault } from "@troupe/actor-runtime";
import { nestedSettings, type CommandResults } from "@troupe/control/commands";
import type { RestoredJobs } from "../coordinator.ts";
import type { PieceChoice } from "../hash-checks.ts";
import { addTorrent } from "./add-torrent.ts";
import { isElsewhere } from "./caller.ts";
import { shownIpFilter, updateIpFilter } from "./ip-filter.ts";
import { ofTorrent, proxyIn, strangerHosts, torrentsIn, type Handlers } from "./handler.ts";
import { shownActors } from "./shown-actors.ts";
import {
  shownEngineSettings,
  shownMetainfo,
  shownPieces,
  shownSwarm,
  shownTiers,
  shownTorrent,
  shownTorrents,
  shownTorrentSettings,
} from "./shown-torrent.ts";
import { changedBy, refuseLocalPeers, refuseLocalTrackers } from "./stranger-rules.ts";

/** The handlers by their commands. */
export const handlers: Handlers = {
  add: addTorrent,
  remove: ofTorrent(async (torrent, { data = false }) => await torrent.remove({ data })),
  start: (engine, { arguments: { torrents } }) =>
    engine.coordinator.startAll(torrentsIn(engine, torrents)),
  pause: (engine, { arguments: { torrents } }) =>
    engine.coordinator.pauseAll(torrentsIn(engine, torrents)),
  stop: async (engine, { arguments: { torrents } }) =>
    await engine.coordinator.stopAll(torrentsIn(engine, torrents)),
  set: ofTorrent((torrent, _, { caller, settings }) =>
    torrent.set(nestedSettings(changedBy(caller, settings))),
  ),
  move: ofTorrent(async (torrent, { directory }) => await torrent.move(directory)),
  rename: ofTorrent(async (torrent, { from, to }) => await torrent.rename(from, to)),
  hashcheck: ofTorrent(
    async (torrent, { pieces }) => await torrent.hashcheck(pieces?.map(choiceOf)),
  ),
  queue: ofTorrent((torrent, { position }) => torrent.setQueuePosition(position)),
  "set-priorities": ofTorrent((torrent, { priorities }) =>
    torrent.setPriorities(priorities.map(({ file, priority }) => [file, priority])),
  ),
  "set-deadlines": ofTorrent((torrent, { deadlines }) => torrent.setDeadlines(deadlines)),
  "add-peer": (engine, { arguments: { torrent, peer }, caller }) => {
    refuseLocalPeers(caller, [peer], strangerHosts(engine));
    const added = isElsewhere(caller) ? { ...peer, isFromStranger: true as const } : peer;
    proxyIn(engine, torrent).addPeer(added);
  },
  "disconnect-peer": ofTorrent((torrent, { peer }) => torrent.disconnect(peer)),
  announce: ofTorrent(async (torrent) => await torrent.announce()),
  scrape: ofTorrent(async (torrent) => await torrent.scrape()),
  list: shownTorrents,
  status: (engine, { arguments: { torrent } }) => shownTorrent(proxyIn(engine, torrent)),
  settings: (engine, { arguments: { torrent }, caller }) =>
    shownTorrentSettings(proxyIn(engine, torrent).settings.values, caller),
  swarm: ofTorrent(shownSwarm),
  why: ofTorrent(async (torrent) => await torrent.why()),
  files: ofTorrent((torrent) => torrent.files),
  peers: ofTorrent(async (torrent) => await torrent.peers()),
  tiers: ofTorrent(shownTiers),
  "web-seeds": ofTorrent(async (torrent) => await torrent.webSeeds()),
  pieces: ofTorrent(shownPieces),
  "piece-origins": ofTorrent(async (torrent) => await torrent.pieceOrigins()),
  "piece-cache": ofTorrent(async (torrent) => {
    const partFile = await torrent.pieceCache();
    return partFile === undefined ? {} : { partFile };
  }),
  metainfo: ofTorrent(shownMetainfo),
  "set-engine": async (engine, { caller, settings }) => {
    refuseLocalTrackers(caller, settings, strangerHosts(engine));
    const changes = nestedSettings(settings);
    engine.coordinator.set(changes);
    await engine.engineSet?.(changes);
  },
  "engine-settings": ({ session }, { caller }) =>
    shownEngineSettings(session.settings.values, caller),
  ban: async ({ coordinator }, { arguments: { addresses } }) => await coordinator.ban(addresses),
  "lift-ban": async ({ coordinator }, { arguments: { addresses } }) =>
    await coordinator.liftBan(addresses),
  bans: async ({ coordinator }) => await coordinator.bans(),
  // Remotes ask with each list, which waits for no disk.
  totals: async ({ session }) => await session.figures.totals(true),
  metrics: async ({ coordinator }) => await coordinator.metrics(),
  "rate-history": async ({ coordinator }) => await coordinator.rateHistory(),
  actors: async ({ coordinator }) => shownActors(await coordinator.actors()),
  ports: ({ coordinator: { dhtPorts: dht, port, publicPort } }) => ({ port, publicPort, dht }),
  "free-space": async ({ freeSpace }, { arguments: { directory } }) =>
    await freeSpace.of(directory),
  "ip-filter": ({ coordinator }, { caller }) => shownIpFilter(coordinator.ipFilter, caller),
  "set-ip-filter": async ({ coordinator }, { arguments: { path } }) =>
    await coordinator.setIpFilter(path),
  "update-ip-filter": async ({ coordinator }, { caller }) => {
    await updateIpFilter(coordinator, caller);
    return shownIpFilter(coordinator.ipFilter, caller);
  },
  "tracker-list": ({ coordinator: { trackerList } }) =>
    trackerList === undefined ? {} : { trackerList },
  "set-tracker-list": async ({ coordinator }, { arguments: { source } }) =>
    await coordinator.setTrackerList(source),
  restore: async ({ coordinator }, { arguments: options }) =>
    shownRestored(await coordinator.restore(options)),
  adopt: async ({ coordinator }, { arguments: { torrents } }) =>
    shownRestored(await coordinator.adopt(torrents)),
  close: async ({ coordinator }) => await coordinator.close(),
};

function choiceOf(choice: number | readonly number[]): PieceChoice {
  if (typeof choice === "number") return choice;
  const [first = 0, last = first] = choice;
  return [first, last];
}

function shownRestored({ torrents, failed }: RestoredJobs): CommandResults["restore"] {
  return {
    torrents: torrents.map(({ infoHash }) => infoHash),
    failed: failed.map(({ infoHash: torrent, directory, error }) => ({
      ...{ torrent, directory, ...asFault(error) },
    })),
  };
}

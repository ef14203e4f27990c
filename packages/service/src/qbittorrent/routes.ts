// The dialect of qBittorrent 4.5.2 (Web API 2.8.19), as Sonarr, Radarr, Flood, autobrr and @ctrl/qbittorrent speak it.

import { TroupeError } from "@troupe/control";
import type { Route } from "../routes/route.ts";
import { addTorrents } from "./add-torrents.ts";
import {
  showApiVersion,
  showBuildInfo,
  showDefaultSavePath,
  showLog,
  showVersion,
} from "./application.ts";
import * as categories from "./categories.ts";
import * as control from "./control-torrents.ts";
import { errorResponse, type Answer, type DialectState } from "./dialect-call.ts";
import { addTrackers, editTracker, removeTrackers } from "./edit-trackers.ts";
import { FreeSpace } from "./free-space.ts";
import { GroupChanges } from "./group-changes.ts";
import { login, logout } from "./login.ts";
import { MaindataMemories } from "./maindata-memory.ts";
import { syncMaindata } from "./maindata.ts";
import { addPeers } from "./named-peers.ts";
import { showPreferences } from "./preferences.ts";
import { renamePath, renameTorrent } from "./rename-files.ts";
import { RequestFields } from "./request-fields.ts";
import { setPreferences } from "./set-preferences.ts";
import * as tags from "./tags.ts";
import { setFilePriority, showFiles } from "./torrent-files.ts";
import * as limits from "./torrent-limits.ts";
import { listTorrents } from "./torrent-list.ts";
import { syncPeers } from "./torrent-peers.ts";
import { exportTorrent, showPieceHashes, showPieceStates } from "./torrent-pieces.ts";
import { showProperties } from "./torrent-properties.ts";
import { showTrackers, showWebSeeds } from "./torrent-trackers.ts";
import * as transfer from "./transfer.ts";

const root = "/api/v2/";

/** Questions, which clients ask by GET and by POST. */
const questions: Readonly<Record<string, Answer>> = {
  "app/version": showVersion,
  "app/webapiVersion": showApiVersion,
  "app/buildInfo": showBuildInfo,
  "app/preferences": showPreferences,
  "app/defaultSavePath": showDefaultSavePath,
  "log/main": showLog,
  "log/peers": showLog,
  "sync/maindata": syncMaindata,
  "sync/torrentPeers": syncPeers,
  "transfer/info": transfer.showTransfer,
  "transfer/speedLimitsMode": transfer.showLimitsMode,
  "transfer/downloadLimit": transfer.showEngineLimit("down"),
  "transfer/uploadLimit": transfer.showEngineLimit("up"),
  "torrents/info": listTorrents,
  "torrents/properties": showProperties,
  "torrents/files": showFiles,
  "torrents/trackers": showTrackers,
  "torrents/webseeds": showWebSeeds,
  "torrents/pieceStates": showPieceStates,
  "torrents/pieceHashes": showPieceHashes,
  "torrents/export": exportTorrent,
  "torrents/downloadLimit": limits.showLimit("down"),
  "torrents/uploadLimit": limits.showLimit("up"),
  "torrents/categories": categories.showCategories,
  "torrents/tags": tags.showTags,
};

/** Actions, by POST alone. */
const actions: Readonly<Record<string, Answer>> = {
  "auth/logout": logout,
  "app/setPreferences": setPreferences,
  "transfer/toggleSpeedLimitsMode": transfer.toggleLimitsMode,
  "transfer/setSpeedLimitsMode": transfer.setLimitsMode,
  "transfer/setDownloadLimit": transfer.setEngineLimit("down"),
  "transfer/setUploadLimit": transfer.setEngineLimit("up"),
  "transfer/banPeers": transfer.banPeers,
  "torrents/pause": control.stopTorrents,
  "torrents/stop": control.stopTorrents,
  "torrents/resume": control.startTorrents,
  "torrents/start": control.startTorrents,
  "torrents/delete": control.removeTorrents,
  "torrents/recheck": control.recheckTorrents,
  "torrents/reannounce": control.announceTorrents,
  "torrents/setForceStart": control.forceTorrents,
  "torrents/setSuperSeeding": control.superSeedTorrents,
  "torrents/toggleSequentialDownload": control.toggleSequential,
  "torrents/toggleFirstLastPiecePrio": control.toggleFirstLast,
  "torrents/setAutoManagement": control.manageTorrents,
  "torrents/topPrio": control.moveInQueue("top"),
  "torrents/bottomPrio": control.moveInQueue("bottom"),
  "torrents/increasePrio": control.moveInQueue("up"),
  "torrents/decreasePrio": control.moveInQueue("down"),
  "torrents/setDownloadLimit": limits.setLimit("down"),
  "torrents/setUploadLimit": limits.setLimit("up"),
  "torrents/setShareLimits": limits.setShareLimits,
  "torrents/setLocation": limits.setLocation,
  "torrents/setSavePath": limits.setSavePath,
  "torrents/filePrio": setFilePriority,
  "torrents/rename": renameTorrent,
  "torrents/renameFile": renamePath,
  "torrents/renameFolder": renamePath,
  "torrents/addTrackers": addTrackers,
  "torrents/editTracker": editTracker,
  // @ctrl/qbittorrent writes the name so.
  "torrents/editTrackers": editTracker,
  "torrents/removeTrackers": removeTrackers,
  "torrents/addPeers": addPeers,
  "torrents/createCategory": categories.createCategory,
  "torrents/editCategory": categories.editCategory,
  "torrents/removeCategories": categories.removeCategories,
  "torrents/setCategory": categories.setCategory,
  "torrents/createTags": tags.createTags,
  "torrents/deleteTags": tags.deleteTags,
  "torrents/addTags": tags.addTags,
  "torrents/removeTags": tags.removeTags,
};

/** The routes of the dialect. */
export function qbittorrentRoutes(ports: Pick<DialectState, "facts" | "timers">): readonly Route[] {
  const state: DialectState = {
    ...ports,
    maindata: new MaindataMemories(),
    groups: new GroupChanges(),
    freeSpace: new FreeSpace(),
  };
  const routeOf = (
    path: string,
    answer: Answer,
    { body, method }: Pick<Route, "body" | "method">,
  ): Route => ({ method, path: root + path, body, answer: answeredBy(answer, state) });
  return [
    {
      ...routeOf("auth/login", login, { method: "POST", body: "login" }),
      isOpen: true,
    },
    routeOf("torrents/add", addTorrents, { method: "POST", body: "add" }),
    ...Object.entries(questions).flatMap(([path, answer]) => [
      routeOf(path, answer, { method: "GET", body: "none" }),
      routeOf(path, answer, { method: "POST", body: "call" }),
    ]),
    ...Object.entries(actions).map(([path, answer]) =>
      routeOf(path, answer, { method: "POST", body: "call" }),
    ),
  ];
}

function answeredBy(answer: Answer, state: DialectState): Route["answer"] {
  return async (request) => {
    const { calls, logins } = request;
    try {
      return await answer({ calls, fields: new RequestFields(request), logins, state });
    } catch (error) {
      if (error instanceof TroupeError) return errorResponse(error);
      throw error;
    }
  };
}

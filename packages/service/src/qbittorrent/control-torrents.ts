// Actions on torrents.

import type { ServiceResponse } from "../routes/route.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import { lackingError } from "./constants.ts";
import { done, orElse, type Answer, type DialectCall } from "./dialect-call.ts";
import { forEachNamed, forEachRow, rowsNamed, untilBegun } from "./named-torrents.ts";
import { settingsOf } from "./shown-settings.ts";

/** Answers `torrents/resume` and `torrents/start`, which end a forced start, as in qBittorrent. */
export const startTorrents: Answer = async (call) => {
  const { calls } = call;
  const named = rowsNamed(await calls.view(), call.fields.required("hashes"));
  const forced = named.filter(({ isForced }) => isForced);
  await forEachRow(forced, ({ torrent }) => calls.run("set", { torrent, forced: null }));
  return await runForAll(call, "start");
};

/** Answers `torrents/pause` and `torrents/stop`. */
export const stopTorrents: Answer = async (call) => await runForAll(call, "stop");

/** Answers `torrents/delete`. Sonarr leaves `deleteFiles` out where it keeps the data. */
export const removeTorrents: Answer = async (call) => {
  const data = call.fields.flag("deleteFiles") ?? false;
  await forEachNamed(call, ({ torrent }) => call.calls.run("remove", { torrent, data }));
  return done;
};

/** Answers `torrents/recheck`, once the check has begun. */
export const recheckTorrents: Answer = async (call) => {
  const view = await call.calls.view();
  await forEachNamed(call, async ({ torrent }) => {
    const check = call.calls.run("hashcheck", { torrent });
    await untilBegun(view, check, () => view.row(torrent)?.state === "checking");
  });
  return done;
};

/** Answers `torrents/reannounce`. Trackers that want no announce yet get none. */
export const announceTorrents: Answer = async (call) => {
  await forEachNamed(call, ({ torrent }) =>
    orElse(
      call.calls.run("announce", { torrent }),
      undefined,
      ...(["announce-too-early", "not-running", "quarantined"] as const),
    ),
  );
  return done;
};

/** Answers `torrents/setForceStart`, which starts the torrents in both cases, as qBittorrent does. */
export const forceTorrents: Answer = async (call) => {
  const forced = isTrue(call);
  await setEach(call, () => ({ forced }));
  return await runForAll(call, "start");
};

/** Answers `torrents/setSuperSeeding`. */
export const superSeedTorrents: Answer = async (call) => {
  const superSeed = isTrue(call);
  return await setEach(call, () => ({ superSeed }));
};

/** Answers `torrents/toggleSequentialDownload`. */
export const toggleSequential: Answer = async (call) =>
  await setEach(call, (row) => ({ sequential: settingsOf(row).sequential !== true }));

/** Answers `torrents/toggleFirstLastPiecePrio`. */
export const toggleFirstLast: Answer = async (call) =>
  await setEach(call, (row) => ({ firstLastPieces: settingsOf(row).firstLastPieces !== true }));

/** Answers `torrents/setAutoManagement`. */
export const manageTorrents: Answer = ({ fields }) => {
  fields.required("hashes");
  fields.required("enable");
  if (fields.flag("enable") === true) throw lackingError("torrents/setAutoManagement enable=true");
  return done;
};

/** Answers an action on the queue. Torrents of one request keep their order. */
export function moveInQueue(position: "bottom" | "down" | "top" | "up"): Answer {
  const isLastFirst = position === "top" || position === "down";
  return async ({ fields, calls }) => {
    const rows = rowsNamed(await calls.view(), fields.required("hashes"));
    const ordered = rows.toSorted((one, other) => one.queuePosition - other.queuePosition);
    if (isLastFirst) ordered.reverse();
    await forEachRow(ordered, ({ torrent }) => calls.run("queue", { torrent, position }));
    return done;
  };
}

/** Changes settings of each torrent that a request names. */
export async function setEach(
  call: Pick<DialectCall, "calls" | "fields">,
  changesOf: (row: TorrentRow) => object,
): Promise<ServiceResponse> {
  await forEachNamed(call, (row) =>
    call.calls.run("set", { torrent: row.torrent, ...changesOf(row) }),
  );
  return done;
}

async function runForAll(
  { fields, calls }: DialectCall,
  command: "start" | "stop",
): Promise<ServiceResponse> {
  const hashes = fields.required("hashes");
  const rows = rowsNamed(await calls.view(), hashes);
  if (rows.length > 0) await calls.run(command, { torrents: rows.map(({ torrent }) => torrent) });
  return done;
}

function isTrue({ fields }: DialectCall): boolean {
  fields.required("hashes");
  fields.required("value");
  return fields.flag("value") ?? false;
}

// A move of a torrent to another folder, and the settling of a move that was cut off.

import { type ReplyOf, systemSentence } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type {
  ApiProtocol,
  ListedMove,
  MoveSettled,
  TorrentEvent,
  TorrentId,
} from "@troupe/messages";
import { refusalError } from "../refusal-error.ts";
import type { TorrentServices } from "../torrent-services.ts";

/** Just over a week: a copy to another volume takes as long as its bytes. */
const moveDeadline = { deadlineMs: 610_000_000 };
const findDeadline = { deadlineMs: 30_000 };

/** A torrent that moves. */
export interface Mover {
  readonly id: TorrentId;
  /** For the folder of the files; a move replaces them. */
  services: TorrentServices;
  stopInEngine(): Promise<void>;
  receive(event: TorrentEvent): void;
}

/**
 * Moves a torrent. Both folders are locked meanwhile.
 *
 * @param directory Absolute.
 * @throws TroupeError as `Torrent.move` says; the torrent is where it was, unless its services were replaced.
 */
export async function moveTorrent(torrent: Mover, directory: string): Promise<void> {
  const { services } = torrent;
  if (services.request.home?.kind === "file") {
    throw new TroupeError(
      "job-folder",
      `this torrent lives in "${services.request.directory}" with its state: close it and move that folder`,
    );
  }
  await services.lock.take();
  const next = services.servicesAt(directory, true);
  await next.lock.take();
  let answer: ReplyOf<ApiProtocol, "move-torrent">;
  try {
    await torrent.stopInEngine();
    answer = await services.untilAnswered(() =>
      services.engine.call("move-torrent", { torrent: torrent.id, directory }, moveDeadline),
    );
    if ("refused" in answer) throw refusalError(answer);
  } catch (error) {
    await next.lock.release();
    throw error;
  }
  await arrive(torrent, services, next, answer);
}

/** @returns The move of the torrent's folder that was cut off, if any. */
export async function findMove({
  id,
  services,
}: Pick<Mover, "id" | "services">): Promise<ListedMove | undefined> {
  const { engine, lock } = services;
  const found = await services.untilAnswered(() =>
    engine.call("find-move", { torrent: id }, findDeadline),
  );
  if ("refused" in found || found.move === undefined) return undefined;
  const { from, to } = found.move;
  return lock.folder === from || lock.folder === to ? found.move : undefined;
}

/**
 * Finishes or undoes a move that was cut off; the torrent may be in the other folder then. If all files are in the torrent's
 * own folder, a failure is only a warning.
 *
 * @throws TroupeError of the obstacle, `already-running` when the other folder is in use.
 */
export async function settleMove(torrent: Mover): Promise<void> {
  const { services } = torrent;
  const move = await findMove(torrent);
  if (move === undefined) return;
  const { from, to, isSwitched, isWhole } = move;
  const here = services.lock.folder;
  const other = here === from ? to : from;
  const next = services.servicesAt(other, false);
  try {
    await next.lock.take();
    const answer = await services.untilAnswered(() =>
      services.engine.call("settle-move", { torrent: torrent.id }, moveDeadline),
    );
    if ("refused" in answer) throw refusalError(answer);
    if (!answer.hasMoved) return await arrive(torrent, next, services, answer);
    const message = `its move to "${answer.directory}" was finished: it is there now`;
    warn(torrent, "move-finished", message);
    await arrive(torrent, services, next, answer);
  } catch (error) {
    await next.lock.release();
    const isWholeHere = isSwitched ? here === to && isWhole : here === from;
    if (!isWholeHere) throw error;
    const message = `what is left of a move is still in "${other}": ${systemSentence(error)}`;
    warn(torrent, "move-unfinished", message);
  }
}

/** Ends a move without settling it. The torrent is no longer listed in the other folder, where files may be left. */
export async function giveUpMove({ id, services }: Pick<Mover, "id" | "services">): Promise<void> {
  const move = await findMove({ id, services });
  if (move === undefined) return;
  const other = services.lock.folder === move.from ? move.to : move.from;
  const { engine } = services;
  await services.untilAnswered(() => engine.call("end-move", { torrent: id }, findDeadline));
  await services.servicesAt(other, false).forgetSaved();
}

/** Lists the torrent in its folder alone, and ends the move. */
async function arrive(
  torrent: Mover,
  left: TorrentServices,
  here: TorrentServices,
  { rest }: MoveSettled,
): Promise<void> {
  torrent.services = here;
  await here.saveTorrent();
  await left.forgetSaved();
  if (rest === undefined) {
    await here.untilAnswered(() =>
      here.engine.call("end-move", { torrent: torrent.id }, findDeadline),
    );
  }
  await left.lock.release();
  if (rest?.isWhole === false) throw refusalError(rest);
}

/** Warns in a later turn: a caller that adds the torrent listens by then. */
function warn(torrent: Mover, code: string, message: string): void {
  setImmediate(() => torrent.receive({ event: "warning", code, message }));
}

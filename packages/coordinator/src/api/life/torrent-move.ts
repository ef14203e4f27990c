// What a torrent and its folders go through when its files are brought to another folder, or an earlier run has left a
// move unfinished.

import { messageOf, type ReplyOf } from "@troupe/actor-runtime";
import type { EngineProtocol, MoveSettled } from "@troupe/messages";
import { TroupeError } from "../../troupe-error.ts";
import type { TorrentServices } from "../torrent-services.ts";
import type { Torrent } from "../torrent.ts";

/** A little over a week: copying to another volume takes as long as its bytes do. */
const moveDeadlineMs = 610_000_000;
const findDeadlineMs = 30_000;

/** A torrent, as far as a move needs it. */
export interface Mover {
  readonly torrent: Torrent;
  readonly stop: () => Promise<void>;
  /** Its files are in the folder of these parts now. */
  readonly setServices: (services: TorrentServices) => void;
}

/**
 * Brings a torrent to another folder. Both folders are locked meanwhile; afterwards only that in which it is.
 *
 * @param directory Absolute.
 * @throws TroupeError as `Torrent.move` says; the torrent is where it was, unless `setServices` was called.
 */
export async function moveTorrent(
  services: TorrentServices,
  directory: string,
  mover: Mover,
): Promise<void> {
  if (services.request.home?.kind === "file") {
    throw new TroupeError(
      "job-folder",
      `this torrent lives in "${services.request.directory}" with its state: close it and move that folder`,
    );
  }
  await services.lock.take();
  const next = services.servicesAt(directory, true);
  await next.lock.take();
  let answer: ReplyOf<EngineProtocol, "move-torrent">;
  try {
    await mover.stop();
    answer = await services.untilAnswered(() =>
      services.engine.call(
        "move-torrent",
        { torrent: mover.torrent.id, directory },
        { deadlineMs: moveDeadlineMs },
      ),
    );
    if ("refused" in answer) throw refused(answer);
  } catch (error) {
    await next.lock.release();
    throw error;
  }
  await arrive({ services, next, mover }, answer);
}

/**
 * Finishes or undoes what an earlier run has left of a move; the torrent may be in the other folder then. While all of it
 * is in its own folder a move that cannot be settled is a warning.
 *
 * @throws TroupeError of what keeps the move from being settled, `already-running` when the other folder is in use.
 */
export async function settleMove(services: TorrentServices, mover: Mover): Promise<void> {
  const found = await services.untilAnswered(() =>
    services.engine.call(
      "find-move",
      { torrent: mover.torrent.id },
      { deadlineMs: findDeadlineMs },
    ),
  );
  if ("refused" in found || found.move === undefined) return;
  const { from, to, isSwitched, isWhole } = found.move;
  const here = services.lock.folder;
  if (here !== from && here !== to) return;
  const other = here === from ? to : from;
  const next = services.servicesAt(other, false);
  try {
    await next.lock.take();
    const answer = await services.untilAnswered(() =>
      services.engine.call(
        "settle-move",
        { torrent: mover.torrent.id },
        { deadlineMs: moveDeadlineMs },
      ),
    );
    if ("refused" in answer) throw refused(answer);
    if (answer.hasMoved) {
      warn(
        mover.torrent,
        "move-finished",
        `its move to "${answer.directory}" was finished: it is there now`,
      );
      return await arrive({ services, next, mover }, answer);
    }
    await arrive({ services: next, next: services, mover }, answer);
  } catch (error) {
    await next.lock.release();
    const isWholeHere = isSwitched ? here === to && isWhole : here === from;
    if (!isWholeHere) throw error;
    const message = `what is left of a move is still in "${other}": ${messageOf(error)}`;
    warn(mover.torrent, "move-unfinished", message);
  }
}

/** Lists it where it is, and nowhere else; only then is the move over. */
async function arrive(
  {
    services,
    next,
    mover,
  }: { readonly services: TorrentServices; readonly next: TorrentServices; readonly mover: Mover },
  { rest }: MoveSettled,
): Promise<void> {
  mover.setServices(next);
  mover.torrent.movedTo(next.request.directory);
  await next.saveTorrent(mover.torrent);
  await services.forgetSaved();
  if (rest === undefined) {
    await next.untilAnswered(() =>
      next.engine.call("end-move", { torrent: mover.torrent.id }, { deadlineMs: findDeadlineMs }),
    );
  }
  await services.lock.release();
  if (rest?.isWhole === false) throw refused(rest);
}

/** In a later turn: whoever adds it listens as soon as he has it. */
function warn(torrent: Torrent, code: string, message: string): void {
  setImmediate(() => torrent.receive({ event: "warning", code, message }));
}

function refused({
  refused: code,
  message,
}: {
  readonly refused: string;
  readonly message?: string;
}): TroupeError {
  return new TroupeError(code, message ?? "the torrent was removed");
}

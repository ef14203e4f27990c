import {
  outOfRange,
  passes,
  spelled,
  torrentSettings,
  TroupeError,
  type FileRename,
  type TorrentSettings,
} from "@troupe/control";
import type { TorrentId, TorrentInfo } from "@troupe/messages";
import type { Moves } from "./life/moves.ts";
import { refuseUnknown } from "./metadata-arrival.ts";
import { refusalError } from "./refusal-error.ts";
import type { TorrentServices } from "./torrent-services.ts";

/** The engine's own limit of 600 s, and ten seconds for a busy engine. */
const renameDeadline = { deadlineMs: 610_000 };
const renamedPath = torrentSettings.renames.gate.of.fields.to;
const noRename: Promise<void> = Promise.resolve();
const planDeadline = { deadlineMs: 30_000 };

/** The parts of a torrent by which its files are renamed. */
interface RenamedTorrent {
  readonly id: TorrentId;
  readonly info: TorrentInfo;
  readonly moves: Pick<Moves, "areCutOff" | "over">;
  readonly services: Pick<TorrentServices, "engine" | "saveNames" | "untilAnswered">;
  readonly settings: {
    readonly values: TorrentSettings;
    setRenames(renames: readonly FileRename[]): void;
  };
  readonly figures: { setRenames(renames: readonly FileRename[]): void };
}

/** Renames files of a torrent, one after the other. */
export class Renames {
  readonly #torrent: RenamedTorrent;
  #last: Promise<void> = noRename;

  constructor(torrent: RenamedTorrent) {
    this.#torrent = torrent;
  }

  /** @throws TroupeError as `Torrent.rename` says. */
  async rename(from: number | string, to: string): Promise<void> {
    const renamed = this.#last.then(() => this.#rename(from, to));
    this.#last = renamed.catch(() => undefined);
    await renamed;
  }

  /**
   * The new names are durable before the first file is renamed, so that the next start after a crash looks under both. They
   * stay on record if it is unknown whether the engine has carried them out.
   */
  async #rename(from: number | string, to: string): Promise<void> {
    const torrent = this.#torrent;
    if (!Number.isSafeInteger(from)) refuseOther("from", from);
    refuseOther("to", to);
    refuseUnknown(torrent.info, "rename files of");
    await this.#awaitMoves();
    const plan = await torrent.services.untilAnswered(() =>
      torrent.services.engine.call("plan-rename", { torrent: torrent.id, from, to }, planDeadline),
    );
    if ("refused" in plan) throw refusalError(plan);
    const { renames } = plan;
    const before = torrent.settings.values.renames ?? [];
    await this.#save(renames);
    const answer = await torrent.services.untilAnswered(() =>
      torrent.services.engine.call(
        "rename-files",
        { torrent: torrent.id, renames },
        renameDeadline,
      ),
    );
    if ("refused" in answer) {
      await this.#save(before);
      throw refusalError(answer);
    }
    torrent.figures.setRenames(renames);
  }

  /** A move has the paths of its files from its begin to its end. */
  async #awaitMoves(): Promise<void> {
    const { info, moves } = this.#torrent;
    await moves.over();
    if (!(await moves.areCutOff())) return;
    const why = "a move of it was cut off; start it, or move it again, first";
    throw new TroupeError("torrent-busy", `cannot rename files of ${info.name}: ${why}`);
  }

  async #save(renames: readonly FileRename[]): Promise<void> {
    this.#torrent.settings.setRenames(renames);
    await this.#torrent.services.saveNames();
  }
}

/** @throws TroupeError `option-out-of-range` */
function refuseOther(name: string, value: unknown): void {
  if (!passes(renamedPath, value)) throw outOfRange(name, spelled(value), renamedPath.allowed);
}

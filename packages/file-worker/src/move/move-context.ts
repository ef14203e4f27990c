import { dirname, sep } from "node:path";
import type { Disk } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import { below, Folders } from "../files/folders.ts";
import type { MoveIntent, MovingFile } from "./move-intent.ts";

type Indexed = Pick<MovingFile, "index" | "path">;

/** A file after a step. */
export interface MovedFile extends MovingFile {
  /** Only the move touched it since `before`. */
  readonly isProved?: boolean;
  /** Has its new name, since the step `name`. */
  readonly isNamed?: boolean;
  /** Set by the step `leave`. */
  readonly left?: StorageRefusal;
}

/** @returns the file's new state, or why the move stops. */
export type MoveStep = (move: MoveContext, file: MovedFile) => MovedFile | StorageRefusal;

/** Paths of each file by its index in the torrent. */
export type MovePaths = readonly (readonly string[])[];

/** A step checks each folder once. */
export const frozenClock = { nowMs: () => 0, epochMs: () => 0, utcOffsetMinutes: () => 0 };

/** The two folders of a move, for a step. */
export class MoveContext {
  readonly disk: Disk;
  readonly intent: Omit<MoveIntent, "key">;
  readonly old: Folders;
  readonly next: Folders;
  readonly #paths: MovePaths;

  constructor(disk: Disk, intent: Omit<MoveIntent, "key">, paths: MovePaths) {
    this.disk = disk;
    this.intent = intent;
    this.old = new Folders(disk, frozenClock, intent.from);
    this.next = new Folders(disk, frozenClock, intent.to);
    this.#paths = paths;
  }

  pathOf({ index, path = this.#paths[index] }: Indexed): readonly string[] {
    if (path === undefined) throw new RangeError(`bug: a move has no file ${index}`);
    return path;
  }

  sourceOf(file: Indexed): string {
    return below(this.intent.from, this.pathOf(file).join(sep));
  }

  targetOf(file: Indexed): string {
    return below(this.intent.to, this.pathOf(file).join(sep));
  }

  /** Next to the new name, on the same volume. */
  temporaryOf(file: Indexed): string {
    const name = `.troupe-${this.intent.mark}-${file.index}`;
    return below(dirname(this.targetOf(file)), name);
  }
}

/** The refusal of an existing name or of a non-file. */
export function cannotMove(refused: string, path: string, seen: string): StorageRefusal {
  return { refused, message: `cannot move to "${dirname(path)}": ${seen}: "${path}"`, path };
}

/** The refusal of an existing name. */
export function nameTaken(path: string): StorageRefusal {
  return cannotMove("file-exists", path, "something has that name already");
}

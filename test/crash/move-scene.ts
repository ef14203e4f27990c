// One move of a torrent by a process of its own, killed at some disk call; and what the next runs make of it.

import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { Coordinator, type Torrent } from "@troupe/coordinator";
import { bundledThreadsWords } from "../../scripts/tests/bundled-threads.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { KillAt } from "./kill-at.ts";

const script = fileURLToPath(new URL("fixtures/move.ts", import.meta.url));
const pieceLengthBytes = 16 * 1024;
const fileLengths = [40_000, 100_000, 1, 0, 33_000];

/** Where the new folder is, and whether a file may have two names there. */
export interface MoveKind {
  /** `/dev/shm`, a file system of its own. */
  readonly isOtherVolume: boolean;
  readonly hasLinks: boolean;
  /** The torrent moves because it is complete, from a folder for incomplete torrents; the same `add` comes again. */
  readonly isAtCompletion?: boolean;
  /** The torrent is stopped: a restore does not settle its move. */
  readonly isStopped?: boolean;
}

/** How the torrent comes back after the kill. */
export type Comeback = "restored" | "added in the old folder" | "added in the new folder";

/** Where the torrent was, where it moves to, and its state folder. */
type MoveFolders = Readonly<Record<"from" | "to" | "state", string>>;

/** The outcome of one move. */
export interface KilledMove {
  /** Disk calls of the move below the two folders and the state folder, until it was killed. */
  readonly calls: number;
  readonly wasKilled: boolean;
  /** Sentences about everything that should not be. */
  readonly violations: readonly string[];
}

/** A payload, and the program that moves it. */
export class MoveScene implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #killer: KillAt;
  readonly #otherVolume: string;
  readonly #payload: Payload;
  readonly #torrent: string;

  private constructor(killer: KillAt, otherVolume: string, payload: Payload, torrent: string) {
    this.#killer = killer;
    this.#otherVolume = otherVolume;
    this.#payload = payload;
    this.#torrent = torrent;
  }

  static async open(): Promise<MoveScene> {
    const folder = temporaryFolder("troupe-moves");
    const other = temporaryFolder("troupe-moves", "/dev/shm");
    const files = fileLengths.map((lengthBytes, file) => ({
      path: [`${file % 2}`, `file-${file}`],
      lengthBytes,
    }));
    const source = join(folder.path, "source");
    const shape = { folder: source, name: "payload", pieceLengthBytes, files };
    const payload = writePayload(shape);
    const { path } = writeTorrentFile({ ...payload, folder: folder.path });
    const scene = new MoveScene(await KillAt.build(folder.path), other.path, payload, path);
    scene.#stack.use(folder);
    scene.#stack.use(other);
    return scene;
  }

  /** Moves, is killed at a disk call (0: never), and lets the same move finish. */
  async run(kind: MoveKind, atCall: number, comeback: Comeback): Promise<KilledMove> {
    const { calls, wasKilled, hasMoved, ...folders } = await this.#move(kind, atCall);
    const violations = wasKilled || hasMoved ? [] : ["it has not moved"];
    const { isAtCompletion = false } = kind;
    violations.push(...(await this.#finish({ ...folders, comeback, isAtCompletion })));
    violations.push(...(await this.#listed(folders.state, folders.to)));
    return { calls, wasKilled, violations };
  }

  /** Moves, is killed at a disk call (0: never), and removes the torrent with its files before it settles the move. */
  async runRemoval(kind: MoveKind, atCall: number): Promise<KilledMove> {
    const { calls, wasKilled, from, to, state } = await this.#move(kind, atCall);
    {
      await using coordinator = await startInline(state);
      const { torrents } = await coordinator.restore();
      await Promise.all(torrents.map(async (torrent) => await torrent.remove({ data: true })));
    }
    await using coordinator = await startInline(state);
    const { torrents } = await coordinator.restore();
    const violations = torrents.map(({ directory }) => `it is listed in ${directory} again`);
    const left = [...filesIn(from), ...filesIn(to)];
    if (left.length > 0) violations.push(`files are left: ${left.join(", ")}`);
    return { calls, wasKilled, violations };
  }

  async #move(kind: MoveKind, atCall: number) {
    const root = this.#killer.freshFolder();
    const to = join(kind.isOtherVolume ? this.#otherVolume : root, "moved/here");
    const [from, state] = [join(root, "data"), join(root, "state")];
    rmSync(join(to, ".."), { recursive: true, force: true });
    cpSync(this.#payload.folder, from, { recursive: true });
    const { calls, wasKilled, program } = await this.#killer.run({
      words: [...bundledThreadsWords, script, this.#torrent, from, to, state, wayOf(kind)],
      ...{ roots: [from, to, state], atCall, countRests: true },
      environment: { KILL_LINKS: kind.hasLinks ? "1" : "0" },
    });
    return { calls, wasKilled, hasMoved: program.lines.includes("moved"), from, to, state };
  }

  /** The last look: the list names the torrent once, in its new folder, and all of it is there. */
  async #listed(state: string, to: string): Promise<readonly string[]> {
    await using coordinator = await startInline(state);
    const { torrents, failed } = await coordinator.restore();
    const names = torrents.map(({ directory }) => directory);
    if (failed.length > 0 || names.length !== 1 || names[0] !== to) {
      return [`listed in ${names.join(", ")}; ${failed.map(({ error }) => error.message).join()}`];
    }
    return [];
  }

  async #finish({
    from,
    to,
    state,
    comeback,
    isAtCompletion,
  }: MoveFolders & {
    readonly comeback: Comeback;
    readonly isAtCompletion: boolean;
  }): Promise<readonly string[]> {
    await using coordinator = await startInline(state);
    const violations: string[] = [];
    // Before the move is on record, and when it is over, the other folder is a folder as any other.
    const how = isMoveOnRecord(state) ? comeback : "restored";
    const torrent = isAtCompletion
      ? await coordinator.add(this.#torrent, {
          ...{ directory: to, incompleteDirectory: from, useTrackers: false },
        })
      : await this.#comeBack(coordinator, how, { from, to });
    if (torrent === undefined) return ["it was not restored"];
    await torrent.checked;
    if (torrent.left > 0) violations.push(`${torrent.left} bytes are missing after the comeback`);
    if (isAtCompletion) await torrent.arrived;
    else await torrent.move(to);
    await torrent.completed;
    if (torrent.left > 0) violations.push(`${torrent.left} bytes are missing after the move`);
    if (torrent.downloaded > 0) violations.push(`${torrent.downloaded} bytes were fetched`);
    if (torrent.directory !== to) violations.push(`it is in ${torrent.directory}`);
    violations.push(...this.#differences(to));
    const left = filesIn(from);
    if (left.length > 0) violations.push(`old files are left: ${left.join(", ")}`);
    return violations;
  }

  async #comeBack(
    coordinator: Coordinator,
    comeback: Comeback,
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<Torrent | undefined> {
    if (comeback === "restored") return (await coordinator.restore()).torrents[0];
    const directory = comeback === "added in the old folder" ? from : to;
    return await coordinator.add(this.#torrent, { directory, useTrackers: false });
  }

  /** Files that differ from the payload. */
  #differences(folder: string): readonly string[] {
    const { paths } = this.#payload;
    const strange = filesIn(folder).filter((path) => !paths.includes(path));
    const bad = paths.filter((path) => {
      const whole = join(folder, path);
      const source = join(this.#payload.folder, path);
      return !existsSync(whole) || sha1(readFileSync(whole)) !== sha1(readFileSync(source));
    });
    return [
      ...strange.map((path) => `strange: ${path}`),
      ...bad.map((path) => `not whole: ${path}`),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function wayOf({ isAtCompletion, isStopped }: MoveKind): string {
  if (isStopped === true) return "stopped";
  return isAtCompletion === true ? "end" : "move";
}

/** The state folder knows of a move that is not over. */
function isMoveOnRecord(state: string): boolean {
  const path = join(state, "state.db");
  // It is made for the first record, its table a moment later.
  if (!existsSync(path)) return false;
  const database = new DatabaseSync(path);
  const has = (query: string): boolean => database.prepare(query).all().length > 0;
  try {
    return (
      has("SELECT name FROM sqlite_master WHERE name = 'records'") &&
      has("SELECT name FROM records WHERE name LIKE 'move %'")
    );
  } finally {
    database.close();
  }
}

function startInline(stateDirectory: string): Promise<Coordinator> {
  return Coordinator.start({
    ...quiet,
    host: "inline",
    stateDirectory,
    port: 0,
    bind: ["127.0.0.1"],
  });
}

/** Without the locks of jobs. */
function filesIn(folder: string): readonly string[] {
  const found = existsSync(folder) ? filesBelow(folder) : [];
  return found.filter((path) => !path.startsWith(".troupe/"));
}

function sha1(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}

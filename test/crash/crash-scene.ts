// One download by the command in a process of its own, ended at some point; and what the next start makes of it.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Coordinator } from "@troupe/coordinator";
import { hasBit } from "@troupe/protocol/peer";
import { PacedSeeder } from "../support/swarm/paced-seeder.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { isLong } from "../support/lanes.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { KillAt } from "./kill-at.ts";

const script = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const pieceLengthBytes = 16 * 1024;
/** Files; with 80 of them the payload has 10 MiB. */
export const fileCount: number = isLong || process.env["CRASHES"] === "all" ? 80 : 24;
/** Files of every length, so that pieces are cut everywhere. */
const fileLengths = Array.from(
  { length: fileCount },
  (_, file) => (file % 7) * 37_003 + 20_000 + file,
);

export const payloadBytes: number = fileLengths.reduce((sum, bytes) => sum + bytes, 0);

/** When the process is ended: at a disk call, when the seeder has given so much, or not at all. */
export type End = { readonly atCall: number } | { readonly afterBytes: number } | undefined;

/** The outcome of one run. */
export interface Crash {
  /** Disk calls below its folders, until it was ended. */
  readonly calls: number;
  readonly wasKilled: boolean;
  /** Sentences about everything that should not be. */
  readonly violations: readonly string[];
  /** Pieces that were on the disk and were not found. */
  readonly unfound: number;
  /** Pieces of which something came, and which have to come again; all were in flight, or that is a violation. */
  readonly redone: number;
}

/** Settings of the runs of one scene. */
export interface Pace {
  /** Rate of the seeder, which decides how often a download syncs and commits; without it as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** Milliseconds that making a file takes: with many, files are made ahead by a thread of their own. */
  readonly makingMs?: number;
}

/** A payload, a seeder of it, and the command that downloads it. */
export class CrashScene implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #killer: KillAt;
  readonly #payload: Payload;
  readonly #torrent: string;
  readonly #seeder: PacedSeeder;
  readonly #makingMs: number;
  readonly #content: Buffer;
  /** Pieces of which the seeder gave something in this run. */
  readonly #given = new Set<number>();
  /** Called when the seeder has given a block. */
  #afterBlock: () => void = () => {};

  private constructor(
    killer: KillAt,
    payload: Payload,
    torrent: string,
    seeder: PacedSeeder,
    { makingMs = 0 }: Pick<Pace, "makingMs">,
  ) {
    this.#killer = killer;
    this.#payload = payload;
    this.#torrent = torrent;
    this.#seeder = seeder;
    this.#makingMs = makingMs;
    this.#content = contentOf(payload.folder, payload.paths);
  }

  static async open({ bytesPerSecond, ...pace }: Pace): Promise<CrashScene> {
    const folder = temporaryFolder("troupe-crash");
    const files = fileLengths.map((lengthBytes, file) => ({
      path: [`${file % 5}`, `file-${file}`],
      lengthBytes,
    }));
    const payload = writePayload({
      folder: join(folder.path, "source"),
      name: "payload",
      pieceLengthBytes,
      files,
    });
    const { path, infoHash } = writeTorrentFile(payload);
    let scene: CrashScene | undefined;
    const seeder = await PacedSeeder.open({
      watch: (what, piece) => {
        if (what !== "given" || scene === undefined) return;
        scene.#given.add(piece);
        scene.#afterBlock();
      },
      infoHash,
      payload: contentOf(payload.folder, payload.paths),
      pieceLengthBytes,
      ...(bytesPerSecond !== undefined && { bytesPerSecond }),
    });
    const killer = await KillAt.build(folder.path);
    scene = new CrashScene(killer, payload, path, seeder, pace);
    scene.#stack.use(folder);
    scene.#stack.use(seeder);
    return scene;
  }

  /** Runs a download to its end, and looks at what is left. */
  async run(end: End): Promise<Crash> {
    const root = this.#killer.freshFolder();
    const [data, state] = [join(root, "data"), join(root, "state")];
    mkdirSync(data);
    this.#given.clear();
    const { host, port } = this.#seeder;
    const words = [this.#torrent, "--dir", data, "--state-dir", state, "--json", "--no-trackers"];
    const where = ["--peer", `${host}:${port}`, "--port", "0", "--bind", "127.0.0.1"];
    const command = {
      words: [script, ...words, ...where],
      roots: [root],
      atCall: end !== undefined && "atCall" in end ? end.atCall : 0,
      environment: { KILL_MAKING: String(this.#makingMs) },
    };
    const before = this.#seeder.givenBytes;
    const { calls, wasKilled, program } = await this.#killer.run(command, (running) => {
      if (end === undefined || !("afterBytes" in end)) return;
      this.#afterBlock = () => {
        if (this.#seeder.givenBytes - before >= end.afterBytes) running.killSession();
      };
    });
    this.#afterBlock = () => {};
    const said = program.lines
      .flatMap((line) => wellFormed(line))
      .filter(({ event, verified }) => event === "piece" && verified === true)
      .map(({ index }) => index ?? 0);
    const looked = await this.#look(data, state, new Set(said));
    return { calls, wasKilled, ...looked };
  }

  /** Starts an engine on what is left, which fetches nothing, and compares what it says with our own hashes. */
  async #look(
    data: string,
    state: string,
    said: ReadonlySet<number>,
  ): Promise<Pick<Crash, "violations" | "unfound" | "redone">> {
    const violations: string[] = [];
    await using coordinator = await Coordinator.start({
      ...quiet,
      host: "inline",
      stateDirectory: state,
      port: 0,
      bind: ["127.0.0.1"],
    });
    const { torrents, failed } = await coordinator.restore();
    for (const { error } of failed) violations.push(`not restored: ${error.message}`);
    const isListed =
      existsSync(join(state, "torrents")) &&
      readdirSync(join(state, "torrents")).some((name) => name.endsWith(".job"));
    // A torrent with a record and without its saved .torrent is on the list too.
    if ((isListed || said.size > 0) && torrents.length !== 1) {
      violations.push("the list is not whole");
    }
    const torrent =
      torrents[0] ??
      (await coordinator.add(readFileSync(this.#torrent), { directory: data, useTrackers: false }));
    await torrent.checked;
    const { bitfield, pieceCount } = torrent;
    const found = contentOf(data, this.#payload.paths, fileLengths);
    // Before anything else runs: it knows the seeder, and begins at once to fetch what is missing.
    const given = new Set(this.#given);
    let [unfound, redone] = [0, 0];
    for (let piece = 0; piece < pieceCount; piece++) {
      const [from, to] = [piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes];
      const isThere = sha1(found.subarray(from, to)) === sha1(this.#content.subarray(from, to));
      if (hasBit(bitfield, piece) && !isThere) violations.push(`false have of piece ${piece}`);
      if (hasBit(bitfield, piece)) continue;
      if (isThere) unfound++;
      if (given.has(piece)) redone++;
      // Not only those of a second before (case F16): what the system has taken outlives the program.
      if (said.has(piece)) violations.push(`piece ${piece} was said to be had, and is lost`);
    }
    return { violations, unfound, redone };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

interface SaidLine {
  readonly event: string;
  readonly verified?: boolean;
  readonly index?: number;
}

/** The last line of a process that was killed may be cut. */
function wellFormed(line: string): readonly SaidLine[] {
  try {
    return [JSON.parse(line) as SaidLine];
  } catch {
    return [];
  }
}

/** The files one after the other; what is missing is zeros when the lengths are told. */
function contentOf(folder: string, paths: readonly string[], lengths?: readonly number[]): Buffer {
  return Buffer.concat(
    paths.map((path, file) => {
      const whole = join(folder, path);
      const bytes = existsSync(whole) ? readFileSync(whole) : Buffer.alloc(0);
      const due = lengths?.[file] ?? bytes.length;
      return Buffer.concat([bytes, Buffer.alloc(Math.max(0, due - bytes.length))]);
    }),
  );
}

function sha1(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}

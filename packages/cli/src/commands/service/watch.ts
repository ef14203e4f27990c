// `troupe watch`: the live display of a service.

import { renderFrame, type Scene } from "../../display/frame.ts";
import { plainLine } from "../../display/plain-line.ts";
import { rowView } from "../../display/service/row-view.ts";
import { answeredDetails } from "../../display/service/shown-torrent.ts";
import { styleFor, type PaintedLine } from "../../display/style.ts";
import type { TorrentDetails } from "../../display/details.ts";
import type { TorrentView } from "../../display/torrent-view.ts";
import { formatCount } from "../../display/units.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { LineWriter } from "../../output/line-writer.ts";
import { LiveScreen, PlainScreen, type Screen } from "../../report/screen.ts";
import { RowFollower, type RowChange } from "../../service-client/row-follower.ts";
import type { TorrentRow } from "../../service-client/service-port.ts";
import { allWord, findTorrents } from "../../service-client/torrent-names.ts";
import { whenStopRequested } from "../torrent-end.ts";
import { askDetails } from "./show.ts";
import type { ServiceRun } from "./service-run.ts";
import { WatchLines } from "./watch-lines.ts";

const secondMs = 1_000;

/**
 * Shows torrents until the user stops the command, or until those that were named are gone.
 *
 * @param words TORRENTs as written; without any, all.
 */
export async function watchTorrents(
  words: readonly string[],
  run: ServiceRun,
): Promise<ExitCodeValue> {
  const watch = new Watch(words, run);
  return await watch.run();
}

class Watch {
  readonly #run: ServiceRun;
  readonly #words: readonly string[];
  readonly #follower: RowFollower;
  readonly #lines: WatchLines | undefined;
  readonly #gone = Promise.withResolvers<void>();
  /** Info-hashes of the torrents that the words name; undefined: all, also later ones. */
  #named: Set<string> | undefined;
  /** Views of rows, which never change: most torrents are at rest. */
  readonly #views = new WeakMap<TorrentRow, TorrentView>();
  /** Details of the torrent that is shown alone. */
  #details: { readonly torrent: string; readonly shown: TorrentDetails } | undefined;
  #isAsking = false;
  readonly #beganAtMs: number;

  constructor(words: readonly string[], run: ServiceRun) {
    const { service, environment, json, reporter } = run;
    this.#run = run;
    this.#words = words;
    this.#beganAtMs = environment.nowMs();
    this.#lines = json ? new WatchLines(reporter, environment) : undefined;
    this.#follower = new RowFollower(service, environment);
  }

  async run(): Promise<ExitCodeValue> {
    const { environment } = this.#run;
    using owned = new DisposableStack();
    await this.#follower.load();
    this.#named = this.#namedAtFirst();
    this.#lines?.take({ rows: this.#shownRows(), removed: [] });
    owned.use(this.#follower.follow((change) => this.#changed(change)));
    if (this.#lines === undefined) owned.adopt(this.#screen(), (screen) => screen.close());
    owned.use(environment.every(secondMs, () => this.#everySecond()));
    void this.#ask();
    const stopped = whenStopRequested(environment.stop);
    const end = await Promise.race([stopped, this.#gone.promise, this.#follower.ended]);
    return end === "stopped" ? ExitCode.stopped : ExitCode.done;
  }

  #namedAtFirst(): Set<string> | undefined {
    const isAll = this.#words.length === 0 || this.#words.includes(allWord);
    if (isAll) return undefined;
    const found = findTorrents(this.#words, this.#follower.rows);
    return new Set(found.map(({ torrent }) => torrent));
  }

  #changed({ rows, removed }: RowChange): void {
    const isShown = (row: TorrentRow): boolean => this.#isShown(row);
    this.#lines?.take({ rows: rows.filter(isShown), removed: removed.filter(isShown) });
    for (const { torrent } of removed) this.#named?.delete(torrent);
    if (this.#named?.size === 0) this.#gone.resolve();
  }

  #isShown({ torrent }: TorrentRow): boolean {
    return this.#named?.has(torrent) ?? true;
  }

  #shownRows(): TorrentRow[] {
    return this.#follower.rows.filter((row) => this.#isShown(row));
  }

  #screen(): Screen {
    const { environment } = this.#run;
    const { stderr, variables, platform } = environment;
    const isLive = stderr.isTTY === true && variables["TERM"] !== "dumb";
    const style = styleFor(variables, platform, stderr.hasColors?.() === true);
    return isLive
      ? new LiveScreen(stderr, (size) => renderFrame(this.#scene(), size, style), environment)
      : new PlainScreen(new LineWriter(stderr), () => this.#plainLines(), environment);
  }

  #plainLines(): string[] {
    const { views, note } = this.#scene();
    return [...views.map((view) => plainLine(view)), ...(note === undefined ? [] : [note.text])];
  }

  #scene(): Scene {
    const rows = this.#shownRows();
    return {
      views: rows.map((row) => this.#view(row)),
      note: this.#note(rows.length),
      workers: [],
    };
  }

  #view(row: TorrentRow): TorrentView {
    if (this.#details?.torrent === row.torrent) {
      const elapsedMs = this.#run.environment.nowMs() - this.#beganAtMs;
      return rowView(row, this.#details.shown, elapsedMs / secondMs);
    }
    const known = this.#views.get(row) ?? rowView(row);
    this.#views.set(row, known);
    return known;
  }

  #note(count: number): PaintedLine | undefined {
    const { failure } = this.#follower;
    if (failure !== undefined)
      return { text: `${failure.sentence}; it is asked again`, colour: "yellow" };
    if (count === 0) return { text: "the service has no torrent", colour: "dim" };
    return count === 1 ? undefined : { text: formatCount(count, "torrent"), colour: "dim" };
  }

  #everySecond(): void {
    this.#lines?.write();
    void this.#ask();
  }

  /** Asks for the pieces, peers and trackers of a torrent that is shown alone. */
  async #ask(): Promise<void> {
    const [row, ...others] = this.#shownRows();
    if (this.#lines !== undefined || this.#isAsking) return;
    if (row === undefined || others.length > 0) {
      this.#details = undefined;
      return;
    }
    this.#isAsking = true;
    try {
      const answers = await askDetails(this.#run.service, row);
      this.#details = { torrent: row.torrent, shown: answeredDetails(row, answers) };
    } catch {
      // Removed, or without an engine: the last details stay.
    } finally {
      this.#isAsking = false;
    }
  }
}

// For people: results on stdout, everything else on stderr.

import type { FrameNote } from "../display/frame.ts";
import { styleFor } from "../display/style.ts";
import type { TorrentPort, WorkerEvent } from "../engine-port.ts";
import { describeFailure } from "../failure.ts";
import type { Failure } from "../failure.ts";
import { LineWriter } from "../output/line-writer.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Reporter, Result } from "./reporter.ts";
import { LiveScreen, PlainScreen } from "./screen.ts";
import type { Screen } from "./screen.ts";
import { trackerTrouble, warningSentence, workerTrouble } from "./sentences.ts";
import { TorrentWatch } from "./torrent-watch.ts";

/** The live display on a terminal, plain lines elsewhere. */
export class PeopleReporter implements Reporter {
  readonly #stdout: LineWriter;
  readonly #screen: Screen;
  readonly #isLive: boolean;
  readonly #watches: TorrentWatch[] = [];
  /** Trackers that do not answer now, by torrent and address; the newest last. */
  readonly #trackerTroubles = new Map<string, string>();
  readonly #ports: string[] = [];

  constructor(surroundings: Surroundings) {
    const { stderr, environment, platform } = surroundings;
    this.#stdout = new LineWriter(surroundings.stdout);
    this.#isLive = stderr.isTTY === true && environment["TERM"] !== "dumb";
    const picture = {
      views: () => this.#watches.map((watch) => watch.view()),
      note: () => this.#note(),
    };
    const style = styleFor(environment, platform, stderr.hasColors?.() === true);
    this.#screen = this.#isLive
      ? new LiveScreen(stderr, picture, style, surroundings)
      : new PlainScreen(new LineWriter(stderr), picture, surroundings);
  }

  listening(port: number, label?: string): void {
    this.#ports.push(label === undefined ? `port ${port}` : `port ${port} (${label})`);
    if (!this.#isLive) this.#screen.print(`troupe: listening on ${this.#ports.at(-1) ?? ""}`);
  }

  follow(torrent: TorrentPort, label?: string): void {
    const watch = new TorrentWatch(torrent, label);
    this.#watches.push(watch);
    for (const message of torrent.warnings) {
      this.#screen.print(warningSentence(watch.name, { code: "torrent-odd", message }));
    }
    torrent.on("warning", (event) => this.#screen.print(warningSentence(watch.name, event)));
    torrent.on("tracker", (event) => {
      const key = `${torrent.infoHash} ${event.url}`;
      const trouble = trackerTrouble(event);
      const isNews = trouble !== undefined && this.#trackerTroubles.get(key) !== trouble;
      this.#trackerTroubles.delete(key);
      if (trouble !== undefined) this.#trackerTroubles.set(key, trouble);
      if (isNews && !this.#isLive) this.#screen.print(`troupe: ${watch.name}: ${trouble}`);
    });
  }

  worker(event: WorkerEvent): void {
    const trouble = workerTrouble(event);
    if (trouble !== undefined) this.#screen.print(`troupe: ${trouble}`);
  }

  failed(failure: Failure, subject?: string): void {
    this.#screen.print(describeFailure(failure, subject));
  }

  fell(failure: Failure, torrent: TorrentPort): void {
    this.#screen.print(describeFailure(failure, torrent.name));
  }

  result({ text }: Result): void {
    this.#screen.aside(() => this.#stdout.write(text, "keep"));
  }

  note(line: string): void {
    this.#screen.print(line);
  }

  async close(giveUp: AbortSignal): Promise<void> {
    this.#screen.close();
    await this.#stdout.drained(giveUp);
  }

  #note(): FrameNote | undefined {
    const trouble = [...this.#trackerTroubles.values()].at(-1);
    if (trouble !== undefined) return { text: trouble, colour: "yellow" };
    if (this.#ports.length === 0) return undefined;
    return { text: `listening on ${this.#ports.join(", ")}`, colour: "dim" };
  }
}

/** `--quiet`: failures only. */
export class QuietReporter implements Reporter {
  readonly #stderr: LineWriter;

  constructor(surroundings: Surroundings) {
    this.#stderr = new LineWriter(surroundings.stderr);
  }

  listening(): void {}
  follow(): void {}
  worker(): void {}
  result(): void {}
  note(): void {}

  failed(failure: Failure, subject?: string): void {
    this.#stderr.write(describeFailure(failure, subject), "keep");
  }

  fell(failure: Failure, torrent: TorrentPort): void {
    this.failed(failure, torrent.name);
  }

  async close(): Promise<void> {}
}

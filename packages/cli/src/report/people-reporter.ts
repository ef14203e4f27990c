import { cleanText } from "@troupe/protocol/text";
import { renderFrame, type Scene } from "../display/frame.ts";
import { plainLine } from "../display/plain-line.ts";
import { styleFor, type PaintedLine } from "../display/style.ts";
import type {
  CodedMessage,
  CoordinatorPort,
  DhtEvent,
  IpFilterStatus,
  ListeningEvent,
  TorrentPort,
} from "../engine-port.ts";
import { describeFailure, type Failure } from "../failure.ts";
import { LineWriter } from "../output/line-writer.ts";
import type { Environment } from "../environment.ts";
import type { FollowOptions, Reporter, Result } from "./reporter.ts";
import { LiveScreen, PlainScreen, type Screen } from "./screen.ts";
import {
  dhtSentence,
  ipFilterSentence,
  metadataSentence,
  portSentence,
  trackerTrouble,
  warningSentence,
  whyTrouble,
  workerTrouble,
} from "./sentences.ts";
import { TorrentWatch } from "./torrent-watch.ts";
import { WorkerWatch } from "./worker-watch.ts";

/** Period in which pieces, peers, trackers and workers are polled. */
const pollPeriodMs = 1_000;

/** Results on stdout, the rest on stderr: the live display on a terminal, plain lines elsewhere. */
export class PeopleReporter implements Reporter {
  readonly #stdout: LineWriter;
  readonly #screen: Screen;
  readonly #isLive: boolean;
  readonly #watches: TorrentWatch[] = [];
  readonly #workers: WorkerWatch[] = [];
  readonly #nowMs: () => number;
  readonly #owned = new DisposableStack();
  /** By torrent and address, of failing trackers. */
  readonly #trackerTroubles = new Map<string, string>();
  #status: string | undefined;
  /** By the label of the engine. */
  readonly #ports = new Map<string | undefined, string>();
  /** Ports of the DHT node, by the label of the engine. */
  readonly #dht = new Map<string | undefined, string>();

  constructor(environment: Environment) {
    const { stderr, variables, platform } = environment;
    this.#stdout = new LineWriter(environment.stdout);
    this.#isLive = stderr.isTTY === true && variables["TERM"] !== "dumb";
    this.#nowMs = () => environment.nowMs();
    const style = styleFor(variables, platform, stderr.hasColors?.() === true);
    this.#screen = this.#isLive
      ? new LiveScreen(stderr, (size) => renderFrame(this.#scene(), size, style), environment)
      : new PlainScreen(new LineWriter(stderr), () => this.#plainLines(), environment);
    // Plain lines show no polled details.
    if (this.#isLive) this.#owned.use(environment.every(pollPeriodMs, () => this.#poll()));
  }

  listening({ bound, port }: Pick<CoordinatorPort, "bound" | "port">, label?: string): void {
    const held = bound !== undefined && { bound };
    this.#listensOn({ port, listenPort: port, ...held }, label);
  }

  filtering(filter: IpFilterStatus): void {
    this.#screen.print(ipFilterSentence(filter));
  }

  follow(torrent: TorrentPort, { label, place = Infinity }: FollowOptions = {}): void {
    const watch = new TorrentWatch(torrent, this.#nowMs, { label, place });
    const after = this.#watches.findIndex((other) => other.place > place);
    this.#watches.splice(after < 0 ? this.#watches.length : after, 0, watch);
    if (this.#isLive) void watch.poll();
    else this.#followAsLines(watch);
    const warnOfOddities = (): void => {
      for (const message of torrent.warnings) {
        this.#screen.print(warningSentence(watch.name, { code: "torrent-odd", message }));
      }
    };
    warnOfOddities();
    torrent.on("metadata", warnOfOddities);
    torrent.on("warning", (event) => this.#screen.print(warningSentence(watch.name, event)));
  }

  supervise(engine: CoordinatorPort, label?: string): void {
    engine.on("listening", (event) => this.#listensOn(event, label));
    engine.on("dht", (ports) => this.#hasDht(ports, label));
    engine.on("warning", ({ source, ...warning }) => this.warned(warning, source));
    engine.on("worker", (event) => {
      const trouble = workerTrouble(event, label);
      if (trouble !== undefined) this.#screen.print(`troupe: ${trouble}`);
    });
    if (!this.#isLive) return;
    const watch = new WorkerWatch(engine, label);
    this.#workers.push(watch);
    void watch.poll();
  }

  failed(failure: Failure, subject?: string): void {
    this.#screen.print(describeFailure(failure, subject));
  }

  torrentFailed(failure: Failure, torrent: TorrentPort): void {
    this.#screen.print(describeFailure(failure, torrent.name));
  }

  warned(warning: CodedMessage, subject: string): void {
    this.#screen.print(warningSentence(cleanText(subject, 200), warning));
  }

  result({ text }: Result): void {
    this.#screen.writeBeside(() => {
      this.#stdout.write(text, "keep");
      this.#stdout.flush();
    });
  }

  remark({ text }: Result): void {
    this.#screen.print(text);
  }

  record(): void {}

  status(text: string | undefined): void {
    this.#status = text;
  }

  note(line: string): void {
    this.#screen.print(line);
  }

  async close(giveUp: AbortSignal): Promise<void> {
    this.#owned.dispose();
    this.#screen.close();
    await this.#stdout.drained(giveUp);
  }

  /** The live display itself shows these. */
  #followAsLines(watch: TorrentWatch): void {
    const { torrent } = watch;
    torrent.on("metadata", (event) =>
      this.#screen.print(metadataSentence(torrent.infoHash, event)),
    );
    torrent.on("tracker", (event) => {
      const key = `${torrent.infoHash} ${event.url}`;
      const trouble = trackerTrouble(event);
      const isNews = trouble !== undefined && this.#trackerTroubles.get(key) !== trouble;
      this.#trackerTroubles.delete(key);
      if (trouble !== undefined) this.#trackerTroubles.set(key, trouble);
      if (isNews) this.#screen.print(`troupe: ${watch.name}: ${trouble}`);
    });
    torrent.on("why", (event) => {
      const trouble = whyTrouble(event);
      if (trouble !== undefined) this.#screen.print(`troupe: ${watch.name}: ${trouble}`);
    });
  }

  /** An engine behind a proxy listens on no port. */
  #listensOn(event: ListeningEvent, label: string | undefined): void {
    if (event.listenPort === 0) return;
    const port = portSentence(event);
    const text = label === undefined ? port : `${port} (${label})`;
    this.#ports.set(label, text);
    if (!this.#isLive) this.#screen.print(`troupe: listening on ${text}`);
  }

  #hasDht(ports: DhtEvent, label: string | undefined): void {
    const sentence = dhtSentence(ports);
    this.#dht.delete(label);
    if (sentence === undefined) return;
    const text = label === undefined ? sentence : `${sentence} (${label})`;
    this.#dht.set(label, text);
    if (!this.#isLive) this.#screen.print(`troupe: ${text}`);
  }

  #poll(): void {
    for (const watch of [...this.#watches, ...this.#workers]) void watch.poll();
  }

  #plainLines(): string[] {
    return this.#scene().views.map((view) => plainLine(view));
  }

  #scene(): Scene {
    return {
      views: this.#watches.map((watch) => watch.view()),
      note: this.#note(),
      workers: this.#workers.flatMap((watch) => watch.views()),
    };
  }

  #note(): PaintedLine | undefined {
    if (this.#status !== undefined) return { text: this.#status, colour: "dim" };
    if (this.#ports.size === 0) return undefined;
    const ports = `listening on ${[...this.#ports.values()].join(", ")}`;
    return { text: [ports, ...this.#dht.values()].join(", "), colour: "dim" };
  }
}

/** `--quiet`: failures only. */
export class QuietReporter implements Reporter {
  readonly #stderr: LineWriter;

  constructor(environment: Environment) {
    this.#stderr = new LineWriter(environment.stderr);
  }

  listening(): void {}
  filtering(): void {}
  follow(): void {}
  supervise(): void {}
  warned(): void {}
  result(): void {}
  remark(): void {}
  record(): void {}
  status(): void {}
  note(): void {}

  failed(failure: Failure, subject?: string): void {
    this.#stderr.write(describeFailure(failure, subject), "keep");
  }

  torrentFailed(failure: Failure, torrent: TorrentPort): void {
    this.failed(failure, torrent.name);
  }

  async close(): Promise<void> {}
}

import type { CodedMessage, CoordinatorPort, IpFilterStatus, TorrentPort } from "../engine-port.ts";
import { describeFailure, type Failure } from "../failure.ts";
import type { JsonEvent } from "../output/json-events.ts";
import type { AnyJsonLine } from "../output/json-line.ts";
import { JsonLines } from "../output/json-lines.ts";
import { LineWriter } from "../output/line-writer.ts";
import type { Environment } from "../environment.ts";
import { followAsLines } from "./event-lines.ts";
import type { FollowOptions, Reporter, Result } from "./reporter.ts";

/** `--json`: events on stdout; stderr has only messages for people. */
export class JsonReporter implements Reporter {
  readonly #stderr: LineWriter;
  readonly #lines: JsonLines;

  /** @param wanted The events that are written. Default: all. */
  constructor(environment: Environment, wanted?: ReadonlySet<JsonEvent>) {
    this.#stderr = new LineWriter(environment.stderr);
    const writer = new LineWriter(environment.stdout);
    this.#lines = new JsonLines(writer, () => environment.epochMs(), wanted);
  }

  listening({ bound, port }: Pick<CoordinatorPort, "bound" | "port">, label?: string): void {
    const held = bound !== undefined && { bound };
    this.#lines.emit("listening", null, { port, ...held, ...labelField(label) });
  }

  filtering({ path, ranges, skippedLines }: IpFilterStatus): void {
    this.#lines.emit("ip-filter", null, { path, ranges, skippedLines });
  }

  follow(torrent: TorrentPort, { label, endsWhenComplete = false }: FollowOptions = {}): void {
    followAsLines(this.#lines, torrent, endsWhenComplete, labelField(label));
  }

  supervise(engine: CoordinatorPort, label?: string): void {
    engine.on("listening", (event) => {
      this.#lines.emit("listening", null, { ...event, ...labelField(label) });
    });
    engine.on("dht", (ports) => {
      this.#lines.emit("dht", null, { ...ports, ...labelField(label) });
    });
    engine.on("warning", ({ source, ...warning }) => this.warned(warning, source));
    engine.on("worker", ({ name, state, restarts, error }) => {
      const fields = { name, state, restarts, ...(error !== undefined && { error }) };
      this.#lines.emit("worker", null, { ...fields, ...labelField(label) });
    });
  }

  failed(failure: Failure, subject?: string): void {
    const { code, sentence: message } = failure;
    this.#lines.emit("error", null, {
      code,
      message,
      ...(subject !== undefined && { source: subject }),
    });
    this.#stderr.write(describeFailure(failure, subject), "keep");
  }

  torrentFailed(failure: Failure, torrent: TorrentPort): void {
    this.#stderr.write(describeFailure(failure, torrent.name), "keep");
  }

  warned({ code, message }: CodedMessage, subject: string) {
    this.#lines.emit("warning", null, { code, message, source: subject });
  }

  remark(remark: Result): void {
    this.result(remark);
  }

  record({ event, infoHash, fields }: AnyJsonLine): void {
    this.#lines.emit(event, infoHash, fields);
  }

  status(): void {}

  result({ line }: Result): void {
    if (line !== undefined) this.record(line);
  }

  note(line: string): void {
    this.#stderr.write(line, "spare");
  }

  async close(giveUp: AbortSignal): Promise<void> {
    await this.#lines.finish(giveUp);
  }
}

function labelField(label: string | undefined): { readonly role?: string } {
  return label === undefined ? {} : { role: label };
}

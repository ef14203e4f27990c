import { TroupeError } from "@troupe/control";
import type { CommandName } from "@troupe/control/commands";
import type { ServiceCalls, TorrentQuestion } from "../../src/routes/service-calls.ts";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { LiveView } from "../../src/view/torrent-view.ts";

/** A command with its arguments. */
export type RecordedCall = readonly [name: string, given: object];

/** Calls that answer as a test says, and keep what they were asked. */
export class RecordedCalls implements ServiceCalls {
  readonly right: ServiceCalls["right"];
  readonly made: RecordedCall[] = [];
  readonly live = new LiveView();
  readonly #answers: Readonly<Record<string, unknown>>;
  #version = 0;

  /** @param answers Results by the names of commands and questions. An error is thrown. */
  constructor(
    rows: readonly TorrentRow[] = [],
    answers: Readonly<Record<string, unknown>> = {},
    right: ServiceCalls["right"] = "control",
  ) {
    this.right = right;
    this.#answers = answers;
    this.change(rows);
  }

  change(rows: readonly TorrentRow[], removed: readonly string[] = []): void {
    this.live.apply({ version: ++this.#version, rows, removed }, 0);
  }

  view(): Promise<LiveView> {
    return Promise.resolve(this.live);
  }

  async run(name: CommandName, given: object): Promise<never> {
    this.made.push([name, given]);
    return this.#answer(name);
  }

  async ask(name: TorrentQuestion, torrent: string): Promise<never> {
    if (this.live.row(torrent) === undefined)
      throw new TroupeError("no-torrent", `there is no torrent ${torrent}`);
    return this.#answer(name);
  }

  async feeds(name: string, given: unknown): Promise<never> {
    this.made.push([name, given as object]);
    return this.#answer(name);
  }

  #answer(name: string): never {
    const answer = this.#answers[name];
    if (answer instanceof Error) throw answer;
    // The type of a result is the test's to keep.
    return answer as never;
  }
}

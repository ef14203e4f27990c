// A service that remembers what it is asked, and answers from a table.

import type { CommandName, CommandResults } from "@troupe/control/commands";
import type {
  FeedRow,
  NewToken,
  RowList,
  ServiceEvent,
  ServicePort,
  TokenRow,
  TorrentRow,
} from "../../src/service-client/service-port.ts";
import { CommandError } from "../../src/failure.ts";
import { exampleRow } from "../../../service/test/support/example-row.ts";

/** A row with a hash of its own: 40 times the digit. */
export function rowOf(digit: string, number: number, row: Partial<TorrentRow> = {}): TorrentRow {
  return exampleRow({ torrent: digit.repeat(40), number, name: `film ${number}`, ...row });
}

/** A peer as the service lists it. */
export function peerOf(
  peer: Partial<CommandResults["peers"][number]> = {},
): CommandResults["peers"][number] {
  return {
    host: "192.0.2.7",
    port: 6881,
    isIncoming: false,
    sources: ["dht-internet"],
    client: "aria2 1.36.0",
    haveShare: 0.5,
    downloadedBytes: 0,
    uploadedBytes: 0,
    downBytesPerSecond: 1_048_576,
    upBytesPerSecond: 0,
    amInterested: true,
    isPeerInterested: false,
    amChokedByPeer: false,
    isPeerChoked: true,
    isSnubbed: false,
    isOptimistic: false,
    hasFast: true,
    transport: "tcp",
    encryption: "none",
    isUploadOnly: false,
    flags: "D",
    requestsOut: 1,
    requestsIn: 0,
    roundTripMs: 20,
    blockTimeMs: 30,
    ...peer,
  };
}

/** The stream of events that a test writes. */
class FakeStream {
  readonly #waiting: ServiceEvent[] = [];
  #wake: (() => void) | undefined;
  #isOver = false;

  send(event: ServiceEvent): void {
    this.#waiting.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  async *read(): AsyncGenerator<ServiceEvent> {
    while (!this.#isOver || this.#waiting.length > 0) {
      const event = this.#waiting.shift();
      if (event !== undefined) yield event;
      // oxlint-disable-next-line no-await-in-loop
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Answers, and remembers the calls. */
export class FakeService implements ServicePort {
  rows: TorrentRow[] = [];
  version = 1;
  /** Each command with its arguments. */
  readonly calls: (readonly [name: string, given: object])[] = [];
  /** Answers of commands; an error is thrown. */
  readonly answers = new Map<CommandName, unknown>();
  /** Questions for all rows. */
  lists = 0;
  /** The next questions for all rows fail. */
  listFailure: CommandError | undefined;
  readonly streams: FakeStream[] = [];
  tokenRows: TokenRow[] = [];
  feedRows: readonly FeedRow[] = [];
  readonly passwords: (string | undefined)[] = [];

  // Not `async`: the compiler would unfold the results of all commands.
  run<Name extends CommandName>(name: Name, given: object): Promise<CommandResults[Name]> {
    return this.#run(name, given) as Promise<CommandResults[Name]>;
  }

  async #run(name: CommandName, given: object): Promise<unknown> {
    this.calls.push([name, given]);
    const answer = this.answers.get(name);
    if (answer instanceof Error) throw answer;
    const { torrent } = given as { readonly torrent?: string };
    if (name !== "status") return answer;
    const row = this.rows.find((each) => each.torrent === torrent);
    if (row === undefined) throw new CommandError("no-torrent", "it is gone");
    return row;
  }

  async torrents(): Promise<RowList> {
    this.lists++;
    if (this.listFailure !== undefined) throw this.listFailure;
    return { version: this.version, rows: this.rows };
  }

  events(signal: AbortSignal): AsyncIterable<ServiceEvent> {
    const stream = new FakeStream();
    signal.addEventListener("abort", () => stream.end());
    this.streams.push(stream);
    return stream.read();
  }

  async setPassword(password: string | undefined): Promise<string | undefined> {
    this.passwords.push(password);
    return password === undefined ? "k3v9t-0m2qe" : undefined;
  }

  async createToken(name: string, right: TokenRow["right"]): Promise<NewToken> {
    const id = `id-${name}`;
    this.tokenRows.push({ id, name, right });
    return { id, token: `troupe_${name}` };
  }

  async feeds(): Promise<readonly FeedRow[]> {
    return this.feedRows;
  }

  async tokens(): Promise<readonly TokenRow[]> {
    return this.tokenRows;
  }

  async revokeToken(id: string): Promise<void> {
    this.tokenRows = this.tokenRows.filter((token) => token.id !== id);
  }
}

/** The error of a service that does not run. */
export function notRunning(): CommandError {
  return new CommandError("no-service", "no service is running");
}

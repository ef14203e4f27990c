// A service with transmission-remote, and a small torrent.

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { TransmissionRemote, type RemoteAnswer } from "./transmission-remote.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { writePayload } from "../files/payload.ts";
import { writeTorrentFile } from "../files/torrent-file.ts";
import { Served } from "../service/served.ts";
import { until } from "../time/until.ts";

/** A service with transmission-remote, and the torrent 1 if it is added. */
export class RemoteControl implements AsyncDisposable {
  readonly served: Served;
  readonly remote: TransmissionRemote;
  readonly file: string;
  /** The folder of the whole payload. */
  readonly source: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(served: Served, source: string, file: string, stack: AsyncDisposableStack) {
    this.served = served;
    this.source = source;
    this.file = file;
    this.remote = new TransmissionRemote(served.port, { user: "troupe", text: served.password });
    this.#stack = stack;
  }

  static async open(trackers: readonly string[] = []): Promise<RemoteControl> {
    await using stack = new AsyncDisposableStack();
    const source = stack.use(temporaryFolder("remote-source")).path;
    const files = [
      { path: ["a.bin"], lengthBytes: 40_000 },
      { path: ["b.bin"], lengthBytes: 20_000 },
    ];
    const shape = { name: "payload", pieceLengthBytes: 16 * 1024, files };
    const payload = writePayload({ ...shape, folder: source });
    const { path } = writeTorrentFile(payload, trackers);
    const served = stack.use(await Served.open({ engine: { localHosts: ["127.0.0.1"] } }));
    return new RemoteControl(served, source, path, stack.move());
  }

  get data(): string {
    return join(this.served.folder, "data");
  }

  /** Puts the payload where the torrent 1 looks for it. */
  placeData(): void {
    mkdirSync(join(this.data, "payload"), { recursive: true });
    for (const name of ["a.bin", "b.bin"])
      copyFileSync(join(this.source, "payload", name), join(this.data, "payload", name));
  }

  /** Runs transmission-remote. */
  async run(words: string): Promise<RemoteAnswer> {
    const told = words.replaceAll("DATA", this.data).replaceAll("FILE", this.file);
    return await this.remote.run(...told.split(" "));
  }

  /** Runs transmission-remote. @throws rejects when it fails. */
  async call(words: string): Promise<string> {
    const { status, text } = await this.run(words);
    if (status !== 0) throw new Error(`transmission-remote ${words}: ${text}`);
    return text;
  }

  /** The text that a reading call prints. */
  async read(how: string): Promise<string> {
    const [, key] = /^session-get (.*)$/.exec(how) ?? [];
    if (key === undefined) return await this.call(how);
    const text = JSON.stringify({ method: "session-get", arguments: { fields: [key] } });
    const basic = this.served.basic();
    const { headers } = await this.served.ask("/transmission/rpc", { headers: basic, text });
    const id = { "x-transmission-session-id": String(headers["x-transmission-session-id"]) };
    const answer = await this.served.ask("/transmission/rpc", {
      headers: { ...basic, ...id },
      text,
    });
    return String(answer.body.arguments[key]);
  }

  async until(read: string, shows: RegExp): Promise<void> {
    await until(`${read} shows ${shows}`, async () => shows.test(await this.read(read)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

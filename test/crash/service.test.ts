// A service that is killed while remotes add, move and remove torrents by all dialects: what was answered with success is
// there after the next start, and what was not is there wholly or not at all. KILLS sets the number of kills (2, 4 in
// the long lanes).

import { request } from "node:http";
import { join } from "node:path";
import { encode } from "@troupe/protocol/bencode";
import { parseTorrent } from "@troupe/protocol/metainfo";
import test from "ava";
import { isLong } from "../support/lanes.ts";
import { quickDisk } from "../support/files/quick-disk.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { Command } from "../support/programs/command.ts";
import { savePassword } from "../support/service/saved-password.ts";
import { quietWords } from "../support/swarm/quiet.ts";
import { until } from "../support/time/until.ts";

const kills = Number(process.env["KILLS"] ?? (isLong ? 4 : 2));
/** Requests under way at once. */
const remotes = 4;
/** Changes of a run that are answered before its kill; other requests are under way then. */
const mostAnswered = 300;
/** With more torrents known, remotes only remove: a start takes longer with each. */
const mostTorrents = 600;

/** Knowledge of a torrent. `unsure`: the last change was not answered. */
type Known =
  | { readonly kind: "there"; readonly folder: string; readonly by?: string }
  | { readonly kind: "gone" }
  | { readonly kind: "unsure"; readonly folders: readonly string[] };

class Remote {
  readonly #socket: string;
  readonly #known = new Map<string, Known>();
  readonly #folder: string;
  #made = 0;
  /** Changes that were answered with success. */
  answered = 0;
  /** Errors of another kind than a connection that ended. */
  readonly faults: string[] = [];

  constructor(folder: string) {
    this.#socket = join(folder, "state/service/socket");
    this.#folder = join(folder, "data");
  }

  /** Makes changes until the service is gone. */
  async change(): Promise<void> {
    for (;;) {
      const usual = [this.#add, this.#add, this.#remove, this.#move][this.#made++ % 4];
      const change = this.#there.length > mostTorrents ? this.#remove : usual;
      try {
        await change?.call(this);
        this.answered++;
      } catch (error) {
        if (!isCut(error)) this.faults.push(String(error));
        return;
      }
    }
  }

  /** Compares what is known with the service. @returns Differences. */
  async compare(): Promise<string[]> {
    const torrents = await this.#list();
    const seen = new Map<string, string>(
      torrents.map(({ torrent, directory }) => [torrent, directory] as const),
    );
    const wrong = [...this.#known].flatMap(([torrent, known]) => {
      const folder = seen.get(torrent);
      const isRight = isAs(known, folder);
      // The next kill begins with what is there now.
      this.#known.set(torrent, folder === undefined ? gone : { kind: "there", folder });
      return isRight ? [] : [`${torrent} is in ${folder}, known ${JSON.stringify(known)}`];
    });
    const strange = [...seen.keys()].filter((torrent) => !this.#known.has(torrent));
    return [...wrong, ...strange.map((torrent) => `${torrent} was never added`)];
  }

  async #list(): Promise<readonly { torrent: string; directory: string }[]> {
    const torrents: { torrent: string; directory: string }[] = [];
    for (let cursor = "", isLast = false; !isLast;) {
      const page = await this.#api("GET", `/api/v1/torrents?fields=directory${cursor}`);
      torrents.push(...page.torrents);
      cursor = `&cursor=${page.cursor}`;
      isLast = page.cursor === undefined;
    }
    return torrents;
  }

  async #add(): Promise<void> {
    const bytes = torrentFile(this.#made);
    const { infoHash } = parseTorrent(bytes);
    const metainfo = Buffer.from(bytes).toString("base64");
    this.#known.set(infoHash, { kind: "unsure", folders: [this.#folder] });
    const ways = [
      () => this.#command("add", { metainfo, state: "stopped" }),
      () => this.#rpc("torrent-add", { metainfo, paused: true }),
      () => this.#form("torrents/add", { urls: `magnet:?xt=urn:btih:${infoHash}`, paused: "true" }),
    ];
    const way = this.#made % 3;
    await ways[way]?.();
    const by = ["the own API", "Transmission", "qBittorrent"][way] ?? "";
    this.#known.set(infoHash, { kind: "there", folder: this.#folder, by });
  }

  async #remove(): Promise<void> {
    const [torrent, folder] = this.#one() ?? [];
    if (torrent === undefined || folder === undefined) return;
    this.#known.set(torrent, { kind: "unsure", folders: [folder] });
    const ways = [
      () => this.#command("remove", { torrent }),
      () => this.#rpc("torrent-remove", { ids: [torrent] }),
      () => this.#form("torrents/delete", { hashes: torrent, deleteFiles: "false" }),
    ];
    await ways[this.#made % 3]?.();
    this.#known.set(torrent, gone);
  }

  async #move(): Promise<void> {
    const [torrent, folder] = this.#one() ?? [];
    if (torrent === undefined || folder === undefined) return;
    const directory = join(this.#folder, `moved-${this.#made}`);
    this.#known.set(torrent, { kind: "unsure", folders: [folder, directory] });
    const { error } = await this.#api("POST", "/api/v1/commands/move", { torrent, directory });
    // A magnet has no files to move.
    const now = error === undefined ? directory : folder;
    this.#known.set(torrent, { kind: "there", folder: now });
  }

  get #there(): readonly (readonly [torrent: string, folder: string])[] {
    return [...this.#known].flatMap(([torrent, known]) =>
      known.kind === "there" ? [[torrent, known.folder] as const] : [],
    );
  }

  /** A torrent that is there, and that no other request changes. */
  #one(): readonly [torrent: string, folder: string] | undefined {
    const there = this.#there;
    return there[(this.#made * 7) % Math.max(1, there.length)];
  }

  async #rpc(method: string, given: object): Promise<void> {
    const path = "/transmission/rpc";
    const header = "x-transmission-session-id";
    const first = await this.#send("GET", path, {});
    const id = String(first.headers[header]);
    const body = JSON.stringify({ method, arguments: given });
    const answer = await this.#send("POST", path, { [header]: id }, body);
    const { result } = JSON.parse(answer.text) as { readonly result: string };
    if (result !== "success") throw new Error(result);
  }

  async #form(path: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams(fields).toString();
    const { status, text } = await this.#send("POST", `/api/v2/${path}`, type, body);
    if (status !== 200) throw new Error(text);
  }

  async #api(method: string, path: string, given?: object) {
    const type = { "content-type": "application/json" };
    const answer = await this.#send(method, path, type, given && JSON.stringify(given));
    return JSON.parse(answer.text);
  }

  /** @throws rejects with the text of a refusal. */
  async #command(name: string, given: object): Promise<void> {
    const { error } = await this.#api("POST", `/api/v1/commands/${name}`, given);
    if (error !== undefined) throw new Error(`${name}: ${JSON.stringify(error)}`);
  }

  async #send(method: string, path: string, headers: object, body?: string) {
    const { promise, resolve, reject } = Promise.withResolvers<{
      readonly status: number | undefined;
      readonly headers: Readonly<Record<string, unknown>>;
      readonly text: string;
    }>();
    const sent = request(
      { socketPath: this.#socket, method, path, agent: false, headers: { ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (more: string) => (text += more));
        response.on("error", reject);
        response.on("end", () => {
          if (!response.complete) return reject(new Error("the answer was cut"));
          resolve({ status: response.statusCode, headers: response.headers, text });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
    return await promise;
  }
}

function isCut(error: unknown): boolean {
  const { code = "", message } = error as { readonly code?: string; readonly message: string };
  const codes = ["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE"];
  return codes.includes(code) || message === "the answer was cut";
}

const gone: Known = { kind: "gone" };

function isAs(known: Known, folder: string | undefined): boolean {
  switch (known.kind) {
    case "there":
      return folder === known.folder;
    case "gone":
      return folder === undefined;
    case "unsure":
      return folder === undefined || known.folders.includes(folder);
  }
}

function torrentFile(index: number): Uint8Array {
  const info = {
    ...{ length: 10, name: `file ${index}`, "piece length": 16_384 },
    pieces: new Uint8Array(20).fill(index % 256),
  };
  return encode({ info });
}

test("what remotes were told is true after each kill of the service", async (t) => {
  using folder = temporaryFolder("service-kills", quickDisk());
  savePassword(join(folder.path, "state"));
  const remote = new Remote(folder.path);
  const places = ["--dir", "data", "--state-dir", "state", "--listen", "127.0.0.1:0"];
  const words = ["serve", ...places, "--port", "0", "--bind", "127.0.0.1", ...quietWords];
  const serve = async (): Promise<Command> => {
    const command = new Command(words, folder.path);
    await command.until("its places", () => command.stderr.includes("remotes connect to"));
    return command;
  };
  for (let kill = 0; kill < kills; kill++) {
    using command = await serve();
    t.deepEqual(await remote.compare(), [], `after kill ${kill}: ${command.stderr}`);
    const changes = Promise.all(Array.from({ length: remotes }, () => remote.change()));
    const enough = remote.answered + (mostAnswered * ((kill * 37) % 100)) / 100;
    // A fault ends the changes of its remote.
    await until(
      `${enough} changes are answered`,
      () => remote.answered >= enough || remote.faults.length > 0,
    );
    command.signal("SIGKILL");
    await command.ended;
    await changes;
  }
  using last = await serve();
  t.deepEqual(await remote.compare(), []);
  t.deepEqual(remote.faults, []);
  t.true(remote.answered > kills, `${remote.answered} changes`);
  t.log(`${remote.answered} changes were answered`);
  last.signal("SIGTERM");
  t.is((await last.ended).status, 0);
});

// Reads at once after writes, by each dialect; and the lists that pollers get while a service starts and ends. WRITES sets the
// number of torrents, STARTS that of starts.

import { request, type ClientRequest } from "node:http";
import test from "ava";
import { isLong } from "../support/lanes.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { freePort } from "../support/programs/free-port.ts";
import { TransmissionRpc, type RpcAnswer } from "../support/remotes/transmission-rpc.ts";
import { WebApi, type Fields } from "../support/remotes/web-api.ts";
import { ServedProcess } from "../support/service/served-process.ts";
import { Served } from "../support/service/served.ts";
import { until } from "../support/time/until.ts";

/** With three torrents each change is made by each dialect. */
const writes = Number(process.env["WRITES"] ?? (isLong ? 12 : 3));
/** Starts after the first one. */
const starts = Number(process.env["STARTS"] ?? (isLong ? 2 : 1));
const pollers = isLong ? 10 : 4;
const torrentsOfStarts = isLong ? 100 : 50;
const hashOf = (index: number): string => (index + 1).toString(16).padStart(40, "0");
const magnetOf = (torrent: string): string => `magnet:?xt=urn:btih:${torrent}`;

/** The state of a torrent as a dialect tells it; undefined for a torrent that is not there. */
type Told = { readonly isStopped: boolean; readonly label: string | undefined } | undefined;

/** A change, in each dialect: our own, Transmission's and qBittorrent's. */
type Ways = readonly [
  own: () => Promise<void>,
  rpc: () => Promise<unknown>,
  form: () => Promise<void>,
];

/** A remote that speaks all dialects, and reads the events. */
class Remote implements Disposable {
  readonly #served: Served;
  readonly #rpc: TransmissionRpc;
  readonly #web: WebApi;
  readonly #rows = new Map<string, Told>();
  readonly #stream: ClientRequest;

  constructor(served: Served) {
    this.#served = served;
    this.#rpc = new TransmissionRpc(served.port);
    this.#web = new WebApi(served.port);
    const where = { host: "127.0.0.1", port: served.port, path: "/api/v1/events" };
    this.#stream = request(where, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        const events = (text + part).split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) this.#take(event);
      });
    });
    this.#stream.on("error", () => undefined);
    this.#stream.end();
  }

  add(torrent: string): Ways {
    return [
      () => this.#run("add", { source: torrent, state: "stopped" }),
      () => this.#call("torrent-add", { filename: magnetOf(torrent), paused: true }),
      () => this.#post("add", { urls: magnetOf(torrent), paused: "true" }),
    ];
  }

  label(torrent: string, label: string): Ways {
    return [
      () => this.#run("set", { torrent, labels: [label] }),
      () => this.#call("torrent-set", { ids: [torrent], labels: [label] }),
      () => this.#post("addTags", { hashes: torrent, tags: label }),
    ];
  }

  start(torrent: string): Ways {
    return [
      () => this.#run("start", { torrents: [torrent] }),
      () => this.#call("torrent-start", { ids: [torrent] }),
      () => this.#post("resume", { hashes: torrent }),
    ];
  }

  stop(torrent: string): Ways {
    return [
      () => this.#run("stop", { torrents: [torrent] }),
      () => this.#call("torrent-stop", { ids: [torrent] }),
      () => this.#post("pause", { hashes: torrent }),
    ];
  }

  remove(torrent: string): Ways {
    return [
      () => this.#run("remove", { torrent }),
      () => this.#call("torrent-remove", { ids: [torrent] }),
      () => this.#post("delete", { hashes: torrent, deleteFiles: "false" }),
    ];
  }

  /** The torrent in each list now: ours, Transmission's and qBittorrent's. */
  async lists(torrent: string): Promise<readonly Told[]> {
    const fields = ["status", "labels"];
    const own = await this.#served.ask("/api/v1/torrents?limit=500");
    const [rpc] = (await this.#call("torrent-get", { ids: [torrent], fields })).torrents;
    const [form] = (await this.#web.get("torrents/info", { hashes: torrent })).body;
    return [
      rowTold(own.body.torrents.find((row: OwnRow) => row.torrent === torrent)),
      rpc && { isStopped: rpc.status === 0, label: rpc.labels[0] },
      form && { isStopped: form.state.startsWith("paused"), label: form.tags || undefined },
    ];
  }

  /** @returns The status of qBittorrent's properties of a torrent. */
  async propertiesStatus(torrent: string): Promise<number> {
    return (await this.#web.get("torrents/properties", { hash: torrent })).status;
  }

  /** Waits until the events tell this. */
  async told(torrent: string, told: Told): Promise<void> {
    const text = JSON.stringify(told);
    await until(
      `the events tell ${text} of ${torrent}`,
      () => JSON.stringify(this.#rows.get(torrent)) === text,
    );
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }

  #take(event: string): void {
    if (!event.includes("event: rows")) return;
    const { rows, removed } = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "{}");
    for (const row of rows as readonly OwnRow[]) this.#rows.set(row.torrent, rowTold(row));
    for (const torrent of removed as readonly string[]) this.#rows.delete(torrent);
  }

  async #run(name: string, given: object): Promise<void> {
    const { status, text } = await this.#served.run(name, given, {});
    if (status !== 200) throw new Error(text);
  }

  /** @returns The arguments of the answer. */
  async #call(method: string, given: object): Promise<RpcAnswer["body"]> {
    const { body } = await this.#rpc.call(method, given);
    if (body.result !== "success") throw new Error(JSON.stringify(body));
    return body.arguments;
  }

  async #post(name: string, fields: Fields): Promise<void> {
    const { status, body } = await this.#web.post(`torrents/${name}`, fields);
    if (status !== 200) throw new Error(`${status}: ${body}`);
  }
}

interface OwnRow {
  readonly torrent: string;
  readonly state: string;
  readonly labels: readonly string[];
}

function rowTold(row: OwnRow | undefined): Told {
  return row && { isStopped: row.state === "stopped", label: row.labels[0] };
}

test("each add, change of labels, start, stop and removal is in every list at once, and in the events", async (t) => {
  await using served = await Served.open({ auth: false });
  using remote = new Remote(served);
  const check = async (torrent: string, told: Told): Promise<void> => {
    t.deepEqual(await remote.lists(torrent), [told, told, told]);
    t.is(await remote.propertiesStatus(torrent), told === undefined ? 404 : 200);
    await remote.told(torrent, told);
  };
  for (let index = 0; index < writes; index++) {
    const torrent = hashOf(index);
    // Another dialect for each change of a torrent, and for the same change of the next torrent.
    let way = index;
    const change = async (ways: Ways): Promise<unknown> => await ways[way++ % 3]?.();
    await change(remote.add(torrent));
    await check(torrent, { isStopped: true, label: undefined });
    await change(remote.label(torrent, "seen"));
    await check(torrent, { isStopped: true, label: "seen" });
    await change(remote.start(torrent));
    await check(torrent, { isStopped: false, label: "seen" });
    await change(remote.stop(torrent));
    await check(torrent, { isStopped: true, label: "seen" });
    await change(remote.remove(torrent));
    await check(torrent, undefined);
  }
});

test("the lists of pollers during starts and ends of a service are whole", async (t) => {
  using folder = temporaryFolder("pollers");
  const port = await freePort();
  const start = () => ServedProcess.start({ folder: folder.path, port, arguments: ["--no-auth"] });
  let isOver = false;
  const counts: number[] = [];
  const poll = async (index: number): Promise<void> => {
    while (!isOver)
      await until("a list, or the end of the test", async () => {
        const count = await [ownCount, formCount][index % 2]?.(port).catch(() => undefined);
        if (count !== undefined) counts.push(count);
        return isOver || count !== undefined;
      });
  };
  const polls: Promise<void>[] = [];
  const listed = async (): Promise<void> => {
    const enough = counts.length + 2 * pollers;
    await until(`${enough} lists`, () => counts.length >= enough);
  };
  for (let each = 0; each <= starts; each++) {
    await using service = await start();
    if (each === 0) {
      for (let index = 0; index < torrentsOfStarts; index++) await add(port, hashOf(index));
      polls.push(...Array.from({ length: pollers }, (_, index) => poll(index)));
    }
    await listed();
    // The gate has an end by a kill, and one in order.
    if (each % 2 === 0) await service.kill();
  }
  isOver = true;
  await Promise.all(polls);
  t.deepEqual([...new Set(counts)], [torrentsOfStarts]);
});

async function add(port: number, torrent: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/commands/add`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ source: torrent, state: "stopped" }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** @returns Undefined for another answer than a list. */
async function ownCount(port: number): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/torrents?limit=500&fields=torrent`);
  return answer.ok ? ((await answer.json()) as { torrents: unknown[] }).torrents.length : undefined;
}

/** @returns Undefined for another answer than a list. */
async function formCount(port: number): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v2/torrents/info`);
  return answer.ok ? ((await answer.json()) as unknown[]).length : undefined;
}

// Swarms of eight clients: two each of ours, libtorrent, Transmission and aria2, which find each other through
// opentracker. One client has the payload at the start. A ninth client, ours, wants only a file that it has: it is a
// partial seed.
//
// Each client has a machine and a line of its own. The line of the seeder is too slow to serve all others.

import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Opentracker } from "../support/clients/opentracker.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { firstDifference } from "../support/files/compare-files.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/files/temporary-folder.ts";
import { infoHashOf, writeTorrentFile, type TorrentFile } from "../support/files/torrent-file.ts";
import { Network, type NetworkClient } from "../support/network.ts";

const kinds = ["ours", "libtorrent", "Transmission", "aria2"] as const;
type Kind = (typeof kinds)[number];

const mebibyte = 1 << 20;
const pieceLengthBytes = mebibyte / 4;
/** The files; the partial seed has the first. */
const files = [
  { path: ["first"], lengthBytes: 2 * mebibyte },
  { path: ["second"], lengthBytes: 30 * mebibyte },
];
const totalBytes = 32 * mebibyte;
const lineMegabits = 12;
/** Transmission begins late: the others, which wait for so many bytes of it, would have everything by then. */
const headStartBytes = 2 * mebibyte;

/** A client in the swarm, whose own figures are asked. */
interface Member extends AsyncDisposable {
  /** Addresses of peers that are upload-only, if the client reports them. */
  readonly uploadOnly?: () => Promise<readonly string[]>;
  /** Settles when the client has something to give, if the others are to wait for that. */
  readonly begun?: () => Promise<void>;
  /** Settles when the client has everything, and its own hash check has passed. */
  whole(): Promise<void>;
  /** Payload bytes that the client gave to others. */
  givenBytes(): Promise<number>;
}

/** Where a client runs, and where its data lies or goes. */
interface Place {
  readonly torrent: string;
  readonly folder: string;
  readonly within: readonly string[];
  /** The address of its machine. */
  readonly host: string;
}

const starts: Readonly<Record<Kind, (role: "seed" | "leech", place: Place) => Promise<Member>>> = {
  ours: async (role, place) => {
    const troupe =
      role === "seed"
        ? await Troupe.seed(place)
        : await Troupe.download({ ...place, arguments: ["--seed"] });
    return {
      whole: async () => void (await troupe.event("complete")),
      givenBytes: async () => Number(troupe.latest("progress")?.["uploadedBytes"] ?? 0),
      [Symbol.asyncDispose]: () => troupe[Symbol.asyncDispose](),
    };
  },
  libtorrent: async (role, place) => {
    const peer = await Libtorrent[role](place);
    return {
      whole: () => peer.finished(),
      givenBytes: async () => (await peer.figures()).uploaded,
      uploadOnly: async () => (await peer.figures()).uploadOnly,
      [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
    };
  },
  Transmission: async (role, place) => {
    const client = await Transmission[role](place);
    return {
      begun: () => client.received(headStartBytes),
      whole: () => client.finished(),
      givenBytes: async () => (await client.figures()).uploaded,
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    };
  },
  aria2: async (role, place) => {
    // A leech of the wrapper ends with its download.
    const client = await (role === "seed"
      ? Aria2.seed(place)
      : Aria2.leech({ ...place, arguments: ["--seed-time=60"] }));
    return {
      whole: () => client.holds(totalBytes),
      givenBytes: async () => (await client.figures()).uploaded,
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    };
  },
};

const sharesAll = test.macro<[seeding: Kind]>({
  title: (_, seeding) =>
    `eight clients of four kinds get 32 MiB from one seed, ${seeding}, and give`,
  async exec(t, seeding) {
    await share(t, seeding);
  },
});

for (const kind of kinds) test.serial(sharesAll, kind);

async function share(t: ExecutionContext, seeding: Kind): Promise<void> {
  await using swarm = await Swarm.open();
  await swarm.start(seeding, "seed");
  await swarm.tracker.knowsSeeder(swarm.torrent.infoHash);
  const partial = await swarm.startPartial();
  const others = [...kinds, ...kinds.filter((kind) => kind !== seeding)];
  const startAll = (chosen: readonly Kind[]): Promise<Started[]> =>
    Promise.all(chosen.map((kind) => swarm.start(kind, "leech")));
  const early = await startAll(others.filter((kind) => kind === "Transmission"));
  await Promise.all(early.flatMap(({ member }) => member.begun?.() ?? []));
  const leeches = [...early, ...(await startAll(others.filter((kind) => kind !== "Transmission")))];

  await Promise.all(leeches.map(({ member }) => member.whole()));

  const { payload } = swarm;
  for (const { kind, folder } of leeches) {
    // aria2 leaves its control file beside the data for as long as it shares them.
    t.is(await firstDifference([payload.folder, folder], payload.paths), undefined, kind);
  }
  for (const kind of kinds) {
    const alike = leeches.filter((leech) => leech.kind === kind);
    const given = await Promise.all(alike.map(({ member }) => member.givenBytes()));
    t.true(Math.max(...given) > 0, `${kind} gave ${given.join(" and ")} bytes`);
  }
  const seen = await Promise.all(leeches.flatMap(({ member }) => member.uploadOnly?.() ?? []));
  t.true(seen.flat().includes(partial.ip4), "libtorrent saw that our partial seed wants no more");
}

/** A client that was started, and its folder. */
interface Started {
  readonly kind: Kind;
  readonly folder: string;
  readonly member: Member;
}

/** A payload, its tracker, and a machine for each client. */
class Swarm implements AsyncDisposable {
  readonly payload: Payload;
  readonly torrent: TorrentFile;
  readonly tracker: Opentracker;
  readonly #stack: AsyncDisposableStack;
  readonly #machines: NetworkClient[];

  private constructor(
    stack: AsyncDisposableStack,
    payload: Payload,
    tracker: Opentracker,
    machines: readonly NetworkClient[],
  ) {
    this.payload = payload;
    this.torrent = writeTorrentFile(payload, [tracker.url]);
    this.tracker = tracker;
    this.#stack = stack;
    this.#machines = [...machines];
  }

  static async open(): Promise<Swarm> {
    await using stack = new AsyncDisposableStack();
    const [tracking, ...machines] = stack.use(await Network.of(2 * kinds.length + 2)).clients;
    if (tracking === undefined) throw new Error("bug: no machines");
    for (const machine of machines) await machine.limitLine(lineMegabits);
    const { path: folder } = newFolder(stack);
    const payload = writePayload({ folder, name: "payload", pieceLengthBytes, files });
    const tracker = stack.use(await Opentracker.start([infoHashOf(payload)], tracking));
    return new Swarm(stack.move(), payload, tracker, machines);
  }

  /** Starts a client on a machine of its own. */
  async start(kind: Kind, role: "seed" | "leech"): Promise<Started> {
    const { ip4: host, within } = this.#takeMachine();
    const folder = role === "seed" ? this.payload.folder : newFolder(this.#stack).path;
    const place = { torrent: this.torrent.path, folder, within, host };
    return { kind, folder, member: this.#stack.use(await starts[kind](role, place)) };
  }

  /** Starts our client with the first file alone; settles when it has checked the file. @returns Its machine. */
  async startPartial(): Promise<NetworkClient> {
    const machine = this.#takeMachine();
    const { path: folder } = newFolder(this.#stack);
    const [first = ""] = this.payload.paths;
    mkdirSync(join(folder, dirname(first)));
    // libtorrent closes a partial seed as soon as it has what that has: it must have seen it before.
    copyFileSync(join(this.payload.folder, first), join(folder, first));
    const choice = { within: machine.within, arguments: ["--select", "1", "--seed"] };
    const partial = await Troupe.download({ torrent: this.torrent.path, folder, ...choice });
    this.#stack.use(partial);
    await partial.event("complete");
    return machine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  #takeMachine(): NetworkClient {
    const machine = this.#machines.pop();
    if (machine === undefined) throw new Error("bug: more clients than machines");
    return machine;
  }
}

function newFolder(stack: AsyncDisposableStack): TemporaryFolder {
  return stack.use(temporaryFolder("mixed-swarm"));
}

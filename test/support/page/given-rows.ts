// The page over rows that a test makes: the service's own routes, guard and stream of events, without an engine.

import type { RequestListener } from "node:http";
import { nodePorts } from "@troupe/actor-runtime";
import { apiRoutes } from "../../../packages/service/src/api/api-routes.ts";
import { EventRing } from "../../../packages/service/src/api/event-ring.ts";
import { SharedAnswers } from "../../../packages/service/src/calls/shared-answers.ts";
import type { OwnerWay } from "../../../packages/service/src/calls/owner-calls.ts";
import { StreamLinks } from "../../../packages/service/src/guard/stream-links.ts";
import { pageRoutes } from "../../../packages/service/src/page/page-routes.ts";
import { requestListener } from "../../../packages/service/src/server/app.ts";
import {
  Connections,
  type ConnectionId,
} from "../../../packages/service/src/server/connections.ts";
import { Doors } from "../../../packages/service/src/server/doors.ts";
import { Guard } from "../../../packages/service/src/server/guard.ts";
import { hmacSha256 } from "../../../packages/service/src/server/node-secrets.ts";
import { RateHistory } from "../../../packages/service/src/history/rate-history.ts";
import { MaskedView } from "../../../packages/service/src/view/masked-view.ts";
import { RestoredRows } from "../../../packages/service/src/view/restored-rows.ts";
import type { TorrentRow } from "../../../packages/service/src/view/torrent-row.ts";
import { LiveView } from "../../../packages/service/src/view/torrent-view.ts";
import { exampleRow } from "../../../packages/service/test/support/example-row.ts";
import { buildPage } from "./built-page.ts";

/** A call that the page made. */
interface GivenCall {
  readonly name: string;
  readonly given: unknown;
}

/** A service on 127.0.0.1 without passwords. */
export class GivenRows implements Disposable {
  readonly view: LiveView = new LiveView();
  /** Commands that came. */
  readonly calls: GivenCall[] = [];
  /** Targets of all requests. */
  readonly requests: string[] = [];
  readonly #listener: RequestListener;
  readonly #connections: Connections;
  #doors: Doors | undefined;
  #port = 0;
  #version = 0;

  private constructor() {
    const { connections, listener } = serverOf(this.view, this.calls);
    this.#connections = connections;
    this.#listener = (incoming, outgoing) => {
      this.requests.push(incoming.url ?? "");
      listener(incoming, outgoing);
    };
  }

  static async open(rows: readonly TorrentRow[]): Promise<GivenRows> {
    await buildPage();
    const given = new GivenRows();
    given.change(rows);
    await given.listen();
    return given;
  }

  /** Listens, at the port of before. */
  async listen(): Promise<void> {
    const doors = new Doors({
      tls: undefined,
      listenerOf: () => this.#listener,
      watch: this.#connections,
    });
    await doors.open({ kind: "tcp", host: "127.0.0.1", port: this.#port });
    this.#doors = doors;
    const [place] = doors.places;
    if (place?.kind === "tcp") this.#port = place.port;
  }

  /** Ends all connections, and takes none. */
  cut(): void {
    this.#doors?.close();
  }

  get port(): number {
    return this.#port;
  }

  /** The address of the page. */
  get address(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Changes rows. */
  change(rows: readonly TorrentRow[], removed: readonly string[] = []): void {
    this.view.apply({ version: ++this.#version, rows, removed }, Date.now());
  }

  [Symbol.dispose](): void {
    this.cut();
  }
}

function serverOf(
  view: LiveView,
  calls: GivenCall[],
): { readonly connections: Connections; readonly listener: RequestListener } {
  const { clock, random, timers } = nodePorts();
  const options = {
    ...{ machineName: "here", hosts: [], secrets: undefined, trustedProxies: [], user: "troupe" },
    ...{ places: [], areAllNeeded: true, basePath: "", linkKey: "", roots: [] },
    ...{ areMetricsOpen: false, perTorrentMetrics: false },
    facts: {
      ...{ downloadDirectory: "/data", stateDirectory: "/state", usesDht: false },
      ...{ usesLocalDiscovery: false, mapsPort: false, marksUnfinishedFiles: false },
    },
  };
  const guard = new Guard<ConnectionId>(options, {
    ...{ clock, random, timers },
    save: async () => undefined,
    firstLogin: () => undefined,
  });
  const rows = new RestoredRows(timers);
  rows.restored();
  const owner = {
    call: async (_: string, { given, name }: GivenCall) => {
      calls.push({ name, given });
      return { result: name === "add" ? "ab".repeat(20) : {} };
    },
  } as unknown as OwnerWay["owner"];
  const masked = new MaskedView(view);
  const way: OwnerWay = { owner, view, masked, rows, answers: new SharedAnswers(clock) };
  const links = new StreamLinks(Buffer.alloc(32, 1), clock, hmacSha256);
  const ring = new EventRing("given");
  const history = { read: async () => new RateHistory().read("day", clock.epochMs()) };
  const connections = new Connections(guard);
  const routes = [...apiRoutes({ version: "0", ring, links, history, timers }), ...pageRoutes()];
  const listener = requestListener(routes, {
    ...{ guard, links, connections, way, timers, random, basePath: "" },
    warn: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  return { connections, listener };
}

/** Rows of many kinds: states, groups, labels, trackers, rates, names of several scripts. @param count 0 or more. */
export function manyRows(count: number): TorrentRow[] {
  return Array.from({ length: count }, (_, index) => rowNumbered(index));
}

const names = [
  "debian-13.1.0-amd64-netinst.iso",
  "Sintel (2010) 2160p",
  "Большой балет, сезон",
  "東京の夜景 写真集",
  "ubuntu-26.04-desktop-amd64.iso",
  "Night of the Living Dead 1968 remastered, with all commentaries and the whole bonus disc",
  "أرشيف الموسيقى",
  "Big Buck Bunny",
];

/** The row of a number. */
export function rowNumbered(index: number): TorrentRow {
  const torrent = index.toString(16).padStart(40, "0");
  const sizeBytes = 50_000_000 + ((index * 7_919) % 4_000) * 1_000_000;
  const share = index % 3 === 0 ? 1 : ((index * 37) % 100) / 100;
  const isComplete = share === 1;
  const state = (["active", "active", "stopped", "queued", "active", "checking"] as const)[
    index % 6
  ];
  const isActive = state === "active";
  const row = exampleRow({
    ...{ torrent, number: index + 1, sizeBytes, isComplete, isSeed: isComplete },
    name: `${names[index % names.length]} ${index}`,
    state: index % 50 === 49 ? "error" : (state ?? "active"),
    ...(index % 50 === 49 && {
      fault: {
        code: "disk-full",
        message: "the disk is full: 0 bytes are free, 1.2 GB are needed",
      },
    }),
    haveBytes: Math.floor(sizeBytes * share),
    wantedBytes: sizeBytes,
    leftBytes: sizeBytes - Math.floor(sizeBytes * share),
    downBytesPerSecond: isActive && !isComplete ? (index * 131_071) % 8_000_000 : 0,
    upBytesPerSecond: isActive ? (index * 65_537) % 900_000 : 0,
    peers: isActive ? index % 40 : 0,
    sendingPeers: isActive && !isComplete ? index % 7 : 0,
    gettingPeers: isActive ? index % 5 : 0,
    swarmSeeds: (index * 3) % 200,
    swarmLeechers: index % 90,
    queuePosition: index,
    labels: index % 4 === 0 ? ["linux"] : index % 4 === 1 ? ["film", "4k"] : [],
    trackers: [[`https://tracker${index % 3}.example/announce`]],
    addedAt: 1_790_000_000_000 - index * 3_600_000,
    lifetime: {
      ...{ downloadedBytes: sizeBytes, uploadedBytes: sizeBytes * ((index % 30) / 10) },
      ...{ wastedBytes: 0, failedHashBytes: 0, protocolDownBytes: 0, protocolUpBytes: 0 },
      ...{ activeSeconds: 10, downloadSeconds: 10, seedSeconds: 10 },
    },
  });
  return {
    ...row,
    ...(index % 5 === 0 && { group: "archive" }),
    ...(isActive && !isComplete && { etaSeconds: 30 + index * 61 }),
  };
}

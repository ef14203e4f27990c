import { LazyMap, type Random } from "@troupe/actor-runtime";
import { torrentSettings, valueInForce, type TorrentSettings } from "@troupe/control";
import { packFiles, type AddTorrent, type FileList, type WebSeedReach } from "@troupe/messages";
import { FileMap, type Metainfo } from "@troupe/protocol/metainfo";
import { peerIdBytes, peerIdText } from "@troupe/protocol/peer";
import { webSeedBase, webSeedPath } from "@troupe/protocol/web-seed";
import type { FileRun } from "../pieces/runs/file-runs.ts";
import type { PieceRun } from "../pieces/runs/run-picker.ts";
import { LackedFiles } from "./lacked-files.ts";
import {
  newWebSeed,
  webSeedTransition,
  type WebSeedEvent,
  type WebSeedState,
} from "./web-seed-state.ts";

const peerIdStart = "-WS0100-";

type ListedMetainfo = Pick<
  Metainfo,
  "files" | "geometry" | "isPrivate" | "isSingleFile" | "webSeeds"
>;

interface PackedFiles {
  readonly files: FileList;
  /** Files whose names are too long for a URL. */
  readonly unnamed: readonly number[];
}

/** A web seed of a torrent. */
export class WebSeed {
  readonly url: string;
  readonly reach: WebSeedReach;
  /** 20 bytes that no peer can guess, the same for each opening. */
  readonly peerId: Uint8Array;
  readonly lackedFiles = new LackedFiles();
  /** A file that its last opening lacked has rested: it is opened again when it is without work. */
  reopenAtMs = Infinity;
  /** No missing piece was found that it may serve: until then no other is looked for. */
  searchAtMs = 0;
  state: WebSeedState = newWebSeed;
  /** Number of the last opening, also after its end. */
  lastOpening: number | undefined;
  /** The pieces that it gets next. */
  run: PieceRun | undefined;
  /** Its server answers ranges with the whole file. */
  givesWholeFiles = false;
  /** The pieces that it gets next then. */
  fileRun: FileRun | undefined;

  constructor(url: string, reach: WebSeedReach, peerId: Uint8Array) {
    this.url = url;
    this.reach = reach;
    this.peerId = peerId;
  }

  /** A start tries again at once, and asks for the files that its server lacked, and for ranges. */
  beginRun(): void {
    this.lackedFiles.forget();
    this.searchAtMs = 0;
    this.givesWholeFiles = false;
    this.dispatch({ event: "run-begun" });
  }

  /** A piece with data of it is good. @param isInFile Whether the piece has bytes of a file. */
  piecePassed(isInFile: (file: number) => boolean, nowMs: number): void {
    this.lackedFiles.endRefusals(isInFile, nowMs);
    this.dispatch({ event: "piece-passed" });
  }

  dispatch(event: WebSeedEvent): void {
    this.state = webSeedTransition(this.state, event);
  }
}

/** The web seeds of a torrent: of its user, then of the link, then of the torrent. */
export class WebSeeds {
  /** Web seeds in use, in the order in which they are opened. */
  list: readonly WebSeed[] = [];
  /** Web seeds that settings have left out, until their openings end. */
  leaving: readonly WebSeed[] = [];
  #fileMap: FileMap | undefined;
  readonly #byPeerId = new LazyMap<string, WebSeed>();
  readonly #metainfo: ListedMetainfo;
  readonly #linked: readonly string[];
  readonly #random: Random;
  /** Packed once: the list may be long. */
  readonly #packed = new LazyMap<boolean, PackedFiles>();
  #openings = 0;

  constructor(
    metainfo: ListedMetainfo,
    { settings, linkWebSeeds = [] }: Pick<AddTorrent, "linkWebSeeds" | "settings">,
    random: Random,
  ) {
    this.#metainfo = metainfo;
    this.#linked = linkWebSeeds;
    this.#random = random;
    this.follow(settings);
  }

  /** Takes the web seeds of changed settings. Those that stay keep their state. */
  follow(settings: TorrentSettings): void {
    const own = valueInForce(torrentSettings, "webSeeds", settings);
    const isOwnAlone = !valueInForce(torrentSettings, "torrentWebSeeds", settings);
    const found = this.#metainfo.isPrivate
      ? []
      : valueInForce(torrentSettings, "foundWebSeeds", settings);
    const others = isOwnAlone ? [] : [...this.#linked, ...this.#metainfo.webSeeds, ...found];
    const trusted = new Set(own);
    const mayBeLocal = valueInForce(torrentSettings, "useLocalHosts", settings);
    const before = this.list;
    this.list = [...new Set([...own, ...others])].map((url) => {
      const reach = mayBeLocal ? (trusted.has(url) ? "any" : "documents") : "internet";
      const kept = before.find((seed) => seed.url === url && seed.reach === reach);
      return kept ?? this.#make(url, reach);
    });
    const left = before.filter((seed) => !this.list.includes(seed));
    this.#leave([...this.leaving, ...left]);
  }

  #make(url: string, reach: WebSeedReach): WebSeed {
    const seed = new WebSeed(url, reach, makePeerId(this.#random));
    this.#byPeerId.set(peerIdText(seed.peerId), seed);
    return seed;
  }

  get openCount(): number {
    return this.list.filter(({ state }) => state.activity.state === "open").length;
  }

  /** The files of the torrent; made at the first use. */
  get fileMap(): FileMap {
    const { files, geometry } = this.#metainfo;
    return (this.#fileMap ??= new FileMap(
      files.map(({ lengthBytes }) => lengthBytes),
      geometry.pieceLengthBytes,
    ));
  }

  /** Unique in the torrent. */
  nextOpening(): number {
    return ++this.#openings;
  }

  /** @param peerId Latin-1 text of the 20 bytes. */
  byPeerId(peerId: string): WebSeed | undefined {
    return this.#byPeerId.get(peerId);
  }

  /** The web seed that is open at the worker under this number. */
  openAt(worker: number, opening: number): WebSeed | undefined {
    return [...this.list, ...this.leaving].find(({ state: { activity } }) => {
      if (activity.state !== "open") return false;
      return activity.worker === worker && activity.opening === opening;
    });
  }

  /** Forgets the web seeds that settings have left out and that are closed. */
  forgetLeft(): void {
    if (this.leaving.length > 0) this.#leave(this.leaving);
  }

  /** Keeps them until their openings end, and forgets the closed ones. */
  #leave(left: readonly WebSeed[]): void {
    this.leaving = left.filter(isOpen);
    for (const seed of left) if (!isOpen(seed)) this.#byPeerId.delete(peerIdText(seed.peerId));
  }

  /** The web seed with this number, open or not. */
  openedAs(opening: number): WebSeed | undefined {
    return this.list.find(({ lastOpening }) => lastOpening === opening);
  }

  /** The worker has ended. */
  releaseWorker(worker: number): void {
    for (const seed of [...this.list, ...this.leaving]) {
      const { activity } = seed.state;
      if (activity.state === "open" && activity.worker === worker)
        seed.dispatch({ event: "released" });
    }
  }

  /** The URL and the files as `open-web-seed` has them; without names there is no URL for a file. */
  addressesOf(
    { url, lackedFiles }: WebSeed,
    nowMs: number,
  ): {
    readonly url: string;
    readonly files: FileList;
    readonly missingFiles: readonly number[];
  } {
    const base = webSeedBase(url, this.#metainfo.isSingleFile);
    const { files, unnamed } = this.#pack(base.isFolder);
    return {
      url: base.url,
      files,
      missingFiles: [...new Set([...lackedFiles.at(nowMs), ...unnamed])],
    };
  }

  #pack(isFolder: boolean): PackedFiles {
    const known = this.#packed.get(isFolder);
    if (known !== undefined) return known;
    const unnamed: number[] = [];
    const files = this.#metainfo.files.map((file, index) => {
      const path = isFolder ? webSeedPath(file) : "";
      if (path === undefined) unnamed.push(index);
      return { ...file, path: [path ?? ""] };
    });
    const packed = { files: packFiles(files), unnamed };
    this.#packed.set(isFolder, packed);
    return packed;
  }
}

function isOpen({ state: { activity } }: WebSeed): boolean {
  return activity.state === "open";
}

function makePeerId(random: Random): Uint8Array {
  const peerId = new Uint8Array(peerIdBytes);
  peerId.set(Buffer.from(peerIdStart));
  peerId.set(random.bytes(peerIdBytes - peerIdStart.length), peerIdStart.length);
  return peerId;
}

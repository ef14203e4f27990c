// The least that a peer-worker needs around it: an engine that leases everything asked for and believes what is sealed,
// and a file-worker whose disk is the known content of every test torrent.

import type {
  Actor,
  ActorEntry,
  Call,
  Context,
  Notice,
  Ref,
  Supervisor,
} from "@troupe/actor-runtime";
import {
  plainTcp,
  type EngineProtocol,
  type FileProtocol,
  type LeaseId,
  packLeases,
  type PeerProtocol,
  PieceMap,
  type SlabId,
  type TorrentId,
  TorrentTable,
  evenWeight,
} from "@troupe/messages";
import type { InfoHash, PieceIndex } from "@troupe/protocol/units";

import { peerWorkerEntry } from "../../src/index.ts";
import { fillRuns } from "./fill-runs.ts";
import { content } from "./scripted-peer.ts";
import { sealedPieces, type SealedPiece } from "./sealed-pieces.ts";

const mebibyte = 1_024 * 1_024;
const torrent = 1 as TorrentId;
const slab = 1 as SlabId;

/** The torrent that the engine opens. */
export interface TinyTorrent {
  readonly infoHash: InfoHash;
  readonly pieceCount: number;
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
}

/** The calls of a test to the engine, and the notices that it gets. */
export type TinyProtocol = EngineProtocol & {
  listen: Call<{}, { readonly port: number }>;
  dial: Call<{ readonly port: number }, {}>;
  "unchoke-all": Call<{}, {}>;
  /** Every piece is had; false when a piece held other bytes than the torrent's. */
  complete: Notice<{ readonly isContent: boolean }>;
  closed: Notice<{ readonly reason: string }>;
};

/** The engine's memory. */
interface TinyState {
  readonly context: Context<TinyProtocol>;
  readonly shape: TinyTorrent;
  readonly map: PieceMap;
  readonly table: TorrentTable;
  readonly slab: SharedArrayBuffer;
  readonly peer: Ref<PeerProtocol>;
  readonly leased: Set<number>;
  supervisor: Supervisor | undefined;
  hadCount: number;
  isContent: boolean;
}

const fileActor: Actor<FileProtocol, { memory: SharedArrayBuffer }, { memory: Uint8Array }> = {
  name: "file",
  start: (_context, { memory }) => ({ memory: new Uint8Array(memory) }),
  stop: () => {},
  handlers: {
    "open-slab": () => {},
    "close-slab": () => {},
    "limit-files": () => {},
    "open-storage": () => ({ foundBytes: 0 }),
    "prepare-storage": () => ({ freeBytes: 0 }),
    "check-pieces": () => ({ digests: new Uint8Array(), isThere: new Uint8Array() }),
    "save-torrent": () => ({}),
    "remove-data": () => ({ removed: 0, left: [] }),
    "rename-files": () => ({ placed: [] }),
    "move-data": () => ({ directory: "/", hasMoved: false }),
    "settle-move": () => ({ directory: "/", hasMoved: false }),
    "accept-file": () => ({}),
    "describe-part-file": () => ({}),
    "settle-part-file": () => ({}),
    "complete-storage": () => ({}),
    "close-storage": () => ({}),
    "save-job": () => {},
    "remove-record": () => ({}),
    "write-pieces": () => {},
    "read-blocks": ({ memory }, order) => {
      fillRuns(memory, order);
      return { refused: [], diskMs: 0 };
    },
  },
};

const tinyEngine: Actor<TinyProtocol, TinyTorrent, TinyState, { peer: PeerProtocol }> = {
  name: "engine",
  start: startEngine,
  stop: async (state) => {
    await state.supervisor?.stop();
  },
  handlers: {
    admit: () => ({ admitted: true }),
    "transferred-piece-taken": () => {},
    listen: async ({ peer }) => {
      const answer = await peer.call("listen", { hosts: ["127.0.0.1"], port: 0, reusePort: false });
      if ("refused" in answer) throw new Error(`cannot listen: ${answer.refused}`);
      return answer;
    },
    dial: ({ peer }, { port }) => {
      peer.cast("dial", { torrent, host: "127.0.0.1", port, kind: plainTcp, timeoutMs: 5_000 });
      return {};
    },
    "unchoke-all": ({ peer, table }) => {
      const rows = Array.from({ length: table.maxPeers }, (_, rowIndex) => rowIndex as never);
      peer.cast("set-unchoked", { torrent, peers: rows });
      return {};
    },
  },
  noticeHandlers: {
    peer: {
      "peer-listens": () => undefined,
      "holepunch-offered": () => undefined,
      "holepunch-received": () => undefined,
      "interest-changed": () => undefined,
      "wire-traced": () => undefined,
      "own-address-seen": () => undefined,
      "dht-port": () => undefined,
      "metadata-offered": () => {},
      "metadata-block": () => {},
      "metadata-rejected": () => {},
      "hashes-came": () => {},
      "hashes-rejected": () => {},
      "peer-exchange-offered": () => {},
      "peers-named": () => {},
      "peer-opened": () => {},
      "extension-failed": () => undefined,
      "extension-threw": () => undefined,
      "peer-closed": ({ context }, { reason }) => context.emit("closed", { reason }),
      "web-seed-closed": () => {},
      "web-seed-without-ranges": () => undefined,
      "dial-failed": ({ context }, { reason }) => context.emit("closed", { reason }),
      "lease-returned": ({ leased }, { piece }) => void leased.delete(piece),
      "pieces-wanted": (state, { peers }) => {
        const count = peers.reduce((sum, wanted) => sum + wanted.count, 0);
        const pieces = nextPieces(state, count).map((piece) => ({
          piece: piece as PieceIndex,
          lease: (piece + 1) as LeaseId,
        }));
        const nothingFor = pieces.length === 0 ? peers.map(({ peer }) => peer) : [];
        const isEndgame = nothingFor.length > 0;
        const leases = packLeases(pieces);
        state.peer.cast("lease-pieces", { torrent, leases, nothingFor, isEndgame });
      },
      "pieces-sealed": (state, sealed) => {
        for (const each of sealedPieces(sealed)) pieceSealed(state, each);
      },
    },
  },
};

async function startEngine(context: Context<TinyProtocol>, shape: TinyTorrent): Promise<TinyState> {
  const memory = new SharedArrayBuffer(4 * mebibyte);
  const options = {
    slab: { id: slab, memory },
    downloadBytes: 2 * mebibyte,
    uploadBytes: 2 * mebibyte,
    receiveBufferBytes: 65_536,
    halfOpenLimit: 8,
    handshakeLimit: 512,
    requestBytes: 1 << 20,
    bind: [],
    client: "test",
  };
  const child = { kind: "actor", restart: "temporary", shutdownMs: 2_000 } as const;
  const supervisor = await context.supervise(
    {
      kind: "supervisor",
      name: "workers",
      maxRestarts: 0,
      withinMs: 1_000,
      children: [
        { ...child, name: "file-0", role: "file", entry: fileEntry, options: () => ({ memory }) },
        {
          ...child,
          name: "peer-0",
          role: "peer",
          entry: peerWorkerEntry,
          options: () => options,
          links: { "file-0": "file-0" },
        },
      ],
    },
    {},
  );
  const { infoHash, ...sizes } = shape;
  const map = new PieceMap(shape.pieceCount);
  const table = TorrentTable.make(shape.pieceCount, 8);
  const peer = supervisor.ref<PeerProtocol>("peer-0");
  peer.cast("open-torrent", {
    torrent,
    infoHash,
    peerId: new Uint8Array(20).fill(0x54),
    maxPeers: 8,
    weight: evenWeight,
    isPaused: false,
    exchangesPeers: false,
    usesDht: false,
    content: { ...sizes, disk: 0, had: map.memory, table: table.memory },
  });
  const leased = new Set<number>();
  return {
    context,
    shape,
    map,
    table,
    slab: memory,
    peer,
    leased,
    supervisor,
    hadCount: 0,
    isContent: true,
  };
}

function nextPieces({ shape, leased }: TinyState, count: number): number[] {
  const pieces: number[] = [];
  for (let piece = 0; piece < shape.pieceCount && pieces.length < count; piece++) {
    if (leased.has(piece)) continue;
    leased.add(piece);
    pieces.push(piece);
  }
  return pieces;
}

function pieceSealed(state: TinyState, { piece, offset, lengthBytes }: SealedPiece): void {
  const { shape, map, peer, context } = state;
  const bytes = Buffer.from(state.slab, offset, lengthBytes);
  state.isContent &&= bytes.equals(content(piece * shape.pieceLengthBytes, lengthBytes));
  map.set(piece);
  peer.cast("pieces-had", { torrent, pieces: [piece] });
  state.hadCount++;
  if (state.hadCount < shape.pieceCount) return;
  context.emit("complete", { isContent: state.isContent });
}

const nowhere = new URL("file:///nowhere");

const fileEntry: ActorEntry<FileProtocol, { memory: SharedArrayBuffer }> = {
  name: "file",
  url: nowhere,
  load: () => Promise.resolve(fileActor),
};

/** The engine, for a host that runs actors in its own thread. */
export const tinyEngineEntry: ActorEntry<TinyProtocol, TinyTorrent> = {
  name: "engine",
  url: nowhere,
  load: () => Promise.resolve(tinyEngine),
};

import type { Geometry } from "@troupe/protocol/metainfo";
import { encodeExtendedHandshake } from "@troupe/protocol/peer";
import type { PeerMeasure } from "../peer-recorder.ts";
import type { DownloadParts } from "./download.ts";
import { GroupEncryption } from "./encrypted-dial.ts";
import { DueQueue } from "./due-queue.ts";
import { sharedBits, type SharedBits } from "./own-pieces.ts";
import type { PeerDialer } from "./peer-dialer.ts";
import type { PeerGroupSettings } from "./peer-group.ts";
import { UploadBuffers } from "./upload-buffers.ts";
import { UtpDialer } from "./utp/utp-dialer.ts";

const outboxBytes = 65_536;
/** Requests of the other side that a peer keeps: `reqq` of our handshake. */
export const mostWaitingRequests = 512;

/** A block to be requested. */
export interface ChosenBlock {
  piece: number;
  begin: number;
  lengthBytes: number;
  /** Its latency counts from here. */
  sinceMs: number;
}

/** Everything that the peers of a group share, so that a peer is small. */
export class GroupShared {
  readonly settings: PeerGroupSettings;
  readonly geometry: Geometry;
  readonly bits: SharedBits;
  readonly due: DueQueue;
  readonly uploads = new UploadBuffers();
  /** Facts of the torrent that downloads use. */
  readonly pieces: Omit<DownloadParts, "take">;
  /** The block that a requester chose last. */
  readonly chosen: ChosenBlock = { piece: 0, begin: 0, lengthBytes: 0, sinceMs: 0 };
  /** Messages that the present connection writes; empty between two events. */
  readonly outbox: Uint8Array = new Uint8Array(outboxBytes);
  outboxAt = 0;
  /** Requests of all peers that wait for their block, the one that comes in included. */
  outstanding = 0;
  /** When the load was over: nothing more is requested. */
  drainedAtMs = Infinity;
  readonly extendedHandshake: Uint8Array;
  readonly isFast: boolean;
  readonly isExtended: boolean;
  /** Undefined: connections are dialled over TCP. */
  readonly utp: UtpDialer | undefined;
  /** The latency of a connect over the transport of the group. */
  readonly connectMeasure: PeerMeasure;
  /** Undefined: connections are plain. */
  readonly encryption: GroupEncryption | undefined;
  /** The behaviour answers requests. */
  readonly serves: boolean;

  constructor(settings: PeerGroupSettings) {
    const { behaviour, encryption, extensions, ports, torrent, transport } = settings;
    this.settings = settings;
    this.geometry = torrent.metainfo.geometry;
    this.bits = sharedBits(this.geometry.pieceCount);
    this.due = new DueQueue(ports);
    const { pieceHashes } = torrent.metainfo;
    this.pieces = {
      geometry: this.geometry,
      pieceHashes,
      hasContent: torrent.content !== undefined,
    };
    this.isFast = extensions.includes("fast");
    this.isExtended = extensions.includes("extended");
    this.utp = transport === "utp" ? new UtpDialer(ports) : undefined;
    this.connectMeasure = transport === "utp" ? "utp_connect" : "connect";
    this.encryption =
      encryption === "none"
        ? undefined
        : new GroupEncryption(torrent.metainfo.infoHash, encryption);
    this.serves =
      torrent.content !== undefined && behaviour !== "idle" && behaviour !== "free-rider";
    this.extendedHandshake = encodeExtendedHandshake({
      client: "Troupe load peer",
      requestQueue: mostWaitingRequests,
    });
  }

  get dialer(): PeerDialer {
    return this.utp ?? this.settings.ports.sockets;
  }

  get isDraining(): boolean {
    return this.drainedAtMs < Infinity;
  }

  nowMs(): number {
    return this.settings.ports.clock.nowMs();
  }
}

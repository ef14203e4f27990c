import { PeerHashes } from "../hashes/peer-hashes.ts";
import { FastPeer } from "../session/fast/fast-peer.ts";
import { PeerDhtNode } from "../session/peer-dht-node.ts";
import { ShownPieces } from "../session/super-seeding/shown-pieces.ts";
import type { FileReader } from "../web-seed/block-source.ts";
import { EarlyPeer } from "../wire/early-peer.ts";
import { PeerExtensions } from "./peer-extensions.ts";

/** The state of a peer beyond the protocol that every peer speaks. Each part is made at its first use. */
export class PeerFeatures {
  /** Undefined unless both sides have agreed to it. */
  fast: FastPeer | undefined;
  /** The pieces that a peer of a super-seed was shown. Undefined: the peer knows all pieces that we have. */
  shown: ShownPieces | undefined;
  /** Port that an incoming peer's handshake named (BEP 10). */
  peerListenPort: number | undefined;
  /** The peer's `reqq` (BEP 10), as on the wire. */
  requestLimit: number | undefined;
  /** Reader of a web seed that gives whole files. */
  fileReader: FileReader | undefined;
  /** Version 2 (BEP 52): `offered` by a peer that knows its hash of a hybrid, or `spoken`, with hash messages. */
  version2: "offered" | "spoken" | undefined;
  #hashes: PeerHashes | undefined;
  #extensions: PeerExtensions | undefined;
  #dhtNode: PeerDhtNode | undefined;
  #early: EarlyPeer | undefined;

  get extensions(): PeerExtensions {
    return (this.#extensions ??= new PeerExtensions());
  }

  get extensionsIfAny(): PeerExtensions | undefined {
    return this.#extensions;
  }

  /** Hash requests each way, made at their first use. */
  get hashes(): PeerHashes {
    return (this.#hashes ??= new PeerHashes());
  }

  get hashesIfAny(): PeerHashes | undefined {
    return this.#hashes;
  }

  get dhtNode(): PeerDhtNode {
    return (this.#dhtNode ??= new PeerDhtNode());
  }

  get dhtNodeIfAny(): PeerDhtNode | undefined {
    return this.#dhtNode;
  }

  get early(): EarlyPeer {
    return (this.#early ??= new EarlyPeer());
  }

  get earlyIfAny(): EarlyPeer | undefined {
    return this.#early;
  }

  /** Both handshakes offer the fast extension (BEP 6). */
  agreeFast(): void {
    this.fast = new FastPeer();
  }

  get speaksV2(): boolean {
    return this.version2 === "spoken";
  }

  /** The connection speaks version 2. */
  agreeV2(): void {
    this.version2 = "spoken";
  }

  /** The connection speaks version 1, and the peer could speak version 2. */
  offerV2(): void {
    this.version2 = "offered";
  }

  /** The peer knows of no piece until it is shown (BEP 16). */
  hidePieces(pieceCount: number): void {
    this.shown = new ShownPieces(pieceCount);
  }

  /** The peer knows of all pieces from now on. */
  showAll(): void {
    this.shown = undefined;
  }

  /** The blocks of a web seed come in the order of its files. */
  useFileReader(reader: FileReader): void {
    this.fileReader = reader;
  }
}

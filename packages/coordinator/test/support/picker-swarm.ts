// A torrent whose peers have 1 to 100 % of its pieces, and how many pieces its picker looks at.

import type { Random } from "@troupe/actor-runtime";
import { PieceMap } from "@troupe/messages";
import { DataBytes, makeGeometry } from "@troupe/protocol/metainfo";
import { setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { PieceLedger } from "../../src/torrent/pieces/piece-ledger.ts";
import { makePicker, type PiecePicker } from "../../src/torrent/pieces/piece-picker.ts";
import { loneWorker } from "./lone-worker.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";

const pieceBytes = 16_384;

/** Pieces whose state or availability was read. */
export interface Looks {
  count: number;
}

class CountingLedger extends PieceLedger {
  looks: Looks = { count: 0 };

  override isMissing(index: PieceIndex): boolean {
    this.looks.count++;
    return super.isMissing(index);
  }
}

/** A ledger of missing pieces that counts looks at them. */
export function countingLedger(pieceCount: number, looks: Looks): PieceLedger {
  const geometry = makeGeometry(pieceCount * pieceBytes, pieceBytes);
  const ledger = new CountingLedger(new DataBytes(geometry, []), new PieceMap(pieceCount));
  ledger.looks = looks;
  return ledger;
}

/** An availability table that counts reads of pieces. */
export function countingTable(table: Uint16Array, looks: Looks): Uint16Array {
  return new Proxy(table, {
    get(target, key) {
      looks.count++;
      return Reflect.get(target, key, target);
    },
  });
}

/** Each of the shares from 1 to 100 % belongs to as many peers; their pieces are random. */
export class PickerSwarm {
  readonly looks: Looks = { count: 0 };
  readonly ledger: PieceLedger;
  readonly picker: PiecePicker;
  readonly peers: readonly Uint8Array[];
  nowMs = 0;
  readonly #availability: readonly Uint16Array[];
  readonly #random: Random = seededRandom(1);

  /** @param isCounting Counting makes picks slow. */
  constructor(pieceCount: number, peerCount: number, isCounting: boolean) {
    const random = this.#random;
    const table = new Uint16Array(pieceCount);
    this.peers = Array.from({ length: peerCount }, (_, peer) => {
      const has = new Uint8Array(Math.ceil(pieceCount / 8));
      const share = Math.ceil((100 * (peer + 1)) / peerCount) / 100;
      for (let piece = 0; piece < pieceCount; piece++) {
        if (random.next() >= share) continue;
        setBit(has, piece);
        table[piece] = (table[piece] ?? 0) + 1;
      }
      return has;
    });
    this.ledger = countingLedger(pieceCount, isCounting ? this.looks : { count: 0 });
    this.picker = makePicker(this.ledger, random);
    this.#availability = [isCounting ? countingTable(table, this.looks) : table];
  }

  anyPeer(): Uint8Array {
    return this.peers[this.#random.integer(this.peers.length)] ?? new Uint8Array(0);
  }

  /** A peer that has each piece of ours with the chance `share`, and no other piece. */
  peerWithoutNews(share: number): Uint8Array {
    const has = new Uint8Array(this.ledger.map.snapshot().length);
    for (let piece = 0; piece < this.ledger.geometry.pieceCount; piece++) {
      if (this.ledger.map.has(piece) && this.#random.next() < share) setBit(has, piece);
    }
    return has;
  }

  /** Questions about no piece let the sort end. @returns Pieces that it looked at. */
  sort(): number {
    const before = this.looks.count;
    const [peer = new Uint8Array(0)] = this.peers;
    const slices = Math.ceil(this.ledger.geometry.pieceCount / 500);
    for (let slice = 0; slice < slices; slice++) {
      this.picker.pick({
        peerHas: peer,
        count: 0,
        availability: this.#availability,
        nowMs: this.nowMs,
        ...loneWorker,
      });
    }
    return this.looks.count - before;
  }

  /** The peer gives the pieces at once. */
  download(peer: Uint8Array, count: number): number {
    const pieces = this.picker.pick({
      peerHas: peer,
      count,
      availability: this.#availability,
      nowMs: this.nowMs,
      ...loneWorker,
    });
    for (const piece of pieces) this.ledger.grant(piece, 0, this.nowMs);
    return pieces.length;
  }

  /** The pieces that were granted are had. */
  finish(): void {
    for (const { piece } of [...this.ledger.leases()]) {
      this.ledger.toHashing(piece);
      this.ledger.toHad(piece);
    }
  }

  /** Asks as the engine does when it finds that it has nothing for a peer. */
  askForNothing(peer: Uint8Array, count: number): boolean {
    const picked = this.picker.pick({
      peerHas: peer,
      count,
      availability: this.#availability,
      nowMs: this.nowMs,
      ...loneWorker,
    });
    const isNothing = picked.length === 0 && !this.picker.hasMissing(peer);
    this.picker.isAnyAvailable(this.#availability);
    return isNothing;
  }
}

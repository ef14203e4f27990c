/** The bytes of a torrent, as peers of a load compare and serve them. Positions are inside the torrent. */
export interface PeerContent {
  /** @returns Whether the bytes of `chunk` from `start` to before `end` are those at `position`. */
  equals(position: number, chunk: Uint8Array, start: number, end: number): boolean;
  /** Writes the bytes at `position` to `target`, from `at` on. */
  copyTo(position: number, lengthBytes: number, target: Uint8Array, at: number): void;
  close(): void;
}

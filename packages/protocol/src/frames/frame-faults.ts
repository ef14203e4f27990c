import { maxPieces } from "../metainfo/geometry.ts";
import { ProtocolError, type ProtocolErrorCode, type ProtocolErrorDetails } from "../errors.ts";

function fault(
  code: ProtocolErrorCode,
  message: string,
  details: ProtocolErrorDetails = {},
): ProtocolError {
  return new ProtocolError(code, { operation: "read-frame", message, details });
}

/** @returns `frame-too-long`. */
export function tooLong(lengthBytes: number, allowedBytes: number): ProtocolError {
  return fault(
    "frame-too-long",
    `cannot read a message of ${lengthBytes} bytes: at most ${allowedBytes} are allowed`,
    { lengthBytes, allowedBytes },
  );
}

/** @returns `frame-wrong-length`. */
export function wrongLength(id: number, lengthBytes: number, allowedBytes: number): ProtocolError {
  return fault(
    "frame-wrong-length",
    `cannot read a message of id ${id} with ${lengthBytes} bytes: it takes ${allowedBytes}`,
    { id, lengthBytes, allowedBytes },
  );
}

/** @returns `bitfield-wrong-length`. */
export function wrongBitfield(lengthBytes: number, pieceCount: number): ProtocolError {
  const allowedBytes = Math.ceil(pieceCount / 8);
  return fault(
    "bitfield-wrong-length",
    `cannot read a bitfield of ${lengthBytes} bytes: ${pieceCount} pieces take ${allowedBytes}`,
    { lengthBytes, allowedBytes, pieceCount },
  );
}

/** @returns `bitfield-wrong-length`: it fits no torrent. */
export function impossibleBitfield(lengthBytes: number): ProtocolError {
  const allowedBytes = Math.ceil(maxPieces / 8);
  return fault(
    "bitfield-wrong-length",
    `cannot read a bitfield of ${lengthBytes} bytes: a torrent takes 1 to ${allowedBytes}`,
    { lengthBytes, allowedBytes, maxPieces },
  );
}

/** @returns `block-before-metadata`. */
export function blockBeforeMetadata(piece: number): ProtocolError {
  return fault(
    "block-before-metadata",
    `cannot take a block of piece ${piece}: none was requested, as the metadata is not known yet`,
    { piece },
  );
}

/** @returns `piece-out-of-range`. */
export function pieceOutOfRange(piece: number, pieceCount: number): ProtocolError {
  return fault(
    "piece-out-of-range",
    `cannot take a message about piece ${piece}: only 0 to ${pieceCount - 1} are allowed`,
    { piece, pieceCount },
  );
}

/** @returns `block-out-of-range`. */
export function blockOutOfRange(
  piece: number,
  begin: number,
  lengthBytes: number,
  pieceLengthBytes: number,
): ProtocolError {
  return fault(
    "block-out-of-range",
    `cannot take the ${lengthBytes} bytes at ${begin} of piece ${piece}: it has ${pieceLengthBytes} bytes`,
    { piece, begin, lengthBytes, pieceLengthBytes },
  );
}

/** @returns `frame-reader-failed`. */
export function afterFailure(): ProtocolError {
  return fault(
    "frame-reader-failed",
    "cannot read further messages of this connection: an earlier one broke a rule",
  );
}

/** @returns `hashes-not-requested`. */
export function hashesNotRequested(lengthBytes: number, allowedBytes: number): ProtocolError {
  return fault(
    "hashes-not-requested",
    `cannot take a message of ${lengthBytes} bytes with hashes: our requests allow ${allowedBytes}`,
    { lengthBytes, allowedBytes },
  );
}

/** @returns The error for a sink's offset outside its memory, which is no fault of the peer. */
export function noRoom(offset: number): RangeError {
  return new RangeError(`bug: the sink has no room for a block at byte ${offset} of its memory`);
}

import type { PieceReport, WritePiece } from "@troupe/messages";

/** A piece whose hash is right, until it is had: its write, and the report of its download. */
export interface VerifiedPiece extends WritePiece, PieceReport {}

import { ProtocolError } from "./errors.ts";
import type { Metainfo } from "./metainfo.ts";
/** How a torrent came to us. */
export interface ParseTorrentOptions {
  /** `network` refuses bytes behind the end; for a local `file`, the default, they are a warning. */
  readonly source?: "file" | "network";
}
export function parseTorrent(_bytes: Uint8Array, _options: ParseTorrentOptions = {}): Metainfo {
  throw new ProtocolError("bencode-malformed", { operation: "x", message: "x" });
}

import { dontHaveExtension } from "./dont-have.ts";
import { holepunchExtension } from "./holepunch.ts";
import { metadataExtension } from "./metadata.ts";
import { peerExchangeExtension } from "./peer-exchange.ts";
import { uploadOnlyExtension } from "./upload-only.ts";
import { PeerFault } from "../wire/faults.ts";
import type { Session } from "../session/session.ts";
import type { TorrentExtension } from "../torrent.ts";

/** The extensions that we speak of each torrent, each with an id and a name of its own. */
export const ownExtensions: readonly TorrentExtension[] = [
  metadataExtension,
  peerExchangeExtension,
  dontHaveExtension,
  uploadOnlyExtension,
  holepunchExtension,
];

/** @param id Ours. */
export function extensionOf(
  extensions: readonly TorrentExtension[],
  id: number,
): TorrentExtension | undefined {
  return extensions.find((extension) => extension.id === id);
}

/** @param payload After the ids. Lent. @throws {PeerFault} Or ProtocolError. */
export function readExtensionMessage(
  session: Session,
  extension: TorrentExtension,
  payload: Uint8Array,
): void {
  const { name, maxBytes, maxUseless } = extension;
  if (payload.length > maxBytes) {
    throw new PeerFault(
      "extension-too-long",
      `cannot read a message of ${name} with ${payload.length} bytes: at most ${maxBytes} are allowed`,
    );
  }
  if (!extension.read(session, payload)) session.wire.offences.countUseless(name, maxUseless);
}

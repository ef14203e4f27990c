import { dontHaveExtension } from "./dont-have.ts";
import type { Extension } from "./extension.ts";
import { metadataExtension } from "./metadata.ts";
import { peerExchangeExtension } from "./peer-exchange.ts";
import { uploadOnlyExtension } from "./upload-only.ts";
import { PeerFault } from "../session/faults.ts";
import type { Session } from "../session/session.ts";

/** The extensions that we speak, each with an id and a name of its own. */
export const extensions: readonly Extension[] = [
  metadataExtension,
  peerExchangeExtension,
  dontHaveExtension,
  uploadOnlyExtension,
];

/** @param id Ours. */
export function extensionOf(id: number): Extension | undefined {
  return extensions.find((extension) => extension.id === id);
}

/** @param payload After the ids. Lent. @throws {PeerFault} Or ProtocolError. */
export function readExtensionMessage(
  session: Session,
  extension: Extension,
  payload: Uint8Array,
): void {
  const { name, maxBytes, maxUseless } = extension;
  if (payload.length > maxBytes) {
    throw new PeerFault(
      "extension-too-long",
      `cannot read a message of ${name} with ${payload.length} bytes: at most ${maxBytes} are allowed`,
    );
  }
  if (!extension.read(session, payload)) session.offences.countUseless(name, maxUseless);
}

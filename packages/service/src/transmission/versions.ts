import { ownIdentity } from "@troupe/protocol/client-identity";

/** The version of Transmission whose protocol this is. */
const transmissionVersion = "4.1.1";

/** The header of the response that asks for a session id, by which clients choose their dialect. */
export const versionHeader = "X-Transmission-Rpc-Version";

/** The versions as session_get tells them. */
export const protocolVersions = {
  rpc_version: 19,
  rpc_version_minimum: 14,
  rpc_version_semver: "6.0.1",
  version: `${transmissionVersion} (${ownIdentity.client})`,
} as const;

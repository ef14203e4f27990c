// The names of a client in its messages.

/** The names of a client. Messages leave out an empty name. */
export interface ClientIdentity {
  /** `v` of extended handshakes (BEP 10). */
  readonly client: string;
  /** Begins the peer ids (BEP 20): 8 printable ASCII characters, or none. */
  readonly peerIdPrefix: string;
  /** `user-agent` of HTTP requests. */
  readonly userAgent: string;
  /** `v` of DHT messages (BEP 5), a character a byte. */
  readonly dhtVersion: string;
  /** Describes our mappings at a gateway (UPnP). */
  readonly mappingDescription: string;
  /** Whether the DHT node of a later run has the id of this one, which is made of the address that peers see (BEP 42). */
  readonly keepsNodeId: boolean;
}

/** The version of Troupe. */
export const ownVersion = "0.1.0";

/** This release of Troupe. */
export const ownIdentity: ClientIdentity = {
  client: `Troupe ${ownVersion}`,
  peerIdPrefix: "-TP0100-",
  userAgent: `Troupe/${ownVersion}`,
  dhtVersion: "TP\x00\x01",
  mappingDescription: "Troupe",
  keepsNodeId: true,
};

/**
 * The names of an anonymous client. Some web servers refuse requests without a user agent, so requests have that of
 * libtorrent's anonymous mode, as those of most anonymous clients.
 */
export const anonymousIdentity: ClientIdentity = {
  client: "",
  peerIdPrefix: "",
  userAgent: "curl/7.81.0",
  dhtVersion: "",
  mappingDescription: "",
  keepsNodeId: false,
};

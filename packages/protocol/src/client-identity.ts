// The names by which a client makes itself known on the wire.

/** The names of a client. An empty name is not sent. */
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
}

/** Troupe 0.1.0. */
export const ownIdentity: ClientIdentity = {
  client: "Troupe 0.1.0",
  peerIdPrefix: "-TP0100-",
  userAgent: "Troupe/0.1.0",
  dhtVersion: "TP\x00\x01",
  mappingDescription: "Troupe",
};

/**
 * A client that tells no name. Some web servers refuse requests without a user agent: this one is that of libtorrent's
 * anonymous mode, behind which most anonymous clients are.
 */
export const anonymousIdentity: ClientIdentity = {
  client: "",
  peerIdPrefix: "",
  userAgent: "curl/7.81.0",
  dhtVersion: "",
  mappingDescription: "",
};

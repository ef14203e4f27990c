/** A default gateway of this machine. */
export interface Gateway {
  /** Its numeric address. */
  readonly host: string;
  /** Our address on the interface that leads to it. */
  readonly localHost: string;
}

/** The routes of this machine to the internet, as of the call: networks come and go. */
export interface Gateways {
  /** The IPv4 gateways, the system's choice first. Empty where the system does not tell. */
  list(): readonly Gateway[];
}

/** The engine's limits on open files and sockets. */
export interface DescriptorBudget {
  /** Limit of the process, for display. */
  readonly limit: number;
  /** Descriptors of all torrents' connections, with dials. */
  readonly peers: number;
  readonly halfOpen: number;
  /** Accepted, waiting for a handshake. */
  readonly handshakes: number;
  readonly openFiles: number;
  readonly trackers: number;
  readonly lockFiles: number;
}

/**
 * `user`: from the library's caller; `magnet`: from the link; `record`: the address answered in an earlier run; trackers
 * and peers that exchange addresses (PEX) are local or on the internet by their own address; `local-discovery`: a
 * neighbour announced itself; nodes of the DHT are local or on the internet as trackers are.
 */
export type AddressSource =
  | "user"
  | "magnet"
  | "record"
  | "tracker-local"
  | "tracker-internet"
  | "pex-local"
  | "pex-internet"
  | "local-discovery"
  | "dht-local"
  | "dht-internet";

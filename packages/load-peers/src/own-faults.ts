/** Codes of the system and of the rule of addresses that say nothing about the target. */
const ownFaults: ReadonlySet<string> = new Set([
  // No local port or address is left, or the source address is not one of this machine.
  "EADDRNOTAVAIL",
  "EADDRINUSE",
  // No descriptors or memory are left.
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  // A firewall of this machine refuses to send.
  "EPERM",
  "EACCES",
  "target-not-allowed",
  "hostile-not-allowed",
  "address not allowed",
]);

/** @param reason Why something was not sent. @returns Whether this machine is the cause, not the target. */
export function isOwnFault(reason: string): boolean {
  return ownFaults.has(reason);
}

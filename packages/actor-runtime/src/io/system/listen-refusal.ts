import { systemWords } from "./system-sentence.ts";

/** Below it, most systems ask for root. */
const firstFreePort = 1024;

/** Why a port cannot be listened on. */
export interface ListenRefusal {
  readonly code: "address-not-available" | "listen-failed" | "port-in-use" | "port-not-allowed";
  /** Without the port or the address: `is in use`, `it is no address of this machine`. */
  readonly reason: string;
}

/** @param systemCode Code of the failed call: `EADDRINUSE` … */
export function listenRefusal(systemCode: string, port: number): ListenRefusal {
  switch (systemCode) {
    case "EADDRINUSE":
      return { code: "port-in-use", reason: "is in use" };
    case "EACCES":
    case "EPERM":
      return { code: "port-not-allowed", reason: forbidden(port) };
    case "EADDRNOTAVAIL":
      return { code: "address-not-available", reason: "it is no address of this machine" };
    case "EAFNOSUPPORT":
      return { code: "address-not-available", reason: "this machine has no addresses of its kind" };
    default:
      return { code: "listen-failed", reason: `fails: ${systemWords(systemCode)}` };
  }
}

function forbidden(port: number): string {
  return port > 0 && port < firstFreePort ? "needs root" : "is not allowed to this user";
}

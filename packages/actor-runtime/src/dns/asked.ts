import type { DnsQuestion } from "@troupe/protocol/dns";
import type { Address } from "../ports/sockets.ts";

/** One question to one server. */
export interface Asked {
  readonly server: Address;
  readonly question: DnsQuestion;
  /** The question as it is sent. */
  readonly bytes: Uint8Array;
  readonly limitMs: number;
}

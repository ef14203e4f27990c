import type { Address, Ports } from "@troupe/actor-runtime";
import { type PeerTransport, UtpDialer } from "@troupe/load-peers";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { type PeerAnswer, probePeer } from "./probe-peer.ts";

/** A question to a client. */
interface ClientQuestion {
  readonly torrent: Metainfo;
  /** Pieces that are waited for, a second from each handshake. */
  readonly wanted: number;
  /** Transports that the client must answer over. */
  readonly transports: readonly [PeerTransport, ...PeerTransport[]];
}

/** The answer over one transport. */
type TransportAnswer = PeerAnswer & { readonly transport: PeerTransport };

type ProbePorts = Pick<Ports, "clock" | "timers" | "random" | "sockets" | "datagrams">;

/** Asks a client over one transport after the other. @returns The first failure, or the last answer. */
export async function probeTransports(
  ports: ProbePorts,
  to: Address,
  question: ClientQuestion,
): Promise<TransportAnswer> {
  const [first, ...others] = question.transports;
  let answer = await askOver(first, ports, to, question);
  for (const transport of others) {
    if (answer.kind === "failed") break;
    // One connection after the other: clients may allow one for each address. oxlint-disable-next-line no-await-in-loop
    answer = await askOver(transport, ports, to, question);
  }
  return answer;
}

async function askOver(
  transport: PeerTransport,
  ports: ProbePorts,
  to: Address,
  { torrent, wanted }: ClientQuestion,
): Promise<TransportAnswer> {
  const utp = new UtpDialer(ports);
  const sockets = transport === "utp" ? utp : ports.sockets;
  try {
    return { ...(await probePeer({ ...ports, sockets }, to, torrent, wanted)), transport };
  } finally {
    await utp.close();
  }
}

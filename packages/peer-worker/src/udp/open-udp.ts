import type { UdpListen, UdpListening } from "@troupe/messages";
import { UtpSockets } from "@troupe/transport";

import type { Acceptor } from "../connection/acceptor.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { SharedPort } from "./shared-port.ts";

/** The parts of a worker that uTP joins. */
interface UtpParts {
  readonly worker: PeerWorker;
  readonly acceptor: Acceptor;
  readonly sharedPort: SharedPort;
}

/** Opens the UDP port. From then on peers are dialled and accepted over uTP, too. */
export async function openUdp(parts: UtpParts, request: UdpListen): Promise<UdpListening> {
  const listening = await parts.sharedPort.open(request);
  if (listening.sockets.length > 0 && parts.worker.utp === undefined) startUtp(parts);
  return listening;
}

function startUtp({ worker, acceptor, sharedPort }: UtpParts): void {
  const utp = new UtpSockets(worker.context, (bytes, to) => sharedPort.send(bytes, to), {
    headerBytesTo: (to) => sharedPort.headerBytesTo(to),
  });
  worker.utp = utp;
  sharedPort.utp = utp;
  acceptor.acceptUtp();
}

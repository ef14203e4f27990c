import { bindFamilies, type DhtListen, type UdpListening } from "@troupe/messages";
import type { DhtWorker } from "./dht-worker.ts";

/** Opens the sockets of the families that have none: at the peers' port, or sockets of its own. */
export async function listen(worker: DhtWorker, request: DhtListen): Promise<UdpListening> {
  const { context, families, port } = worker;
  const refused = await bindFamilies(
    {
      datagrams: request.isPortShared === true ? port : context.datagrams,
      has: (family) => families.has(family),
      handlersOf: (family) => ({
        received: (bytes, from) => families.get(family)?.node.received(bytes, from),
      }),
      opened: (family, socket) => void worker.open(family, socket),
    },
    request,
  );
  const sockets = Array.from(families.values(), ({ family, node: { address } }) => ({
    family,
    ...address,
  }));
  return { sockets, refused };
}

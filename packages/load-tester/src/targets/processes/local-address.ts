import type { Ports } from "@troupe/actor-runtime";

/** @returns Whether an address is one of this machine: a socket can be bound to it. */
export async function isLocalAddress(
  { datagrams }: Pick<Ports, "datagrams">,
  host: string,
): Promise<boolean> {
  try {
    const socket = await datagrams.bind({ host, port: 0 }, { received: () => {} });
    socket.close();
    return true;
  } catch {
    return false;
  }
}

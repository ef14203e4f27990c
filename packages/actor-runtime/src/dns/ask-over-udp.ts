import { decodeDnsReply, type DnsReply } from "@troupe/protocol/dns";
import type { Ports } from "../ports/ports.ts";
import type { Asked } from "./asked.ts";

/**
 * Asks over a socket of its own. Datagrams of others, and those that are no reply to the question, do not count.
 *
 * @returns Undefined without a reply in time, and where the system does not send.
 * @throws rejects with the code of a socket that cannot be opened.
 */
export async function askOverUdp(
  { datagrams, timers }: Pick<Ports, "datagrams" | "timers">,
  { server, question, bytes, limitMs }: Asked,
): Promise<DnsReply | undefined> {
  const { promise, resolve } = Promise.withResolvers<DnsReply | undefined>();
  const host = server.host.includes(":") ? "::" : "0.0.0.0";
  // Senders have no zone.
  const [sender] = server.host.split("%", 1);
  const socket = await datagrams.bind(
    { host, port: 0 },
    {
      received(datagram, from) {
        if (from.host !== sender || from.port !== server.port) return;
        const reply = decodeDnsReply(datagram, question);
        if (reply !== undefined) resolve(reply);
      },
      notSent: () => resolve(undefined),
    },
  );
  const late = timers.after(limitMs, () => resolve(undefined));
  socket.send(bytes.slice(), server);
  const reply = await promise;
  late.cancel();
  socket.close();
  return reply;
}

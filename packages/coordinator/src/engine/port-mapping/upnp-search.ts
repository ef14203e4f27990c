import type { Gateway } from "@troupe/actor-runtime";
import { ProtocolError } from "@troupe/protocol/errors";
import {
  decodeSsdpReply,
  encodeSsdpSearch,
  gatewayTargets,
  maxXmlBytes,
  readGatewayServices,
  ssdpGroup,
  type GatewayService,
} from "@troupe/protocol/gateway";
import { gatewayRefused, gatewaySilent, type GatewayContext } from "./gateway-client.ts";

/** Milliseconds after the first search of the others; a device answers within a second. */
const repeatsMs = [500, 1_500];
const searchMs = 3_000;
/** Replies of the gateway that are read; further ones are ignored. */
const mostReplies = 64;
/** Time limit of an HTTP request. */
export const upnpDeadlineMs = 5_000;

/**
 * The services of a gateway that map ports.
 * @throws rejects with TroupeError `gateway-silent`, `gateway-refused`, ProtocolError `xml-malformed`, or an error of HTTP.
 */
export async function findServices(
  context: GatewayContext,
  gateway: Gateway,
): Promise<readonly GatewayService[]> {
  const location = await findDescription(context, gateway);
  const limits = { deadlineMs: upnpDeadlineMs, maxBodyBytes: maxXmlBytes, mostRedirects: 0 };
  const { status, body } = await context.http.get(location.href, limits);
  if (status !== 200) throw gatewayRefused("UPnP", `its description has the status ${status}`);
  const services = readGatewayServices(body, location);
  if (services.length === 0) throw gatewayRefused("UPnP", "it has no service that maps ports");
  return services;
}

/** Searches by multicast. Only a reply of the gateway counts, and only if it names its own address. */
async function findDescription(context: GatewayContext, gateway: Gateway): Promise<URL> {
  const { promise, resolve, reject } = Promise.withResolvers<URL>();
  let replies = 0;
  const socket = await context.datagrams.bind(
    { host: gateway.localHost, port: 0 },
    {
      received: (bytes, from) => {
        if (from.host !== gateway.host || replies === mostReplies) return;
        replies++;
        const location = locationOf(bytes);
        if (location?.hostname === gateway.host) resolve(location);
      },
    },
  );
  const search = (): void => {
    for (const target of gatewayTargets) socket.send(encodeSsdpSearch(target), ssdpGroup);
  };
  const timers = [
    ...repeatsMs.map((delayMs) => context.timers.after(delayMs, search)),
    context.timers.after(searchMs, () => reject(gatewaySilent("UPnP"))),
  ];
  search();
  try {
    return await promise;
  } finally {
    for (const timer of timers) timer.cancel();
    socket.close();
  }
}

function locationOf(bytes: Uint8Array): URL | undefined {
  try {
    return decodeSsdpReply(bytes).location;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

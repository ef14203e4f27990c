// The description of a gateway (UPnP InternetGatewayDevice 1 and 2): a tree of devices with services.

import { isPlainHttp } from "./ssdp.ts";
import { childText, elementsOf, readXml } from "./xml-tree.ts";

/** Services that map ports, best first. */
const serviceTypes: readonly string[] = [
  "urn:schemas-upnp-org:service:WANIPConnection:2",
  "urn:schemas-upnp-org:service:WANIPConnection:1",
  "urn:schemas-upnp-org:service:WANPPPConnection:1",
];
/** Services of a gateway that are used; further ones are left out. */
const maxServices = 4;
/** Longest URL of a service; a service with a longer one is left out. */
const maxUrlLength = 2_048;

/** A service that maps ports. */
export interface GatewayService {
  /** `urn:schemas-upnp-org:service:…` */
  readonly type: string;
  /** On the host of the description; http. */
  readonly controlUrl: string;
  /** The gateway chooses a port if the wanted one is taken (`AddAnyPortMapping`). */
  readonly choosesPorts: boolean;
}

/**
 * @param location URL that the description came from. Services on another host are left out.
 * @returns At most 4 services, best first.
 * @throws {ProtocolError} `xml-malformed`.
 */
export function readGatewayServices(bytes: Uint8Array, location: URL): readonly GatewayService[] {
  const root = readXml(bytes);
  const base = URL.parse(childText(root, "URLBase")) ?? location;
  const services = elementsOf(root).flatMap((element): GatewayService[] => {
    if (element.name !== "service") return [];
    const type = childText(element, "serviceType");
    const path = childText(element, "controlURL");
    if (!serviceTypes.includes(type) || path === "" || path.length > maxUrlLength) return [];
    const url = URL.parse(path, base);
    if (url === null || !isPlainHttp(url) || url.hostname !== location.hostname) return [];
    return [{ type, controlUrl: url.href, choosesPorts: type === serviceTypes[0] }];
  });
  return services.toSorted((one, other) => rankOf(one) - rankOf(other)).slice(0, maxServices);
}

function rankOf({ type }: GatewayService): number {
  return serviceTypes.indexOf(type);
}

// Announces over HTTP and UDP behind one interface. Each holds a place of its transport while it is under way.

import type { Clock, Http, MayDial, Names } from "@troupe/actor-runtime";
import { abortable } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import { isMapped, parseIp } from "@troupe/protocol/address";
import type { AddressFamily, AnnounceRequest } from "@troupe/protocol/tracker";
import type { AnnounceUrgency, LimitedRequest } from "./request-limit.ts";
import { announceOverHttp, type Announced } from "./http-tracker.ts";
import { trackerAddress, type TrackerAddress } from "./tracker-address.ts";
import { dialled, TrackerNames } from "./tracker-names.ts";
import type { TransportLimits } from "./transport-limits.ts";
import { familyOf } from "./udp/udp-exchange.ts";
import type { UdpTrackers } from "./udp/udp-trackers.ts";

/** One announce over one address family. */
export interface TrackerCall {
  readonly url: string;
  readonly family: AddressFamily;
  /** Called for each request or datagram, so that its figures are those of that moment. */
  readonly request: () => AnnounceRequest;
  readonly urgency: AnnounceUrgency;
  /** Time limit of an HTTP request; UDP has time limits of its own. */
  readonly deadlineMs: number;
  /** `stopped`. */
  readonly isLast: boolean;
  readonly signal: AbortSignal;
  /** The addresses that it may be reached at. Absent: all. */
  readonly mayDial?: MayDial;
  /** The wait for a reply begins: the announce has a place. */
  readonly begun: () => void;
  /** The address was silent before: the announce waits for its turn to probe it, or for a reply to another torrent. */
  readonly waits: () => void;
}

/** Announces to a tracker, over HTTP or UDP. */
export interface TrackerTransport {
  /** @throws rejects with an error that has a `code`. */
  announce(call: TrackerCall): Promise<Announced>;
}

/** The means of {@link TrackerTransports}. */
interface TransportServices {
  readonly http: Pick<Http, "get">;
  readonly names: Names;
  readonly clock: Clock;
  readonly udpTrackers: Pick<UdpTrackers, "announce" | "findAnswering" | "isSilent">;
  readonly limits: TransportLimits;
}

type AddressedCall = TrackerCall & TrackerAddress;

/** The transports of an engine. */
export class TrackerTransports implements TrackerTransport {
  readonly #services: TransportServices;
  readonly #names: TrackerNames;

  constructor(services: TransportServices) {
    this.#services = services;
    this.#names = new TrackerNames(services);
  }

  /** @throws rejects also with TroupeError `tracker-family-missing`. */
  async announce(call: TrackerCall): Promise<Announced> {
    const address = trackerAddress(call.url);
    if (address === undefined) throw new Error(`bug: an announce to ${call.url}`);
    const addressed = { ...call, ...address };
    if (address.transport === "udp") return await this.#announceOverUdp(addressed);
    return await this.#announceOverHttp(addressed);
  }

  async #announceOverHttp(call: AddressedCall): Promise<Announced> {
    const { url, request, family, deadlineMs, signal, mayDial } = call;
    const free = await this.#takePlace(call);
    try {
      const { clock, http } = this.#services;
      return await announceOverHttp(http, url, request(), {
        ...{ family, deadlineMs, signal, epochMs: clock.epochMs() },
        ...(mayDial !== undefined && { mayDial }),
      });
    } finally {
      free();
    }
  }

  async #announceOverUdp(call: AddressedCall): Promise<Announced> {
    const { url, request, family, host, port, signal, isLast } = call;
    const { udpTrackers } = this.#services;
    const hosts = dialled(host, await this.#addressesOf(call), call.mayDial);
    const addresses = hosts
      .filter((each) => familyOf({ host: each }) === family)
      .map((each) => ({ host: each, port }));
    if (addresses.length === 0) throw familyMissing(host, family);
    const turn = { signal, isLast, takePlace: () => this.#takePlace(call) };
    const address = await udpTrackers.findAnswering(addresses, turn);
    if (udpTrackers.isSilent(address)) call.waits();
    const reply = await udpTrackers.announce(address, url, request, turn);
    // A proxy alone knows the address of a name.
    const remoteHost = parseIp(address.host) === undefined ? undefined : address.host;
    return { reply, remoteHost };
  }

  /** A look-up may take longer than `stopped` has. */
  async #addressesOf({ host, signal, isLast }: AddressedCall): Promise<readonly string[]> {
    const known = isLast ? this.#names.lastAddressesOf(host) : undefined;
    return known ?? (await abortable(signal, () => this.#names.addressesOf(host)));
  }

  async #takePlace(call: AddressedCall): Promise<() => void> {
    const { family, host, signal, transport, urgency } = call;
    // A dead address of one family leaves places to the other one.
    const place: LimitedRequest = { host: `${host} ${family}`, urgency, signal };
    const free = await this.#services.limits[transport].take(place);
    call.begun();
    return free;
  }
}

/**
 * The families that a tracker may be reached over, the preferred one first.
 *
 * @param families Families in use. For an address of another family the look-up of the address fails.
 */
export function familiesOf(
  url: string,
  families: readonly AddressFamily[],
): readonly AddressFamily[] {
  const host = trackerAddress(url)?.host ?? "";
  // A URL has each number of IPv6 in hexadecimal: an IPv4 address in IPv6 is reached over IPv4.
  const address = parseIp(host.startsWith("[") ? host.slice(1, -1) : host);
  if (address === undefined) return families;
  return [address.length === 16 && !isMapped(address) ? 6 : 4];
}

function familyMissing(host: string, family: AddressFamily): TroupeError {
  return new TroupeError(
    "tracker-family-missing",
    `the tracker ${host} has no IPv${family} address`,
  );
}

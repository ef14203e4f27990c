import { WindowCount, type Clock } from "@troupe/actor-runtime";
import { UnverifiedDials } from "../addresses/unverified-dials.ts";
import { PunchDials } from "./punch-dials.ts";
import { PunchRequests } from "./punch-requests.ts";

/** Orders to connect that are obeyed in a minute without our request; further ones are ignored. */
const mostOrders = 30;
const orderWindowMs = 60_000;
/** Requests that are answered in a second: each looks at all peers of its torrent. Further ones are dropped. */
const mostRelays = 50;
const relayWindowMs = 1_000;

/** The state of holepunching (BEP 55), over all torrents. */
export class HolepunchState {
  readonly requests = new PunchRequests();
  readonly dials = new PunchDials();
  /** Dials that met no peer, apart from those of addresses that peers named: two of a host in an hour. */
  readonly dialsInVain: UnverifiedDials;
  readonly orders = new WindowCount(mostOrders, orderWindowMs);
  readonly relays = new WindowCount(mostRelays, relayWindowMs);

  constructor(clock: Pick<Clock, "nowMs">) {
    this.dialsInVain = new UnverifiedDials(clock);
  }
}

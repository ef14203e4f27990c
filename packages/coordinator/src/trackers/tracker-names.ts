import {
  ActorError,
  codeOf,
  messageOf,
  type Clock,
  type MayDial,
  type Names,
} from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";

/** Thousands of torrents ask one tracker: they share a look-up for this long. */
const keptMs = 60_000;
const failureKeptMs = 5_000;
/** Names whose addresses are kept; beyond them the oldest is forgotten and looked up again. */
const mostNames = 1_000;

interface LookUp {
  readonly addresses: Promise<readonly string[]>;
  untilMs: number;
}

/**
 * The addresses of a tracker's name.
 *
 * @throws rejects with ActorError `name-refused`, or TroupeError `tracker-unreachable`, with the system's code as
 *   `details.cause`.
 */
export async function resolveTracker(names: Names, host: string): Promise<readonly string[]> {
  try {
    return await names.resolveAllowed(host);
  } catch (error) {
    if (error instanceof ActorError) throw error;
    const message = `cannot find the address of the tracker ${host}: ${messageOf(error)}`;
    throw new TroupeError("tracker-unreachable", message, {
      details: { host, cause: codeOf(error) },
      cause: error,
    });
  }
}

/** The addresses of a tracker that may be reached. @throws TroupeError `tracker-local` if it has no other. */
export function dialled(
  host: string,
  addresses: readonly string[],
  mayDial: MayDial = () => true,
): readonly string[] {
  const allowed = addresses.filter((each) => mayDial(each, host));
  if (allowed.length > 0 || addresses.length === 0) return allowed;
  const message = `the tracker ${host} is in a local network; allowed is a host of the internet`;
  throw new TroupeError("tracker-local", message, { details: { host } });
}

/** The addresses of trackers, by the rules for names that strangers give. */
export class TrackerNames {
  readonly #names: Names;
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #lookUps = new Map<string, LookUp>();
  /** The oldest first. */
  readonly #lastFound = new Map<string, readonly string[]>();

  constructor({ names, clock }: { readonly names: Names; readonly clock: Clock }) {
    this.#names = names;
    this.#clock = clock;
  }

  /** The addresses of the last look-up, however old; undefined without one. */
  lastAddressesOf(host: string): readonly string[] | undefined {
    return this.#lastFound.get(host);
  }

  /** @throws as {@link resolveTracker}. */
  addressesOf(host: string): Promise<readonly string[]> {
    const known = this.#lookUps.get(host);
    if (known !== undefined && this.#clock.nowMs() < known.untilMs) return known.addresses;
    const addresses = resolveTracker(this.#names, host);
    // The look-up has a deadline of its own; its age counts from the reply.
    const lookUp: LookUp = { addresses, untilMs: Infinity };
    const keep = (ms: number): void => void (lookUp.untilMs = this.#clock.nowMs() + ms);
    addresses.then(
      (found) => {
        keep(keptMs);
        keepLast(this.#lastFound, host, found);
      },
      () => keep(failureKeptMs),
    );
    keepLast(this.#lookUps, host, lookUp);
    return addresses;
  }
}

function keepLast<Value>(values: Map<string, Value>, host: string, value: Value): void {
  values.delete(host);
  values.set(host, value);
  for (const oldest of values.keys()) {
    if (values.size <= mostNames) break;
    values.delete(oldest);
  }
}

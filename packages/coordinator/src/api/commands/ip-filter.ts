// The IP filter as commands show it: its source may be a path, or an address with a secret in it.

import type { IpFilterStatus } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type { CommandResults } from "@troupe/control/commands";
import type { Coordinator } from "../coordinator.ts";
import { isElsewhere, type Caller } from "./caller.ts";

/** The status of a filter. A caller elsewhere gets its figures alone. */
export function shownIpFilter(
  ipFilter: IpFilterStatus | undefined,
  caller: Caller,
): CommandResults["ip-filter"] {
  if (ipFilter === undefined) return {};
  if (!isElsewhere(caller)) return { ipFilter };
  const { error: _error, path: _path, ...figures } = ipFilter;
  return { ipFilter: figures };
}

/** @throws TroupeError with the code of the failure; for a caller elsewhere with a sentence that names no source. */
export async function updateIpFilter(
  coordinator: Pick<Coordinator, "updateIpFilter">,
  caller: Caller,
): Promise<void> {
  try {
    await coordinator.updateIpFilter();
  } catch (cause) {
    if (!(cause instanceof TroupeError) || !isElsewhere(caller)) throw cause;
    const message = "cannot read the list of the IP filter again: the list in use stays";
    throw new TroupeError(cause.code, message, { cause });
  }
}

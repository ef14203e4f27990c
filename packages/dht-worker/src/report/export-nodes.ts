import type { SavedDhtNodes } from "@troupe/messages";
import type { DhtWorker } from "../dht-worker.ts";

/** The nodes that answered last, of this run and of the earlier one, and our ids. */
export function exportNodes({ families, services: { known } }: DhtWorker): SavedDhtNodes {
  for (const { node } of families.values()) known.remember(node.table.entries());
  const ids = Array.from(families.values(), ({ family, node: { ownId, address } }) => ({
    family,
    ...address,
    id: ownId.id,
    ...("publicHost" in ownId &&
      ownId.publicHost !== undefined && { publicHost: ownId.publicHost }),
  }));
  return { ids, nodes: known.nodes };
}

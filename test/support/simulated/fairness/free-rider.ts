import type { EngineServices } from "../../../../packages/coordinator/src/engine/base/engine-services.ts";
import { simulatedServices } from "../engine/pools.ts";

const { peerWorker } = simulatedServices;

/** The production parts, but for peer-workers that unchoke no peer: the engine downloads and gives nothing. */
export const freeRiderServices: EngineServices = {
  ...simulatedServices,
  peerWorker: {
    ...peerWorker,
    load: async () => {
      const actor = await peerWorker.load();
      return { ...actor, handlers: { ...actor.handlers, "set-unchoked": () => {} } };
    },
  },
};

export { startService, type RunningService } from "./program/start-service.ts";
export type { ServiceOptions } from "./program/service-options.ts";
export type { ServiceEvent } from "./program/row-events.ts";
export type { ListenPlace } from "./service.messages.ts";

export { startService, type RunningService, type ServiceOptions } from "./program/start-service.ts";
export type { ServiceEvent } from "./program/row-events.ts";
export type { ListenPlace } from "./service.messages.ts";

// The modules of the calls that steer a service. In the joined program they are a file of their own
// (scripts/bundle-modules.ts), so that no other call reads and compiles them.

export { runServiceCall } from "../commands/service/run-service-call.ts";
export { askPerson } from "../terminal-question.ts";
export { HttpService } from "./http-service.ts";

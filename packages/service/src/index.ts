export { Service, type ServicePorts } from "./program/service.ts";
export { SecretFiles } from "./program/secret-files.ts";
export type { HttpOptions, ListenPlace, TlsFiles } from "./service.messages.ts";

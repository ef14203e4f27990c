export * from "./key-exchange.ts";
export * from "./mse-acceptor.ts";
export * from "./mse-dialer.ts";
export { type MseResult, type MseStep } from "./mse-step.ts";
export * from "./mse.ts";
export * from "./rc4.ts";

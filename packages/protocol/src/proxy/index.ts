export * from "./http-connect.ts";
export * from "./proxy-step.ts";
export * from "./proxy-url.ts";
export * from "./rfc-1928-socks5.ts";

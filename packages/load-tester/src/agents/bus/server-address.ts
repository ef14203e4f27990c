// The URL of a message server and the credentials for it.

import { TroupeError } from "@troupe/control";

/** How a leader or an agent reaches the message server. */
export interface NatsOptions {
  /** `nats://host:port`, `tls://host:port` or `host:port`; may name a token, or a user and a password. */
  readonly url: string;
  readonly token?: string;
  readonly user?: string;
  readonly password?: string;
  /** Path of a credentials file, as `nsc` writes it. */
  readonly credentialsFile?: string;
}

/** Proof of who connects. */
type Credentials =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "file"; readonly path: string };

/** A server after its URL was read. */
export interface ServerAddress {
  /** Host name or address; an IPv6 address has no brackets. */
  readonly host: string;
  readonly port: number;
  readonly hasTls: boolean;
  readonly credentials: Credentials;
}

const defaultPort = 4222;

/** Reads the URL. @throws TroupeError `nats-url-wrong`; its message never has the password. */
export function readServerAddress(options: NatsOptions): ServerAddress {
  const written = options.url.includes("://") ? options.url : `nats://${options.url}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !["nats:", "tls:"].includes(url.protocol) || url.hostname === "") {
    throw new TroupeError(
      "nats-url-wrong",
      "cannot read the URL of the NATS server: it is nats://host:port or tls://host:port, with user:password@ or token@ before the host",
    );
  }
  return {
    host: url.hostname.replaceAll(/[[\]]/g, ""),
    port: url.port === "" ? defaultPort : Number(url.port),
    hasTls: url.protocol === "tls:",
    credentials: credentialsOf(options, url),
  };
}

function credentialsOf(options: NatsOptions, url: URL): Credentials {
  if (options.credentialsFile !== undefined) return { kind: "file", path: options.credentialsFile };
  if (options.token !== undefined) return { kind: "token", token: options.token };
  const user = options.user ?? decodeURIComponent(url.username);
  if (user === "") return { kind: "none" };
  const isToken = options.user === undefined && url.password === "";
  if (isToken) return { kind: "token", token: user };
  return { kind: "password", user, password: options.password ?? decodeURIComponent(url.password) };
}

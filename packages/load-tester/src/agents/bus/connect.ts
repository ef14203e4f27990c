// A connection to a NATS server whose address and credentials have passed their rules.

import { readBounded } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import { isLoopbackAddress, isPrivateAddress } from "@troupe/protocol/address";
import { cleanText } from "@troupe/protocol/text";
import { messageOf, type Names } from "@troupe/actor-runtime";
import type { ConnectionOptions, NatsConnection, NatsLibrary } from "./nats-library.ts";
import type { ServerAddress } from "./server-address.ts";

const connectMs = 5_000;
/** Two pings without an answer end a connection: sooner than a silent agent counts as dead. */
const pingMs = 500;
const reconnectMs = 200;
const credentialsBytes = 64 * 1024;

/** Parts of a connection. */
interface ConnectParts {
  readonly library: NatsLibrary;
  readonly server: ServerAddress;
  readonly names: Names;
  /** Name of the connection that the server shows. */
  readonly name: string;
  /** Takes a sentence for the user. */
  readonly warn: (message: string) => void;
}

/**
 * Connects. A server that asks for no credentials is used only on loopback and private addresses, with a warning. A secret
 * without TLS to an address other than loopback is sent with a warning.
 *
 * @throws TroupeError `nats-not-reached`, `nats-refused`, `nats-without-credentials` or `nats-credentials-unreadable`.
 */
export async function connectToServer(parts: ConnectParts): Promise<NatsConnection> {
  const { library, server, names } = parts;
  const where = `${server.host}:${server.port}`;
  const addresses = await resolved(names, server.host, where);
  const options = await optionsOf(parts);
  let connection: NatsConnection;
  try {
    connection = await library.connect(options);
  } catch (error) {
    throw connectError(error, where);
  }
  if (sendsClearSecret(server, connection) && !addresses.every(isLoopbackAddress)) {
    const secret = server.credentials.kind === "token" ? "token" : "password";
    parts.warn(
      `the ${secret} for the NATS server at ${where} crosses the network in clear text: a tls:// URL encrypts it, at a server that has TLS`,
    );
  }
  if (connection.info?.auth_required === true) return connection;
  if (!addresses.every((address) => isLoopbackAddress(address) || isPrivateAddress(address))) {
    await connection.close();
    throw new TroupeError(
      "nats-without-credentials",
      `cannot use the NATS server at ${where}: it asks for no credentials, and such a server is used only on loopback and private addresses`,
    );
  }
  parts.warn(
    `the NATS server at ${where} asks for no credentials: everyone who reaches it can start and stop load`,
  );
  return connection;
}

/** A file of credentials signs what the server asks, and never leaves this machine. */
function sendsClearSecret(
  { hasTls, credentials }: ServerAddress,
  { info }: NatsConnection,
): boolean {
  const isSecret = credentials.kind === "token" || credentials.kind === "password";
  return isSecret && !hasTls && info?.tls_required !== true;
}

async function resolved(names: Names, host: string, where: string): Promise<readonly string[]> {
  try {
    return await names.resolve(host);
  } catch (error) {
    throw connectError(error, where);
  }
}

async function optionsOf(parts: ConnectParts): Promise<ConnectionOptions> {
  const { library, server, name } = parts;
  const host = server.host.includes(":") ? `[${server.host}]` : server.host;
  return {
    servers: `${host}:${server.port}`,
    name,
    timeout: connectMs,
    pingInterval: pingMs,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectTimeWait: reconnectMs,
    reconnectJitter: reconnectMs / 4,
    // The server may name other servers, to which no rule was applied.
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    ...(server.hasTls && { tls: {} }),
    ...(await credentialOptions(library, server)),
  };
}

async function credentialOptions(
  library: NatsLibrary,
  { credentials }: ServerAddress,
): Promise<ConnectionOptions> {
  switch (credentials.kind) {
    case "none":
      return {};
    case "token":
      return { token: credentials.token };
    case "password":
      return { user: credentials.user, pass: credentials.password };
    case "file":
      return { authenticator: library.credsAuthenticator(await readCredentials(credentials.path)) };
  }
}

async function readCredentials(path: string): Promise<Uint8Array> {
  try {
    return await readBounded(path, credentialsBytes);
  } catch (error) {
    throw new TroupeError(
      "nats-credentials-unreadable",
      `cannot read the credentials file ${path}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function connectError(error: unknown, where: string): TroupeError {
  const seen = cleanText(messageOf(error), 200);
  if (/authori[sz]ation|authentication/i.test(seen)) {
    return new TroupeError(
      "nats-refused",
      `the NATS server at ${where} refuses the credentials: give a token or a user and a password in --nats, or a file with --nats-creds`,
      { cause: error },
    );
  }
  return new TroupeError(
    "nats-not-reached",
    `cannot connect to the NATS server at ${where}: ${seen}`,
    { cause: error },
  );
}

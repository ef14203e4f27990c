// The packages of NATS, which a user installs beside the command only for load from several machines. No other file imports
// them.

import { TroupeError } from "@troupe/control";

const packages = [
  "@nats-io/transport-node",
  "@nats-io/jetstream",
  "@nats-io/kv",
  "@nats-io/obj",
] as const;

export type { Consumer, JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
export type { KV } from "@nats-io/kv";
export type { ObjectStore } from "@nats-io/obj";
export type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";

/** The functions of the four packages that are used here. */
export type NatsLibrary = Awaited<ReturnType<typeof importPackages>>;

async function importPackages() {
  const [transport, jetstream, kv, obj] = await Promise.all([
    import("@nats-io/transport-node"),
    import("@nats-io/jetstream"),
    import("@nats-io/kv"),
    import("@nats-io/obj"),
  ]);
  return {
    connect: transport.connect,
    credsAuthenticator: transport.credsAuthenticator,
    nanos: transport.nanos,
    jetstream: jetstream.jetstream,
    jetstreamManager: jetstream.jetstreamManager,
    Kvm: kv.Kvm,
    Objm: obj.Objm,
  };
}

/** Loads the packages. @throws TroupeError `nats-not-installed`, which says what to install. */
export async function loadNatsLibrary(): Promise<NatsLibrary> {
  try {
    return await importPackages();
  } catch (error) {
    throw new TroupeError(
      "nats-not-installed",
      `cannot use a NATS server: the packages for it are not installed beside troupe; npm install ${packages.join(" ")}, with -g if troupe was installed with it`,
      { cause: error },
    );
  }
}

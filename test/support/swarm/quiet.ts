// Engines of tests and benches send nothing to the machines around them.

/** Options of a coordinator without local discovery, DHT and port mapping; spread first. */
export const quiet = { localDiscovery: false, dht: false, portMapping: false } as const;

/** Words of the command for {@link quiet} engines. */
export const quietWords: readonly string[] = ["--no-lsd", "--no-dht", "--no-port-mapping"];

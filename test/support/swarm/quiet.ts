// Engines of tests and benches send nothing to the machines around them.

/** Options of a coordinator without local discovery, DHT and port mapping; spread first. */
export const quiet = { localDiscovery: false, dht: false, portMapping: false } as const;

/** The same as words of the command. */
export const quietWords: readonly string[] = ["--no-lsd", "--no-dht", "--no-port-mapping"];

/** Facts of the service that no command tells a caller elsewhere. They change with its settings file alone. */
export interface ServiceFacts {
  /** The data folder of torrents that name none, while the setting `directory` is not set: absolute. */
  readonly downloadDirectory: string;
  /** Absolute. */
  readonly stateDirectory: string;
  readonly usesDht: boolean;
  readonly usesLocalDiscovery: boolean;
  readonly mapsPort: boolean;
  /** Files have a suffix until they are complete. */
  readonly marksUnfinishedFiles: boolean;
}

/** The data folder of torrents that name none. */
export function dataDirectory(
  { directory }: { readonly directory?: string | undefined },
  { downloadDirectory }: Pick<ServiceFacts, "downloadDirectory">,
): string {
  return directory ?? downloadDirectory;
}

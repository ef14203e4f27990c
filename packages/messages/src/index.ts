export type * from "./ids.ts";
export type * from "./address-source.ts";
export type * from "./peer.messages.ts";
export type { AskedHashes } from "./hash.messages.ts";
export type { PeerWorkerOptions } from "./peer-worker-options.ts";
export type {
  ConnectionKind,
  EncryptionMode,
  Transport,
  TransportMode,
} from "./connection-kind.ts";
export { plainTcp, plainUtp, sharedKind } from "./connection-kind.ts";
export type * from "./file.messages.ts";
export {
  packHashedFiles,
  unpackHashedFiles,
  type HashedFile,
  type HashedFiles,
} from "./hashed-files.ts";
export type * from "./records.messages.ts";
export type * from "./dht.messages.ts";
export { mostSavedDhtNodes } from "./dht.messages.ts";
export type * from "./datagrams/port.messages.ts";
export { dhtPortsOf } from "./datagrams/port.messages.ts";
export { type BatchHandlers, BatchWriter, readBatch } from "./datagrams/datagram-batch.ts";
export { bindFamilies } from "./datagrams/bind-families.ts";
export { PortSockets } from "./datagrams/port-socket.ts";
export type * from "./job-dates.ts";
export { mergedDates } from "./job-dates.ts";
export type * from "./job-record.ts";
export { listedJob, zeroCounters } from "./job-record.ts";
export {
  decodeRecord,
  encodeRecord,
  readableRecord,
  recordLimitBytes,
  type Sha1,
} from "./record-codec.ts";
export {
  decodeLinkedFiles,
  encodeLinkedFiles,
  type LinkedFile,
  type LinkedFiles,
  linksPath,
  mostLinkBytes,
  ownFolder,
} from "./linked-files.ts";
export { mostSavedPeers } from "./record-json.ts";
export type { UploadSlots } from "./upload-slots.ts";
export { RecordError } from "./record-error.ts";
export type * from "./engine.messages.ts";
export type * from "./api.messages.ts";
export type * from "./torrent-status.ts";
export type { FileAccess } from "./file-access.ts";
export type * from "./torrent-event.ts";
export type * from "./torrent-info.ts";
export type * from "./source-status.ts";
export type * from "./stuck-thread.ts";
export type * from "./torrent-fault.ts";
export { packPlaces, type OpenTrees } from "./open-trees.ts";
export type { PaddingRuns } from "./padding.ts";
export { packPadding, unpackPadding } from "./padding.ts";
export {
  type ExtensionModules,
  moduleLoadMs,
  mostModuleExtensions,
  hasherAnswerMs,
  storeAnswerMs,
  type TorrentModules,
  type TorrentShape,
} from "./torrent-modules.ts";
export type { TracedText } from "./wire-trace.ts";
export type { TorrentWeight } from "./torrent-weight.ts";
export { evenWeight, torrentWeight } from "./torrent-weight.ts";
export type { Deadline } from "./deadline.ts";
export { mostDeadlines } from "./deadline.ts";
export type { FileBytes, FileRead, FilledBytes } from "./file-read.ts";
export type * from "./descriptor-budget.ts";
export type * from "./piece-event.ts";
export type * from "./why.ts";
export { StripKind, longestStrip, stripCellStart, stripCells, stripKinds } from "./piece-strip.ts";
export { countRuns, pushRun, runAt } from "./layouts/block-runs.ts";
export type { BlockRun } from "./layouts/block-runs.ts";
export { extentUnitBytes, needsOwnMemory } from "./layouts/extent.ts";
export { countFiles, packFiles, unpackFiles, unpackOtherPaths } from "./file-list.ts";
export type { FileList, ListedFile, OtherFilePath, PlacedFile, StoredFile } from "./file-list.ts";
export type { Breadcrumb, BreadcrumbHost } from "./layouts/breadcrumb.ts";
export {
  DhtStep,
  EngineStep,
  FileStep,
  PeerStep,
  breadcrumbHost,
  peerBreadcrumbWriter,
  readBreadcrumb,
  readCrash,
  torrentOf,
  writePeerBreadcrumb,
  writeWebSeedBreadcrumb,
} from "./layouts/breadcrumb.ts";
export { Quarantine, quarantineKey } from "./quarantine.ts";
export type { QuarantinedAddress } from "./quarantine.ts";
export { AddressRanges } from "./layouts/address-ranges.ts";
export { Histogram, histogramBytes } from "./layouts/histogram.ts";
export type { PieceOrigin } from "./piece-origin.ts";
export type { RateHistory } from "./rate-history.ts";
export type { Metric, MetricSeries } from "./metrics.ts";
export {
  type AddTotals,
  byteTotals,
  mapTotals,
  noTotals,
  type Totals,
  utpTotals,
} from "./totals.ts";
export { type BanChanges, type BannedPrefix, mostBans } from "./bans.ts";
export { type FilterMemory, IpFilter } from "./ip-filter.ts";
export { contributorLimit, sealedFields } from "./peer.messages.ts";
export * from "./packed-leases.ts";
export { paroleMs } from "./parole.ts";
export { PieceMap, bitfieldBytes } from "./layouts/piece-map.ts";
export { copyShared, shareBytes, viewShared } from "./layouts/shared-bytes.ts";
export type { SharedBytes } from "./layouts/shared-bytes.ts";
export {
  MemoryWait,
  PeerField,
  PeerFlag,
  PeerRow,
  lonePeerRow,
  PeerWord,
  TorrentTable,
  Total,
  peersThatFit,
} from "./layouts/torrent-table.ts";
export type * from "./rate-limits.ts";
export { limitsIn } from "./rate-limits.ts";
export {
  burstBytes,
  type DirectionShare,
  grantUnitBytes,
  wholeGrants,
  type RateDirection,
  RateShare,
} from "./layouts/rate-share.ts";

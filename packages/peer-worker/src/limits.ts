// The bounds of a peer-worker. docs/limits.md lists those that users can meet.

/** Our `reqq` (BEP 10): requests that peers should queue here. Some peers send far more. */
export const advertisedRequestQueue = 500;
/**
 * Queued requests of a peer without the fast extension; with it further ones than {@link advertisedRequestQueue} are
 * rejected. At the bound the peer is not read until half are served, or is closed.
 */
export const maxRequestsIn = 16_384;
/** With this many queued we request nothing from the peer: its blocks would lie behind unread requests. */
export const maxRequestsInWhileAsking = 12_288;
/** Requests that a peer may owe us, even if it accepts more. */
export const maxRequestsOut = 500;
/** Least requests kept at a peer, so that its next block never waits for us. */
export const minRequestsOut = 4;
/**
 * Requests that a web seed may owe us: three runs of 16 MiB. Its requests wait here, and the longer its queue, the
 * longer the ranges that it is asked for.
 */
export const maxWebSeedRequestsOut = 3_072;
/** Requests to a web seed whose rate is unknown: the first range has 1 MiB. */
export const firstWebSeedRequests = 64;
/** Least requests kept at a web seed. */
export const minWebSeedRequests = 32;
/** Longest run of blocks that a web seed is asked for at once. */
export const maxWebSeedRunBytes: number = 16 * 1_024 * 1_024;
/** A shorter run waits for more blocks, but only while other runs are under way, and for {@link webSeedGatherMs}. */
export const minWebSeedRunBytes: number = 1_024 * 1_024;
/** Longest wait of a short run. */
export const webSeedGatherMs = 100;
/** After an endgame of this length a web seed without ranges is asked for pieces of other peers too. */
export const wholeFileEndgameMs = 5_000;
/** To a web seed. */
export const maxWebSeedConnections = 3;
/**
 * For redirects and the headers of a web seed; less than {@link firstRequestTimeoutMs}, so that the error names them.
 */
export const webSeedHeadMs = 15_000;
/** A body that has sent its range and does not end is cut after this. */
export const webSeedEndMs = 1_000;
/** Between two keep-alives that stand for those of a peer: a web seed without work stays. */
export const webSeedKeepAliveMs = 60_000;
/** Remembered peers that exceeded {@link maxRequestsIn} while they owed us blocks. */
export const maxGreedyPeers = 1_024;
/** After its unchoke such a peer may request this long before we do. */
export const greedyFirstMs = 5_000;

/** From the first to the last byte of a handshake, absolute: trickled bytes do not prolong it. */
export const handshakeDeadlineMs = 10_000;
/** For the handshake of the encryption, where a plain attempt follows. */
export const encryptedDialMs = 3_000;
/** Dials waiting for a half-open place. */
export const maxWaitingDials = 4_096;
/** Unknown info-hashes per internet address and minute; beyond it connections are closed unread. */
export const maxProbesPerMinute = 4;
/** Connections closed for a fault per internet address and minute; beyond it the same. */
export const maxFaultsPerMinute = 2;
/** Connections per internet address and minute that begin encrypted, which costs more to answer; the same beyond it. */
export const maxEncryptedPerMinute = 20;
/** Connections per internet address and minute, however they end; the same beyond it. */
export const maxAcceptsPerMinute = 60;

/**
 * Our silence before a keep-alive. Two minutes is the custom, and libtorrent closes a connection silent for exactly
 * that long, so it has to be less.
 */
export const keepAliveAfterMs = 100_000;
/** The silence of a peer that owes us blocks before we close. */
export const owingCloseMs = 120_000;
/**
 * The silence of any other peer before we close: two minutes plus network delay, as aria2 and rtorrent send a keep-alive every
 * two minutes.
 */
export const idleCloseMs = 150_000;
/** After this time a message must have come at {@link minFrameBytesPerSecond}. */
export const frameDeadlineMs = 30_000;
/** The slowest rate of a message, measured over {@link frameDeadlineMs} or longer. */
export const minFrameBytesPerSecond = 1_024;
/** A block that began this long ago is requested from another peer. */
export const blockDeadlineMs = 20_000;
/** A peer that takes none of its queued bytes is closed after this. */
export const notReadingCloseMs = 120_000;
/** With upload memory full, peers that have taken nothing for this long are closed, those of the longest time first. */
export const slowReaderMs = 10_000;

/** Least timeout for the request that a peer should answer next. */
export const minRequestTimeoutMs = 10_000;
/** Longest timeout for any peer. */
export const maxRequestTimeoutMs = 60_000;
/** Timeout for a peer that has delivered nothing yet. */
export const firstRequestTimeoutMs = 20_000;
/** A requested block may come this late without being an offence. */
export const lateBlockMs = 120_000;
/** Late blocks remembered per peer. */
export const maxLateBlocks = 1_024;
/** In the endgame a block is requested twice for at least this gain. */
export const minDoublingGainMs = 2_000;
/** A block that is due soon is requested twice for at least this gain. */
export const dueDoublingGainMs = 500;
/** A block is due soon when its deadline is nearer than this. */
export const doubleAheadMs = 2_000;
/** The gain for an unproven peer while a proven peer exists: some take requests and answer none. */
export const unprovenDoublingGainMs = 5_000;
/** A peer that chokes and unchokes repeatedly gets at most one answer in this time. */
export const unchokeAnswerMs = 100;

/** Largest batch, in blocks; batches of a peer start with a single block. */
export const maxBatchBlocks = 64;
/** With less than seven eighths of the upload memory free, and at least half of it. */
export const usualBatchBlocks = 32;
/** Batches of a peer being read or sent: one on its way while the next is read. */
export const maxBatchesOut = 2;
/**
 * With less than half of the upload memory free a peer has one batch, of at most this part of the free memory and at
 * least a block: hundreds of peers that read nothing leave memory for the others.
 */
export const scarceShare = 128;
/** Calls to a file-worker: while it answers one, the next waits for it. */
export const maxReadCallsOut = 2;
/** A call with so many runs of blocks takes no further batch. */
export const maxRunsOfCall = 128;
/** The file-worker's own watchdog reports at half of it. */
export const readDeadlineMs = 60_000;
/** `admit` calls under way. */
export const maxAdmitsOut = 64;
/** Then its connection is closed. */
export const admitDeadlineMs = 5_000;

/** Requests that no honest client sends (no such block, too long, a piece that we lack). */
export const maxBadRequests = 10;
/** Requests of a peer with the fast extension beyond {@link advertisedRequestQueue}, in {@link offenceWindowMs}. */
export const maxOverflowingRequests: number = 10 * advertisedRequestQueue;
/**
 * Requests of a peer with the fast extension for pieces that a super-seed has not shown to it, in
 * {@link offenceWindowMs}: each is rejected.
 */
export const maxHiddenRequests: number = 10 * advertisedRequestQueue;
/** Requests for pieces that were lost on disk, in {@link offenceWindowMs}: each is rejected. */
export const maxLostRequests: number = 2 * advertisedRequestQueue;
/** Rejected requests of a peer that the disk refused to read; the next closes it. */
export const maxRefusedReads = 16;
/** Pieces that a peer with fewer pieces may request while choked (BEP 6, *k*). */
export const fastSetSize = 10;
/** Requests for them that are served while the peer is choked: 16 MiB. */
export const maxTakenWhileChoked = 1_024;
/** Pieces of a torrent that a worker suggests because they are in memory. A further piece replaces the oldest. */
export const maxPiecesInMemory = 8;
/** Time after its last slow read for which a piece counts as being in memory. */
export const pieceInMemoryMs = 10_000;
/** Time that the reads of a call wait for the disk, for each of its runs, from which the disk counts as slow. */
export const slowRunMs = 2;
/** Pieces suggested to a peer that it does not have yet. At this number no further piece is suggested. */
export const maxSentSuggestions = 8;
/** Time until the same piece may be suggested to a peer again. */
export const suggestedAgainMs = 60_000;
/** Messages `allowed-fast`, and `suggest`, of a connection that count; also the rejected pieces remembered. */
export const maxFastPieces = 64;
/** After a reject of a peer that does not choke us nothing is requested of it. */
export const firstRejectPauseMs = 1_000;
/** The pause doubles up to this with each reject, until a block comes. */
export const maxRejectPauseMs = 32_000;
/** A rejected piece is requested of other peers only, for at most this time. */
export const rejectedPieceMs = 30_000;
/** Requests while choked, after {@link chokedGraceMs}. */
export const maxChokedRequests = 300;
/** Requests that crossed our choke on the way are no offence. */
export const chokedGraceMs = 2_000;
/** The grace for a peer choked while unread: its earlier requests are read only then. */
export const chokedUnreadGraceMs = 60_000;
/** Requests that crossed a choke; beyond it the connection is closed without a fault. */
export const maxCrossedRequests: number = 4 * maxRequestsIn;
/** Cancels without a queued request, in {@link offenceWindowMs}: some cross the block, or our choke, on the way. */
export const maxEmptyCancels: number = 2 * maxRequestsIn;
/** Cancels of any kind, in {@link offenceWindowMs}. */
export const maxCancels: number = 4 * maxRequestsIn;
/**
 * Messages without a request or news (keep-alives, flapping, ports, unknown), in {@link offenceWindowMs}. An honest
 * peer sends some ten; this many cost us less than a millisecond.
 */
export const maxIdleMessages = 10_000;
/** `have`s for pieces that the peer already announced, in {@link offenceWindowMs}. */
export const maxRepeatedHaves = 10_000;
/**
 * Bitfields, in {@link offenceWindowMs}: aria2 sends a bitfield whenever it is shorter than the `have`s it replaces.
 */
export const maxBitfields = 600;
/** Bitfields that a later `have-all` counts as: its five bytes cost us a walk over all pieces, 256 KiB at most. */
export const haveAllBitfields = 10;
/** Payload that was never requested from the peer. */
export const maxUnrequestedBytes: number = 64 * 1_024;
/** Least count for an unrequested block: its lookup costs more than its bytes. */
export const minUnrequestedBytes = 1_024;
/** Payload of unknown messages, in {@link offenceWindowMs}. */
export const maxUnknownBytes: number = 1_024 * 1_024;
/** The window of the per-minute counters. */
export const offenceWindowMs = 60_000;
/** Memory for the bitfields and `have`s of a peer from before the metadata. */
export const maxEarlyHaveBytes: number = 256 * 1_024;
/** Memory for early bitfields and `have`s of all peers of a worker. */
export const maxEarlyBytes: number = 8 * 1_024 * 1_024;
/** `have`s for the pieces that we have when the metadata comes; with more pieces the peer is closed. */
export const maxLateHaves = 16_384;
/** Any extended message, ids included. */
export const maxExtendedBytes: number = 32 * 1_024;
/** Extension handshakes of a peer that are read, in {@link offenceWindowMs}; further ones are unknown messages. */
export const maxExtendedHandshakes = 6;
/** A message of `ut_metadata` (BEP 9): a block and its dictionary. */
export const maxMetadataMessageBytes: number = 17 * 1_024;
/** Blocks of the metadata queued for a peer; of further requests only the block numbers wait, each once. */
export const maxMetadataBlocksOut = 16;
/** A peer may request each block so often: a copy that it got from several peers may have been wrong. */
export const maxMetadataCopies = 4;
/**
 * Messages of `ut_metadata` in {@link offenceWindowMs} that request a block more often or in vain, or that answer
 * nothing. The other requests are not counted: metadata of 16 MiB has 1,024 blocks.
 */
export const maxUselessMetadataMessages = 100;
/** Our requests for metadata remembered per peer: an answer to them may be late. */
export const maxMetadataAsks = 64;
/** A message of `lt_donthave` (BEP 54) has 4 bytes. */
export const maxDontHaveBytes = 64;
/** Messages of `lt_donthave` in {@link offenceWindowMs}: a peer that loses more pieces may connect again. */
export const maxDontHaves = 16_384;
/** A message of `upload_only` has a byte. */
export const maxUploadOnlyBytes = 64;
/** Messages of `upload_only` in {@link offenceWindowMs}. */
export const maxUploadOnlyMessages = 100;
/** A message of `ut_pex` (BEP 11). A long first message of an honest peer has some hundred peers in 2 KiB. */
export const maxPeerExchangeBytes: number = 16 * 1_024;
/** Messages of `ut_pex` in {@link offenceWindowMs}; an honest peer sends one. */
export const maxPeerExchangeMessages = 9;
/** Peers used of the first message of `ut_pex` of a connection. */
export const maxFirstPeersNamed = 200;
/** Peers used of all later messages, in {@link offenceWindowMs}. */
export const maxPeersNamed = 50;
/** A message of `ut_holepunch` (BEP 55) has 24 bytes at most. */
export const maxHolepunchBytes = 64;
/** Peers that a peer may ask for by `ut_holepunch` in {@link offenceWindowMs}; further requests are dropped. */
export const maxRendezvous = 60;
/** Orders to connect and errors of a peer in {@link offenceWindowMs}; further ones are dropped. */
export const maxHolepunchAnswers = 60;
/** Messages of `ut_holepunch` in {@link offenceWindowMs} that are dropped. */
export const maxUselessHolepunches = 600;
/** Names of extensions that a peer offers, ours or not. */
export const maxPeerOffers = 32;
/** Different offers that are kept for further peers. */
export const maxSharedOffers = 64;
/** Longest message of a plugin extension that its module may ask for: a frame, less its ids and length. */
export const maxPluginBytes: number = 31 * 1_024;
/** Longest message of a plugin extension whose module names no length. */
export const usualPluginBytes: number = 16 * 1_024;
/** Messages of a plugin extension in {@link offenceWindowMs} that its module may ask for. */
export const maxPluginMessages = 60_000;
/** Messages of a plugin extension whose module names no number. */
export const usualPluginMessages = 600;
/** Bencoded handshake fields of a plugin extension. */
export const maxPluginFieldBytes = 1_024;
/** Memory of a kept message besides its payload, so that empty messages have a bound too. */
export const messageMemoryBytes = 128;
/** Bytes of plugin extensions queued for a peer. */
export const maxPluginBytesOut: number = 256 * 1_024;
/** Messages to plugin extensions that a peer may send before it is admitted, in bytes. */
export const maxEarlyPluginBytes: number = 64 * 1_024;
/** Bytes of early messages to plugin extensions of all peers of a torrent. */
export const maxEarlyPluginTorrentBytes: number = 1_024 * 1_024;
/** Between two reports of errors that a plugin extension throws. */
export const pluginReportMs = 60_000;
/** Between two ports of its DHT node that a peer names, as the engine hears of them. */
export const dhtPortReportMs = 60_000;
/** Bytes of small messages queued for a peer, blocks excluded. */
export const maxControlQueueBytes: number = 2 * 1_024 * 1_024;

/** After this time without free memory and a new block, the least complete piece is given up. */
export const memoryStallMs = 20_000;
/** A peer that sends a whole piece in this time keeps it to itself. */
export const wholePieceMs = 20_000;
/** Peers of a torrent at a worker for each piece with free blocks; beyond them a piece that is opened is kept by none. */
export const peersPerKeptPiece = 4;
/** Pieces of a keeper that sent no block for this long are for all peers. */
export const keeperSilenceMs = 5_000;
/** Pieces requested while the rate is unknown. */
export const firstPiecesWanted = 8;
/** Time between two reports of the peers whose interest has changed. */
export const interestNewsMs = 20;
/** Delay before a peer without pieces for us hears that we are not interested. */
export const notInterestedAfterMs = 2_000;
/** Pause for a peer for whom the engine had nothing. */
export const noLeasePauseMs = 2_000;
/** A torrent without an open piece that waited this long for memory makes others give way. */
export const memoryPatienceMs = 5_000;
/** After this wait a memory area is reserved for the first torrent in the queue. */
export const reserveAfterMs = 1_000;
/** A torrent without a block for this long gives up a piece, when others wait for memory. */
export const stallPatienceMs = 5_000;
/** The time doubles with each piece given up, up to this. */
export const maxStallPatienceMs = 60_000;
/** Slow peers get more time: this many times the mean time between blocks of a piece. */
export const stallBlockTimes = 2;
/** A torrent without any block goes behind the others for this many times as long. */
export const barrenFactor = 12;
/**
 * How long a half-received piece waits for another peer: the engine redials an address after 30 s, and the dial
 * and its handshake may take 25 s.
 */
export const strandedMs = 60_000;

/** Hash requests that we have made of a peer and that it has not answered (BEP 52). */
export const maxHashAsks = 2;
/** Hash requests of a peer that wait for their turn; further ones are rejected. */
export const maxHashRequestsIn = 4;
/** Hash requests of a peer that are answered with hashes in a second; the others wait. */
export const maxHashAnswers = 32;
/** Answers in a second to a peer that we choke. */
export const maxHashAnswersChoked = 1;
/** Hash requests of all peers of a worker that are answered with hashes in a second. */
export const maxHashAnswersOfAll = 128;
/** Hash requests of a peer that are rejected in {@link offenceWindowMs}; the next closes it. */
export const maxHashRejects: number = 60 * maxHashAnswers;
/** Bytes queued for a peer; with more its hash requests wait. */
export const maxBytesBeforeHashes: number = 512 * 1_024;
/** Hashes that wait for a rate limit, for a peer that does not read, for memory or for a file-worker are tried again after this time. */
export const roomLookMs = 50;
/** Blocks of a piece that are read at a time to hash its leaves; fewer while memory is short. */
export const leafReadBlocks = 64;
/** Bytes that a worker reads in a second to hash leaves; the rest is read in the next. */
export const maxLeafBytesPerSecond: number = 64 * 1_024 * 1_024;
/**
 * A read for leaves on a hung disk ends with its file-worker, which may write to the memory until then. One read of a disk is
 * under way at a time.
 */
export const leafReadDeadlineMs: number = 24 * 3_600_000;
/** Chunks of 512 hashes that are computed in a turn, 9 ms; a large file takes several turns before its first answer. */
export const layerChunksPerTurn = 16;
/** Upper layers of trees that a torrent keeps: those of 32 million pieces. The layers used longest ago are dropped. */
export const maxKeptLayerBytes: number = 4 * 1_024 * 1_024;

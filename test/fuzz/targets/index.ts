// Every target, in the order in which they run.

import type { FuzzTarget } from "../engine/target.ts";
import { announceQuery } from "./announce-query.ts";
import { announceReply } from "./announce-reply.ts";
import { bencodeEncode } from "./bencode-encode.ts";
import { bencodeScan } from "./bencode-scan.ts";
import { bitfield } from "./bitfield.ts";
import { callForm, callJson, callMultipart } from "./call-body.ts";
import { callFields } from "./call-fields.ts";
import { cleanTextTarget } from "./clean-text.ts";
import { clientNameTarget } from "./client-name.ts";
import { commandLine } from "./command-line.ts";
import { compactPeers } from "./compact-peers.ts";
import { dhtNode } from "./dht-node.ts";
import { dnsReplyTarget } from "./dns-reply.ts";
import { dontHave } from "./dont-have.ts";
import { editTorrentTarget } from "./edit-torrent.ts";
import { encodeTorrentTarget } from "./encode-torrent.ts";
import { encryptionAcceptor, encryptionDialer } from "./encryption.ts";
import { extendedHandshake } from "./extended-handshake.ts";
import { fileTree } from "./file-tree.ts";
import { frameReader } from "./frame-reader.ts";
import { gatewayDocument, gatewayReply } from "./gateway.ts";
import { handshake } from "./handshake.ts";
import { hashMessages } from "./hash-messages.ts";
import { holepunch } from "./holepunch.ts";
import { hostPort } from "./host-port.ts";
import { hostsFile } from "./hosts-file.ts";
import { httpBody } from "./http-body.ts";
import { httpResponse } from "./http-response.ts";
import { infoHash } from "./info-hash.ts";
import { ipAddress } from "./ip-address.ts";
import { ipFilterP2b, ipFilterText } from "./ip-filter.ts";
import { krpc } from "./krpc.ts";
import { localAnnounce } from "./local-announce.ts";
import { magnet } from "./magnet.ts";
import { magnetMetadata } from "./magnet-metadata.ts";
import { metadataMessage } from "./metadata-message.ts";
import { metainfoSource } from "./metainfo-source.ts";
import { ownTracker } from "./own-tracker.ts";
import { parseTorrentTarget } from "./parse-torrent.ts";
import { peerExchange } from "./peer-exchange.ts";
import { peerSession } from "./peer-session.ts";
import { percentEncoding } from "./percent-encoding.ts";
import { pickle } from "./pickle.ts";
import { pieceLayers } from "./piece-layers.ts";
import { connectReply, proxyUrl, socksDatagram, socksReply } from "./proxy.ts";
import { safePathTarget } from "./safe-path.ts";
import { scrapeQuery, scrapeReply } from "./scrape.ts";
import { trackerUrl } from "./tracker-url.ts";
import { udpTrackerReply, udpTrackerRequest } from "./udp-tracker.ts";
import { uniquePathsTarget } from "./unique-paths.ts";
import { utpPacket } from "./utp-packet.ts";
import { utpStream } from "./utp-stream.ts";
import { webSeed } from "./web-seed.ts";

/** One for every place where bytes or text come in from outside. */
export const targets: readonly FuzzTarget[] = [
  bencodeScan,
  bencodeEncode,
  parseTorrentTarget,
  fileTree,
  pieceLayers,
  editTorrentTarget,
  encodeTorrentTarget,
  webSeed,
  safePathTarget,
  uniquePathsTarget,
  cleanTextTarget,
  handshake,
  encryptionAcceptor,
  encryptionDialer,
  socksReply,
  connectReply,
  socksDatagram,
  proxyUrl,
  dnsReplyTarget,
  frameReader,
  bitfield,
  extendedHandshake,
  metadataMessage,
  magnetMetadata,
  peerExchange,
  dontHave,
  hashMessages,
  holepunch,
  utpPacket,
  utpStream,
  clientNameTarget,
  peerSession,
  announceReply,
  compactPeers,
  httpBody,
  httpResponse,
  trackerUrl,
  announceQuery,
  ownTracker,
  udpTrackerReply,
  udpTrackerRequest,
  gatewayReply,
  gatewayDocument,
  localAnnounce,
  krpc,
  dhtNode,
  scrapeReply,
  scrapeQuery,
  percentEncoding,
  ipAddress,
  hostPort,
  hostsFile,
  ipFilterText,
  ipFilterP2b,
  infoHash,
  magnet,
  metainfoSource,
  pickle,
  commandLine,
  callFields,
  callJson,
  callForm,
  callMultipart,
];

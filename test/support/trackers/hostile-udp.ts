// Hostile trackers that speak UDP, in the order of their cases.

import {
  encodeUdpAnnounceReply,
  encodeUdpConnectReply,
  encodeUdpError,
  encodeUdpScrapeReply,
  type ConnectionId,
} from "@troupe/protocol/tracker";
import type { PeerAddress } from "@troupe/protocol/address";
import type { HostileUdpTracker, UdpMeeting } from "./hostile-tracker.ts";
import { deadPeers, hostileText, impossiblePeers, localPeers } from "./named-peers.ts";

const connectionId = 0x0123_4567_89ab_cdefn as ConnectionId;
const floodDatagrams = 5_000;
/** In an announce reply of 1,500 bytes. */
const peersOfDatagram = 246;

/** Connects as it should, and answers each announce so. */
function toAnnounce(answer: (meeting: UdpMeeting) => void): HostileUdpTracker["answer"] {
  return (meeting) => {
    const { request, send } = meeting;
    if (request.action === "connect") {
      send(encodeUdpConnectReply(request.transactionId, connectionId));
    } else answer(meeting);
  };
}

/** The reply to an announce. */
function announceReply(
  transactionId: number,
  peers: readonly PeerAddress[] = [],
  intervalSeconds = 1_800,
): Uint8Array {
  return encodeUdpAnnounceReply(transactionId, { intervalSeconds, peers }, 4);
}

/** Gives these peers to each announce. */
function naming(
  peers: (meeting: UdpMeeting) => readonly PeerAddress[],
): HostileUdpTracker["answer"] {
  return toAnnounce((meeting) => {
    const { request, send } = meeting;
    send(announceReply(request.transactionId, peers(meeting)));
  });
}

/** Answers each request as it should. */
function rightReply({ request }: UdpMeeting, intervalSeconds?: number): Uint8Array {
  return request.action === "connect"
    ? encodeUdpConnectReply(request.transactionId, connectionId)
    : announceReply(request.transactionId, [], intervalSeconds);
}

function bytesOf(...words: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4 * words.length));
  for (const [at, word] of words.entries()) bytes.setUint32(4 * at, word);
  return new Uint8Array(bytes.buffer);
}

const peerLists: readonly HostileUdpTracker[] = [
  {
    name: "list-of-odd-length",
    does: "ends its list of peers inside an address",
    cases: [70],
    answer: toAnnounce(({ request, send }) => {
      const whole = announceReply(request.transactionId, deadPeers(2));
      send(whole.subarray(0, whole.length - 1));
    }),
  },
  {
    name: "as-many-peers-as-fit",
    does: "names as many peers as 1,500 bytes have room for",
    cases: [70],
    answer: naming(() => deadPeers(peersOfDatagram)),
  },
  {
    name: "impossible-peers",
    does: "names port 0, no address, multicast and broadcast",
    cases: [70],
    answer: naming(() => impossiblePeers),
  },
  {
    name: "local-peers",
    does: "names addresses of our machine and our network",
    cases: [70, 72],
    answer: naming(() => localPeers),
  },
  {
    name: "ourselves",
    does: "names us a hundred times",
    cases: [70],
    answer: naming(({ client }) => Array.from({ length: 100 }, () => client)),
  },
  {
    name: "local-name",
    does: "has a public name with the address of a machine of our network",
    cases: [72],
    hosts: ["10.0.0.1"],
    answer: naming(() => []),
  },
  {
    name: "rebinding",
    does: "gives its name a local address after the first reply",
    cases: [72],
    answer: (meeting) => {
      meeting.rebind("10.0.0.1");
      meeting.send(rightReply(meeting, 60));
    },
  },
];

const numbersAndTexts: readonly HostileUdpTracker[] = [
  {
    name: "interval-0",
    does: "wants an announce every 0 s",
    cases: [73],
    answer: toAnnounce(({ request, send }) => send(announceReply(request.transactionId, [], 0))),
  },
  {
    name: "negative-interval",
    does: "wants an announce every −1 s",
    cases: [73],
    answer: toAnnounce(({ request, send }) =>
      send(announceReply(request.transactionId, [], 0xffff_ffff)),
    ),
  },
  {
    name: "interval-of-68-years",
    does: "wants an announce every 2³¹ − 1 s",
    cases: [73],
    answer: toAnnounce(({ request, send }) =>
      send(announceReply(request.transactionId, [], 0x7fff_ffff)),
    ),
  },
  {
    name: "hostile-error-text",
    does: "refuses with control characters and a long text",
    cases: [73],
    answer: toAnnounce(({ request, send }) =>
      send(encodeUdpError(request.transactionId, hostileText.slice(0, 1_400))),
    ),
  },
];

const datagrams: readonly HostileUdpTracker[] = [
  {
    name: "wrong-transaction-id",
    does: "answers with another transaction id",
    cases: [74],
    answer: ({ request, send }) =>
      send(encodeUdpConnectReply(request.transactionId ^ 1, connectionId)),
  },
  {
    name: "wrong-transaction-id-of-announce",
    does: "connects and answers the announce with another transaction id",
    cases: [74],
    answer: toAnnounce(({ request, send }) => send(announceReply(request.transactionId ^ 1))),
  },
  {
    name: "wrong-port",
    does: "answers from another port",
    cases: [74],
    answer: (meeting) => meeting.send(rightReply(meeting), "other-port"),
  },
  {
    name: "wrong-host",
    does: "answers from another host",
    cases: [74],
    answer: (meeting) => meeting.send(rightReply(meeting), "other-host"),
  },
  {
    name: "forged-refusal",
    does: "has another host refuse each request before it answers",
    cases: [74],
    answer: (meeting) => {
      const { request, send, sendAfter } = meeting;
      send(encodeUdpError(request.transactionId, "forged"), "other-host");
      sendAfter(500, rightReply(meeting));
    },
  },
  {
    name: "announce-reply-to-connect",
    does: "answers a connect with the reply to an announce",
    cases: [74],
    answer: ({ request, send }) => send(announceReply(request.transactionId, deadPeers(9))),
  },
  {
    name: "scrape-reply-to-announce",
    does: "answers an announce with the reply to a scrape",
    cases: [74],
    answer: toAnnounce(({ request, send }) =>
      send(
        encodeUdpScrapeReply(request.transactionId, [
          { complete: 1, downloaded: 1, incomplete: 1 },
        ]),
      ),
    ),
  },
  {
    name: "unknown-action",
    does: "answers with the action 99",
    cases: [74],
    answer: ({ request, send }) => send(bytesOf(99, request.transactionId, 0, 0)),
  },
  {
    name: "empty-datagram",
    does: "answers with a datagram of no bytes",
    cases: [74],
    answer: ({ send }) => send(new Uint8Array(0)),
  },
  {
    name: "seven-bytes",
    does: "answers with seven bytes of a reply",
    cases: [74],
    answer: (meeting) => meeting.send(rightReply(meeting).subarray(0, 7)),
  },
  {
    name: "short-connect-reply",
    does: "ends its reply to a connect before the connection id",
    cases: [74],
    answer: (meeting) => meeting.send(rightReply(meeting).subarray(0, 15)),
  },
  {
    name: "short-announce-reply",
    does: "ends its reply to an announce before the seeds",
    cases: [74],
    answer: toAnnounce((meeting) => meeting.send(rightReply(meeting).subarray(0, 19))),
  },
  {
    name: "refuses-connects",
    does: "answers each connect with an error",
    cases: [74],
    answer: ({ request, send }) => send(encodeUdpError(request.transactionId, "no")),
  },
  {
    name: "refuses-each-connection-id",
    does: "gives a connection id and answers each announce with an error",
    cases: [74],
    answer: toAnnounce(({ request, send }) =>
      send(encodeUdpError(request.transactionId, "connection id unknown")),
    ),
  },
  {
    name: "connection-id-0",
    does: "gives the connection id 0",
    cases: [74],
    answer: (meeting) => {
      const { request, send } = meeting;
      if (request.action !== "connect") return send(rightReply(meeting));
      send(encodeUdpConnectReply(request.transactionId, 0n as ConnectionId));
    },
  },
  {
    name: "silent",
    does: "never answers a connect",
    cases: [74],
    answer: () => {},
  },
  {
    name: "silent-after-connect",
    does: "connects and never answers an announce",
    cases: [74],
    answer: toAnnounce(() => {}),
  },
  {
    name: "answers-too-late",
    does: "answers each request after 50 s",
    cases: [74],
    answer: (meeting) => meeting.sendAfter(50_000, rightReply(meeting)),
  },
  {
    name: "flood-of-replies",
    does: "answers an announce and sends 10,000 further replies, half of them to requests that were never sent",
    cases: [74],
    answer: toAnnounce((meeting) => {
      const { request, send } = meeting;
      const reply = announceReply(request.transactionId, deadPeers(1));
      for (let i = 0; i < floodDatagrams; i++) {
        send(reply);
        send(announceReply(i, deadPeers(1)));
      }
    }),
  },
];

/** All hostile UDP trackers. */
export const hostileUdpTrackers: readonly HostileUdpTracker[] = [
  ...peerLists,
  ...numbersAndTexts,
  ...datagrams,
];

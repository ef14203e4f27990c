"""A libtorrent peer for tests. Debian's python3-libtorrent is seen by /usr/bin/python3 only.

  libtorrent_peer.py seed|leech|fetch TORRENT FOLDER HOST [local-discovery | PEER_HOST PEER_PORT | dht PORT NODE …]

TORRENT is the path of a .torrent, or a magnet link.

Listens on a free port of HOST, with a DHT on PORT, where it asks each NODE (HOST:PORT) first. Prints one JSON object a line: {"event": "listening", "port"}, {"event": "seeding"}
once everything is checked, {"event": "finished"} once everything is there, and {"event": "figures", "question",
"uploaded", "downloaded", "clients", "addresses", "exchanged", "local", "uploadOnly", "heard", "pieces"} (those of all peers so far, of the peers
that other peers named, of those on the local network, of those that download nothing more, with LOG=1 the
names of all messages of peers, and a character a piece, "#" for those it has) for every line ("question") on standard input. Ends
when standard input does; "fetch" is a leech that ends when it is finished.
Plain TCP, without uTP; no port mapping. TRANSPORT=utp is uTP alone, TRANSPORT=both both. DOWN_LIMIT and UP_LIMIT in the environment are rate limits in bytes a second.
ENCRYPTION=rc4 takes and dials connections with RC4 alone. TICK_MS is the time between two shares of a limit, 500 ms by default.
"""

import faulthandler
import json
import os
import queue
import re
import sys
import threading

import libtorrent as lt

faulthandler.enable()

role, torrent, folder, host = sys.argv[1:5]
finds_neighbours = sys.argv[5:] == ["local-discovery"]
logs_peers = os.environ.get("LOG") == "1"
has_dht = sys.argv[5:6] == ["dht"]
transport = os.environ.get("TRANSPORT", "tcp")
is_encrypted = os.environ.get("ENCRYPTION") == "rc4"
port, *nodes = sys.argv[6:] if has_dht else ["0"]
dialled = [] if finds_neighbours or has_dht else sys.argv[5:7]


def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


session = lt.session(
    {
        "listen_interfaces": ("[%s]:%s" if ":" in host else "%s:%s") % (host, port),
        # Without it connections of a host such as 127.0.0.2 come from 127.0.0.1.
        "outgoing_interfaces": host,
        "enable_dht": has_dht,
        "dht_bootstrap_nodes": "",
        # In seconds: the announce at the start comes before the first node is known.
        "dht_announce_interval": 10,
        "enable_lsd": finds_neighbours,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_outgoing_utp": transport != "tcp",
        "enable_incoming_utp": transport != "tcp",
        "enable_outgoing_tcp": transport != "utp",
        "enable_incoming_tcp": transport != "utp",
        # 0 requires encryption, 2 refuses it.
        "in_enc_policy": 0 if is_encrypted else 2,
        "out_enc_policy": 0 if is_encrypted else 2,
        # RC4 alone.
        "allowed_enc_level": 2,
        "allow_multiple_connections_per_ip": True,
        "alert_mask": lt.alert.category_t.status_notification
        | lt.alert.category_t.error_notification
        | lt.alert.category_t.connect_notification
        | (lt.alert.category_t.peer_log_notification if logs_peers else 0),
    }
)
limits = {
    name: int(os.environ.get(variable, 0))
    for name, variable in (("download_rate_limit", "DOWN_LIMIT"), ("upload_rate_limit", "UP_LIMIT"))
}
if any(limits.values()):
    # By default local peers are not limited.
    everywhere = lt.ip_filter()
    everywhere.add_rule("0.0.0.0", "255.255.255.255", 1 << lt.session.global_peer_class_id)
    session.set_peer_class_filter(everywhere)
    session.apply_settings(limits)
    if "TICK_MS" in os.environ:
        session.apply_settings({"tick_interval": int(os.environ["TICK_MS"])})
if torrent.startswith("magnet:"):
    parameters = lt.parse_magnet_uri(torrent)
else:
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
parameters.save_path = folder
parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
handle = session.add_torrent(parameters)
if dialled:
    handle.connect_peer((dialled[0], int(dialled[1])))

clients = set()
addresses = set()
exchanged = set()
local = set()
upload_only = set()
heard = set()


def note_clients():
    for peer in handle.get_peer_info():
        if not peer.flags & (peer.handshake | peer.connecting):
            clients.add(peer.client.decode("utf-8", "replace"))
            if peer.source & peer.pex:
                exchanged.add("%s:%d" % tuple(peer.ip))
            if peer.source & peer.lsd:
                local.add("%s:%d" % tuple(peer.ip))
            if peer.flags & peer.upload_only:
                upload_only.add(peer.ip[0])


def answer(question):
    status = handle.status()
    say(
        "figures",
        question=question.strip(),
        uploaded=status.total_payload_upload,
        downloaded=status.total_payload_download,
        clients=sorted(clients),
        addresses=sorted(addresses),
        exchanged=sorted(exchanged),
        local=sorted(local),
        uploadOnly=sorted(upload_only),
        heard=sorted(heard),
        pieces="".join("#" if has else "." for has in status.pieces),
    )


# One thread alone calls libtorrent. While two did it ended by SIGSEGV, once in many runs.
questions = queue.SimpleQueue()


def read_questions():
    for question in sys.stdin:
        questions.put(question)


asking = threading.Thread(target=read_questions, daemon=True)
asking.start()
is_finished = False
while asking.is_alive():
    session.wait_for_alert(100)
    note_clients()
    while not questions.empty():
        answer(questions.get())
    for alert in session.pop_alerts():
        if isinstance(alert, lt.listen_succeeded_alert) and "TCP" in alert.message():
            say("listening", port=alert.port)
        elif isinstance(alert, lt.listen_succeeded_alert):
            for node in nodes:
                node_host, _, node_port = node.rpartition(":")
                session.add_dht_node((node_host, int(node_port)))
        elif isinstance(alert, lt.torrent_finished_alert) and not is_finished:
            is_finished = True
            say("seeding" if role == "seed" else "finished")
            if role == "fetch":
                sys.exit()
        elif logs_peers and alert.what() == "peer_log":
            name = re.search(r" <== (\w+) ", alert.message())
            heard.update(name.groups() if name else ())
        elif isinstance(alert, lt.peer_connect_alert):
            addresses.add(alert.ip[0])
        elif alert.category() & lt.alert.category_t.error_notification:
            say("error", message=alert.message())
session.pause()

"""A DHT node of libtorrent for tests. Debian's python3-libtorrent is seen by /usr/bin/python3 only.

  libtorrent_node.py PORT HOST[,HOST] [NODE …]

Listens on PORT of each HOST, asks each NODE (HOST:PORT, an IPv6 host in brackets) first, and prints one JSON object a
line. Obeys one JSON object a line of standard input (scripted-node.ts has them) and ends when standard input does.
Plain TCP; no port mapping, no local discovery.
"""

import hashlib
import json
import os
import socket
import sys
import tempfile
import threading
import time

import libtorrent as lt

port = int(sys.argv[1])
hosts = sys.argv[2].split(",")
nodes = sys.argv[3:]


# Two threads speak: print() writes a line and its end apart.
speaking = threading.Lock()


def say(event, **fields):
    with speaking:
        print(json.dumps({"event": event, **fields}), flush=True)


def endpoint(host, port):
    return ("[%s]:%d" if ":" in host else "%s:%d") % (host, port)


session = lt.session(
    {
        "listen_interfaces": ",".join(endpoint(host, port) for host in hosts),
        "dht_bootstrap_nodes": "",
        # For all torrents together, in seconds: an announce that came before the first node is made good soon.
        "dht_announce_interval": 10,
        "enable_dht": True,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_outgoing_utp": False,
        "enable_incoming_utp": False,
        "in_enc_policy": 2,  # plain connections only
        "out_enc_policy": 2,
        "alert_mask": lt.alert.category_t.dht_notification
        | lt.alert.category_t.dht_operation_notification
        | lt.alert.category_t.status_notification
        | lt.alert.category_t.error_notification,
    }
)


def sha1(text):
    return lt.sha1_hash(bytes.fromhex(text))


announced = []


def announce(infoHash, **_):
    # Its own call for this cannot be called from Python.
    torrent = lt.parse_magnet_uri("magnet:?xt=urn:btih:" + infoHash)
    torrent.save_path = tempfile.gettempdir()
    torrent.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    announced.append(session.add_torrent(torrent))


def get_peers(infoHash, **_):
    session.dht_get_peers(sha1(infoHash))


def put(value, **_):
    session.dht_put_immutable_item(value)


def put_mutable(value, secret, publicKey, salt, **_):
    # The expanded key of a seed of 32 bytes.
    digest = bytearray(hashlib.sha512(bytes.fromhex(secret)).digest())
    digest[0] &= 248
    digest[31] = (digest[31] & 63) | 64
    session.dht_put_mutable_item(bytes(digest), bytes.fromhex(publicKey), value.encode(), salt.encode())


def get(target, **_):
    session.dht_get_immutable_item(sha1(target))


def get_mutable(publicKey, salt, **_):
    session.dht_get_mutable_item(bytes.fromhex(publicKey), salt.encode())


def add_nodes():
    # Nodes of "dht_bootstrap_nodes" never enter a routing table, and those of a saved state are forgotten when the
    # DHT starts before its sockets. Asked again, as they may start later.
    for node in nodes:
        host, _, port = node.rpartition(":")
        session.add_dht_node((host.strip("[]"), int(port)))


def answers(host):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.bind((host, 0))
        asker.settimeout(1)
        asker.sendto(b"d1:ad2:id20:" + os.urandom(20) + b"e1:q4:ping1:t2:aa1:y1:qe", (host, port))
        try:
            return b"1:y1:r" in asker.recv(1500)
        except TimeoutError:
            return False


def restart_dht():
    session.apply_settings({"enable_dht": False})
    session.apply_settings({"enable_dht": True})


actions = {
    "announce": announce,
    "get-peers": get_peers,
    "put": put,
    "put-mutable": put_mutable,
    "get": get,
    "get-mutable": get_mutable,
}


def obey():
    for line in sys.stdin:
        words = json.loads(line)
        try:
            actions[words.pop("do")](**words)
        except Exception as error:
            say("error", message=repr(error))
    session.pause()


def say_alert(alert):
    if isinstance(alert, lt.dht_get_peers_reply_alert):
        say("peers", infoHash=str(alert.info_hash), peers=[endpoint(*peer) for peer in alert.peers()])
    elif isinstance(alert, lt.dht_put_alert):
        say("stored", nodes=alert.num_success)
    elif isinstance(alert, lt.dht_immutable_item_alert):
        value = alert.item["value"]
        if value:
            say("item", target=str(alert.target), value=value.decode())
    elif isinstance(alert, lt.dht_mutable_item_alert):
        item = alert.item
        if item["value"]:
            say("item", publicKey=item["key"].hex(), value=item["value"].decode(), sequence=item["seq"])
    elif alert.category() & lt.alert.category_t.error_notification:
        say("error", message=alert.message())


missing = len(hosts)
while missing > 0:
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        missing -= isinstance(alert, lt.listen_succeeded_alert) and "TCP" not in alert.message()
# Now and then the DHT that started before its sockets never answers.
while not all(answers(host) for host in hosts):
    restart_dht()
    time.sleep(1)
say("ready")
obeying = threading.Thread(target=obey, daemon=True)
obeying.start()
next_round = 0
while obeying.is_alive():
    if time.monotonic() >= next_round:
        next_round = time.monotonic() + 5
        add_nodes()
        # An announce reaches only the nodes that are known by then.
        for torrent in announced:
            torrent.force_dht_announce()
    session.wait_for_alert(100)
    for alert in session.pop_alerts():
        try:
            say_alert(alert)
        except Exception as error:
            say("error", message=repr(error))

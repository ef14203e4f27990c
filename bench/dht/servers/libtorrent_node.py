"""A DHT node of libtorrent without limits: libtorrent_node.py PORT NODE …"""

import sys

import libtorrent as lt

port, *nodes = sys.argv[1:]
unlimited = 100_000_000
session = lt.session(
    {
        "listen_interfaces": "127.0.0.1:" + port,
        "dht_bootstrap_nodes": "",
        "dht_upload_rate_limit": unlimited,
        "dht_block_ratelimit": unlimited,
        "dht_restrict_routing_ips": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "alert_mask": lt.alert.category_t.status_notification,
    }
)


def alerts():
    while True:
        session.wait_for_alert(100)
        yield from session.pop_alerts()


for alert in alerts():
    if isinstance(alert, lt.listen_succeeded_alert) and "TCP" not in alert.message():
        break
for node in nodes:
    host, node_port = node.split(":")
    session.add_dht_node((host, int(node_port)))
session.post_session_stats()
for alert in alerts():
    if isinstance(alert, lt.session_stats_alert):
        if alert.values["dht.dht_nodes"] >= len(nodes):
            break
        session.post_session_stats()
print("up", flush=True)
while True:
    session.wait_for_alert(1000)
    session.pop_alerts()

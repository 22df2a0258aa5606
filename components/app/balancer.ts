/** A load balancer: HAProxy in front of the API, and keepalived, which holds the shared address on one balancer of two. */
import { API_PORT } from "./api";
import { cloudConfig, sayOnConsole, startServices } from "./cloudConfig";

export const HTTP_PORT = 80;
const KEEPALIVED = "/etc/keepalived/keepalived.conf";
/** Replaced on the server by the interface that has the default route: images name it differently. */
const INTERFACE = "INTERFACE";

export interface NamedAddress {
  name: string;
  address: string;
}

export interface BalancerSettings {
  /** This balancer; one of `balancers`. */
  self: NamedAddress;
  balancers: NamedAddress[];
  apis: NamedAddress[];
  /** The address that one balancer holds at a time. */
  sharedAddress: string;
  /** Of the subnet, e.g. 24. */
  prefixLength: number;
  /** VRRP's number of the pair, 1 to 255, unique on the network. */
  routerId: number;
}

export function balancerUserData(settings: BalancerSettings): string {
  const findInterface =
    `interface=$(ip -o -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1); ` +
    `sed -i "s/\\b${INTERFACE}\\b/$interface/" ${KEEPALIVED}`;
  return cloudConfig(
    [
      { path: "/etc/haproxy/haproxy.cfg", content: haproxyConf(settings) },
      { path: KEEPALIVED, content: keepalivedConf(settings) },
    ],
    [
      ["sh", "-c", findInterface],
      ...startServices(
        { name: "haproxy.service", folder: "/lib/systemd/system" },
        { name: "keepalived.service", folder: "/lib/systemd/system" },
      ),
      sayOnConsole("balancer: started"),
    ],
  );
}

/**
 * Every answer names the balancer in the header X-Balancer. `/balancers/NAME` is answered by the balancer of that name,
 * whoever holds the address: so each can be looked at through the one address that is reachable.
 * An API is left out when its `/health` fails, that is also when it has lost the database.
 */
export function haproxyConf({ self, balancers, apis }: BalancerSettings): string {
  const others = balancers.filter(({ name }) => name !== self.name);
  const servers = apis.map(({ name, address }) => `    server ${name} ${address}:${API_PORT}\n`);
  return `global
    user haproxy
    group haproxy
    maxconn 2000
    nbthread 1
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 15s
    timeout queue 5s
    timeout check 5s
    retries 2
    option redispatch 1
    option forwardfor
frontend app
    bind :${HTTP_PORT}
    http-after-response set-header X-Balancer ${self.name}
    http-request return status 200 content-type text/plain string ${self.name} if { path /balancers/${self.name} }
${others.map(({ name }) => `    use_backend balancer-${name} if { path /balancers/${name} }\n`).join("")}    default_backend api
backend api
    balance roundrobin
    option httpchk GET /health
    default-server check inter 2s fastinter 500ms downinter 1s fall 2 rise 1
${servers.join("")}${others
    .map(
      ({ name, address }) =>
        `backend balancer-${name}\n    server ${name} ${address}:${HTTP_PORT}\n`,
    )
    .join("")}`;
}

/**
 * Unicast, because a cloud need not carry multicast; `nopreempt` and both as BACKUP, so that a balancer that comes back
 * does not take the address again. VRRP 3 is the version with advertisements more often than once a second.
 */
export function keepalivedConf(settings: BalancerSettings): string {
  const { self, balancers, sharedAddress, prefixLength, routerId } = settings;
  const peers = balancers.filter(({ name }) => name !== self.name);
  const rank = balancers.findIndex(({ name }) => name === self.name);
  return `global_defs {
    router_id ${self.name}
    vrrp_version 3
    vrrp_garp_master_refresh 10
}
vrrp_track_process haproxy {
    process haproxy
}
vrrp_instance app {
    state BACKUP
    nopreempt
    interface ${INTERFACE}
    virtual_router_id ${routerId}
    priority ${150 - 10 * rank}
    advert_int 0.5
    unicast_src_ip ${self.address}
    unicast_peer {
${peers.map(({ address }) => `        ${address}\n`).join("")}    }
    virtual_ipaddress {
        ${sharedAddress}/${prefixLength}
    }
    track_process {
        haproxy
    }
}
`;
}

/** The bundle of the kit: 26 applications and 55 relations, as YAML (JSON is YAML). */

const API = "yoga/stable";
const routers: Record<string, string> = {
  cinder: "cinder-mysql-router",
  "openstack-dashboard": "dashboard-mysql-router",
  glance: "glance-mysql-router",
  keystone: "keystone-mysql-router",
  "nova-cloud-controller": "ncc-mysql-router",
  "neutron-api": "neutron-api-mysql-router",
  placement: "placement-mysql-router",
  vault: "vault-mysql-router",
};

// Juju keeps the architecture of a principal as a constraint: a bundle without it is never clean when it is deployed again.
const principal = (to: string[]): object => ({
  num_units: to.length,
  to,
  constraints: "arch=amd64",
});

const app = (charm: string, channel: string, to: string[] = [], more: object = {}): object => ({
  charm: `ch:${charm}`,
  channel,
  ...(to.length > 0 ? principal(to) : {}),
  ...more,
});

const everywhere = ["lxd:0", "lxd:1", "lxd:2"];

export const applications: Record<string, object> = {
  "ceph-mon": app("ceph-mon", "quincy/stable", everywhere, {
    options: { "expected-osd-count": 3, "monitor-count": 3 },
  }),
  "ceph-osd": app("ceph-osd", "quincy/stable", ["0", "1", "2"], {
    options: { "osd-devices": "/dev/sdb" },
  }),
  "ceph-radosgw": app("ceph-radosgw", "quincy/stable", ["lxd:0"]),
  cinder: app("cinder", API, ["lxd:1"], {
    options: { "block-device": "None", "glance-api-version": 2 },
  }),
  "cinder-ceph": app("cinder-ceph", API),
  glance: app("glance", API, ["lxd:2"]),
  keystone: app("keystone", API, ["lxd:0"]),
  "mysql-innodb-cluster": app("mysql-innodb-cluster", "8.0/stable", everywhere),
  "neutron-api": app("neutron-api", API, ["lxd:1"], {
    options: { "neutron-security-groups": true, "flat-network-providers": "physnet1" },
  }),
  "neutron-api-plugin-ovn": app("neutron-api-plugin-ovn", API),
  "nova-cloud-controller": app("nova-cloud-controller", API, ["lxd:2"], {
    options: { "network-manager": "Neutron" },
  }),
  "nova-compute": app("nova-compute", API, ["0", "1", "2"], {
    options: {
      "config-flags": "default_ephemeral_format=ext4",
      "enable-live-migration": true,
      "enable-resize": true,
      "migration-auth-type": "ssh",
      "virt-type": "qemu",
    },
  }),
  "openstack-dashboard": app("openstack-dashboard", API, ["lxd:2"]),
  "ovn-central": app("ovn-central", "22.03/stable", everywhere),
  "ovn-chassis": app("ovn-chassis", "22.03/stable", [], {
    options: { "bridge-interface-mappings": "br-ex:eth0", "ovn-bridge-mappings": "physnet1:br-ex" },
  }),
  placement: app("placement", API, ["lxd:2"]),
  "rabbitmq-server": app("rabbitmq-server", "3.9/stable", ["lxd:2"]),
  vault: app("vault", "1.8/stable", ["lxd:2"]),
  ...Object.fromEntries(
    Object.values(routers).map((name) => [name, app("mysql-router", "8.0/stable")]),
  ),
};

const identity = [
  "cinder",
  "glance",
  "neutron-api",
  "nova-cloud-controller",
  "openstack-dashboard",
  "placement",
];
const messaging = ["cinder", "neutron-api", "nova-cloud-controller", "nova-compute"];
const certificates = [
  "cinder",
  "glance",
  "keystone",
  "mysql-innodb-cluster",
  "neutron-api-plugin-ovn",
  "neutron-api",
  "nova-cloud-controller",
  "openstack-dashboard",
  "ovn-central",
  "ovn-chassis",
  "placement",
];

export const relations: [string, string][] = [
  ["neutron-api-plugin-ovn:neutron-plugin", "neutron-api:neutron-plugin-api-subordinate"],
  ["neutron-api-plugin-ovn:ovsdb-cms", "ovn-central:ovsdb-cms"],
  ["nova-compute:neutron-plugin", "ovn-chassis:nova-compute"],
  ["ovn-central:ovsdb", "ovn-chassis:ovsdb"],
  ...Object.values(routers).map((router): [string, string] => [
    `${router}:db-router`,
    "mysql-innodb-cluster:db-router",
  ]),
  ...Object.entries(routers).map(([name, router]): [string, string] => [
    `${router}:shared-db`,
    `${name}:shared-db`,
  ]),
  ...identity.map((name): [string, string] => [
    `${name}:identity-service`,
    "keystone:identity-service",
  ]),
  ...messaging.map((name): [string, string] => [`${name}:amqp`, "rabbitmq-server:amqp"]),
  ["ceph-mon:client", "cinder-ceph:ceph"],
  ["ceph-mon:client", "glance:ceph"],
  ["ceph-mon:client", "nova-compute:ceph"],
  ["ceph-mon:osd", "ceph-osd:mon"],
  ["ceph-mon:radosgw", "ceph-radosgw:mon"],
  ["cinder-ceph:ceph-access", "nova-compute:ceph-access"],
  ["cinder-ceph:storage-backend", "cinder:storage-backend"],
  ...certificates.map((name): [string, string] => [`${name}:certificates`, "vault:certificates"]),
  ["cinder:cinder-volume-service", "nova-cloud-controller:cinder-volume-service"],
  ["cinder:image-service", "glance:image-service"],
  ["glance:image-service", "nova-cloud-controller:image-service"],
  ["glance:image-service", "nova-compute:image-service"],
  ["neutron-api:neutron-api", "nova-cloud-controller:neutron-api"],
  ["nova-cloud-controller:cloud-compute", "nova-compute:cloud-compute"],
  ["nova-cloud-controller:placement", "placement:placement"],
];

export const bundle = JSON.stringify({
  "default-base": "ubuntu@22.04",
  machines: Object.fromEntries(
    ["0", "1", "2"].map((id) => [id, { constraints: "arch=amd64 tags=compute" }]),
  ),
  applications,
  relations,
});

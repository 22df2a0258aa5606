import type { Relation } from "./types";

/**
 * The relations of the deploy guide, hyper-converged, with Ceph (55). Router applications are named as the guide does.
 * https://docs.openstack.org/project-deploy-guide/charm-deployment-guide/latest/install-openstack.html
 */
export function hyperconvergedRelations(): Relation[] {
  return [
    ...OVN,
    ...databases(),
    ...IDENTITY,
    ...MESSAGING,
    ...STORAGE,
    ...certificates(),
    ...SERVICES,
  ];
}

const OVN: Relation[] = [
  ["neutron-api-plugin-ovn:neutron-plugin", "neutron-api:neutron-plugin-api-subordinate"],
  ["neutron-api-plugin-ovn:ovsdb-cms", "ovn-central:ovsdb-cms"],
  ["nova-compute:neutron-plugin", "ovn-chassis:nova-compute"],
  ["ovn-central:ovsdb", "ovn-chassis:ovsdb"],
];

/** Router by the application whose database it serves. */
export const ROUTERS: Record<string, string> = {
  vault: "vault-mysql-router",
  keystone: "keystone-mysql-router",
  "neutron-api": "neutron-api-mysql-router",
  "nova-cloud-controller": "ncc-mysql-router",
  placement: "placement-mysql-router",
  glance: "glance-mysql-router",
  cinder: "cinder-mysql-router",
  "openstack-dashboard": "dashboard-mysql-router",
};

function databases(): Relation[] {
  return Object.entries(ROUTERS).flatMap(([application, router]): Relation[] => [
    [`${router}:db-router`, "mysql-innodb-cluster:db-router"],
    [`${router}:shared-db`, `${application}:shared-db`],
  ]);
}

const IDENTITY: Relation[] = [
  "cinder",
  "glance",
  "neutron-api",
  "nova-cloud-controller",
  "openstack-dashboard",
  "placement",
].map((user) => [`${user}:identity-service`, "keystone:identity-service"]);

const MESSAGING: Relation[] = [
  "cinder",
  "neutron-api",
  "nova-cloud-controller",
  "nova-compute",
].map((user) => [`${user}:amqp`, "rabbitmq-server:amqp"]);

const STORAGE: Relation[] = [
  ["ceph-mon:client", "cinder-ceph:ceph"],
  ["ceph-mon:client", "glance:ceph"],
  ["ceph-mon:client", "nova-compute:ceph"],
  ["ceph-mon:osd", "ceph-osd:mon"],
  ["ceph-mon:radosgw", "ceph-radosgw:mon"],
  ["cinder-ceph:ceph-access", "nova-compute:ceph-access"],
  ["cinder-ceph:storage-backend", "cinder:storage-backend"],
];

function certificates(): Relation[] {
  const users = [
    "cinder",
    "glance",
    "keystone",
    "mysql-innodb-cluster",
    "neutron-api",
    "neutron-api-plugin-ovn",
    "nova-cloud-controller",
    "openstack-dashboard",
    "ovn-central",
    "ovn-chassis",
    "placement",
  ];
  return users.map((user) => [`${user}:certificates`, "vault:certificates"]);
}

const SERVICES: Relation[] = [
  ["cinder:cinder-volume-service", "nova-cloud-controller:cinder-volume-service"],
  ["cinder:image-service", "glance:image-service"],
  ["glance:image-service", "nova-cloud-controller:image-service"],
  ["glance:image-service", "nova-compute:image-service"],
  ["neutron-api:neutron-api", "nova-cloud-controller:neutron-api"],
  ["nova-cloud-controller:cloud-compute", "nova-compute:cloud-compute"],
  ["nova-cloud-controller:placement", "placement:placement"],
];

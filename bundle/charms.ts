/** What is known of the charms of OpenStack, as far as a bundle can be judged by it. */

/** Which column of the channel matrix a charm follows, see channels.ts. */
export type Track = "openstack" | "ceph" | "ovn" | "rabbitmq" | "mysql" | "vault";

export interface Charm {
  track: Track;
  subordinate?: true;
  /** Endpoints that the topologies and checks of this folder use; charms have more. */
  endpoints: string[];
  /** Endpoints without which the application never becomes active. */
  needs?: string[];
  /** Fewest units that form a cluster. */
  minUnits?: number;
  /** Clusters that vote: an even number of units tolerates no more than one fewer does. */
  odd?: true;
}

const api = ["shared-db", "identity-service", "amqp", "certificates"];

/** https://charmhub.io/NAME/integrations */
export const CHARMS: Record<string, Charm> = {
  "ceph-mon": { track: "ceph", endpoints: ["osd", "client", "radosgw"], minUnits: 1, odd: true },
  "ceph-osd": { track: "ceph", endpoints: ["mon"], needs: ["mon"] },
  "ceph-radosgw": {
    track: "ceph",
    endpoints: ["mon", "identity-service", "certificates"],
    needs: ["mon"],
  },
  cinder: {
    track: "openstack",
    endpoints: [...api, "cinder-volume-service", "image-service", "storage-backend"],
    needs: ["shared-db", "identity-service", "amqp"],
  },
  "cinder-ceph": {
    track: "openstack",
    subordinate: true,
    endpoints: ["ceph", "ceph-access", "storage-backend"],
    needs: ["ceph", "storage-backend"],
  },
  glance: {
    track: "openstack",
    endpoints: [...api, "image-service", "ceph"],
    needs: ["shared-db", "identity-service"],
  },
  keystone: { track: "openstack", endpoints: api, needs: ["shared-db"] },
  "mysql-innodb-cluster": {
    track: "mysql",
    endpoints: ["db-router", "certificates"],
    minUnits: 3,
    odd: true,
  },
  "mysql-router": {
    track: "mysql",
    subordinate: true,
    endpoints: ["db-router", "shared-db"],
    needs: ["db-router", "shared-db"],
  },
  "neutron-api": {
    track: "openstack",
    endpoints: [...api, "neutron-api", "neutron-plugin-api-subordinate"],
    needs: ["shared-db", "identity-service", "amqp"],
  },
  "neutron-api-plugin-ovn": {
    track: "openstack",
    subordinate: true,
    endpoints: ["neutron-plugin", "ovsdb-cms", "certificates"],
    needs: ["neutron-plugin", "ovsdb-cms", "certificates"],
  },
  "nova-cloud-controller": {
    track: "openstack",
    endpoints: [
      ...api,
      "cinder-volume-service",
      "cloud-compute",
      "image-service",
      "neutron-api",
      "placement",
    ],
    needs: ["shared-db", "identity-service", "amqp", "placement", "cloud-compute", "image-service"],
  },
  "nova-compute": {
    track: "openstack",
    endpoints: ["amqp", "ceph", "ceph-access", "cloud-compute", "image-service", "neutron-plugin"],
    needs: ["amqp", "cloud-compute", "image-service"],
  },
  "openstack-dashboard": {
    track: "openstack",
    endpoints: ["shared-db", "identity-service", "certificates"],
    needs: ["identity-service"],
  },
  "ovn-central": {
    track: "ovn",
    endpoints: ["ovsdb", "ovsdb-cms", "certificates"],
    needs: ["certificates"],
    minUnits: 3,
    odd: true,
  },
  "ovn-chassis": {
    track: "ovn",
    subordinate: true,
    endpoints: ["ovsdb", "nova-compute", "certificates"],
    needs: ["ovsdb", "nova-compute", "certificates"],
  },
  placement: {
    track: "openstack",
    endpoints: ["shared-db", "identity-service", "placement", "certificates"],
    needs: ["shared-db", "identity-service", "placement"],
  },
  "rabbitmq-server": { track: "rabbitmq", endpoints: ["amqp"] },
  vault: { track: "vault", endpoints: ["shared-db", "certificates"] },
};

import fc from "fast-check";

import { BEFORE_VAULT } from "../../bundle/statuses";
import { buildBundle, expectedUnits } from "../../bundle/topology";
import type { Bundle, BundleSettings, Relation } from "../../bundle/types";
import { validateBundle, type Surroundings } from "../../bundle/validate";

const SETTINGS: BundleSettings = {
  release: "yoga",
  base: "ubuntu@22.04",
  hosts: 3,
  hostTag: "compute",
  architecture: "amd64",
  osdDevices: ["/dev/sdb"],
  bridgeMappings: { physnet1: "br-ex" },
  bridgeInterfaces: { "br-ex": "eth0" },
  flatNetworks: ["physnet1"],
  dnsServers: ["172.16.0.1"],
  virtType: "qemu",
  overrides: {},
  relations: [],
};
const AROUND: Surroundings = {
  externalPhysnet: "physnet1",
  bootDisks: { server3: "/dev/sda" },
  interfaces: { server3: ["eth0", "br-ex"] },
};

/** A relation is the same in both directions. */
const relationKey = (relation: Relation): string => [...relation].sort().join(" ");

const build = (change: Partial<BundleSettings> = {}): Bundle =>
  buildBundle({ ...SETTINGS, ...change });
const faults = (change: Partial<BundleSettings>, around: Partial<Surroundings> = {}): string[] => {
  const settings = { ...SETTINGS, ...change };
  return validateBundle(settings, buildBundle(settings), { ...AROUND, ...around }).map(
    ({ path, message }) => `${path} ${message}`,
  );
};

/** Column "Insper 2025" of the inventory, typed from it: application, channel, places (none: a subordinate). */
const APPLICATIONS = `
ceph-mon quincy lxd:0,lxd:1,lxd:2
ceph-osd quincy 0,1,2
ceph-radosgw quincy lxd:0
cinder yoga lxd:1
cinder-ceph yoga
cinder-mysql-router 8.0
dashboard-mysql-router 8.0
glance yoga lxd:2
glance-mysql-router 8.0
keystone yoga lxd:0
keystone-mysql-router 8.0
mysql-innodb-cluster 8.0 lxd:0,lxd:1,lxd:2
ncc-mysql-router 8.0
neutron-api yoga lxd:1
neutron-api-mysql-router 8.0
neutron-api-plugin-ovn yoga
nova-cloud-controller yoga lxd:2
nova-compute yoga 0,1,2
openstack-dashboard yoga lxd:2
ovn-central 22.03 lxd:0,lxd:1,lxd:2
ovn-chassis 22.03
placement yoga lxd:2
placement-mysql-router 8.0
rabbitmq-server 3.9 lxd:2
vault 1.8 lxd:2
vault-mysql-router 8.0
`;

/** Column "deploy guide + Insper" of the inventory's relations. */
const RELATIONS = `
neutron-api-plugin-ovn:neutron-plugin neutron-api:neutron-plugin-api-subordinate
neutron-api-plugin-ovn:ovsdb-cms ovn-central:ovsdb-cms
nova-compute:neutron-plugin ovn-chassis:nova-compute
ovn-central:ovsdb ovn-chassis:ovsdb
cinder-mysql-router:db-router mysql-innodb-cluster:db-router
dashboard-mysql-router:db-router mysql-innodb-cluster:db-router
glance-mysql-router:db-router mysql-innodb-cluster:db-router
keystone-mysql-router:db-router mysql-innodb-cluster:db-router
mysql-innodb-cluster:db-router neutron-api-mysql-router:db-router
mysql-innodb-cluster:db-router ncc-mysql-router:db-router
mysql-innodb-cluster:db-router placement-mysql-router:db-router
mysql-innodb-cluster:db-router vault-mysql-router:db-router
cinder-mysql-router:shared-db cinder:shared-db
dashboard-mysql-router:shared-db openstack-dashboard:shared-db
glance-mysql-router:shared-db glance:shared-db
keystone-mysql-router:shared-db keystone:shared-db
neutron-api:shared-db neutron-api-mysql-router:shared-db
nova-cloud-controller:shared-db ncc-mysql-router:shared-db
placement-mysql-router:shared-db placement:shared-db
vault-mysql-router:shared-db vault:shared-db
cinder:identity-service keystone:identity-service
glance:identity-service keystone:identity-service
keystone:identity-service neutron-api:identity-service
keystone:identity-service nova-cloud-controller:identity-service
keystone:identity-service openstack-dashboard:identity-service
keystone:identity-service placement:identity-service
cinder:amqp rabbitmq-server:amqp
neutron-api:amqp rabbitmq-server:amqp
nova-cloud-controller:amqp rabbitmq-server:amqp
nova-compute:amqp rabbitmq-server:amqp
ceph-mon:client cinder-ceph:ceph
ceph-mon:client glance:ceph
ceph-mon:client nova-compute:ceph
ceph-mon:osd ceph-osd:mon
ceph-mon:radosgw ceph-radosgw:mon
cinder-ceph:ceph-access nova-compute:ceph-access
cinder-ceph:storage-backend cinder:storage-backend
cinder:certificates vault:certificates
glance:certificates vault:certificates
keystone:certificates vault:certificates
mysql-innodb-cluster:certificates vault:certificates
neutron-api-plugin-ovn:certificates vault:certificates
neutron-api:certificates vault:certificates
nova-cloud-controller:certificates vault:certificates
openstack-dashboard:certificates vault:certificates
ovn-central:certificates vault:certificates
ovn-chassis:certificates vault:certificates
placement:certificates vault:certificates
cinder:cinder-volume-service nova-cloud-controller:cinder-volume-service
cinder:image-service glance:image-service
glance:image-service nova-cloud-controller:image-service
glance:image-service nova-compute:image-service
neutron-api:neutron-api nova-cloud-controller:neutron-api
nova-cloud-controller:cloud-compute nova-compute:cloud-compute
nova-cloud-controller:placement placement:placement
`;

const lines = (text: string): string[][] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.split(" "));

describe("the kit's bundle", () => {
  test("has the 26 applications of the inventory with their channels and places", () => {
    const wanted = lines(APPLICATIONS);
    expect(wanted).toHaveLength(26);
    const got = Object.entries(build().applications)
      .map(([name, { channel, to }]) => [name, channel, to?.join(",") ?? ""].join(" ").trim())
      .sort();
    expect(got).toEqual(
      wanted.map(([name, track, to]) => `${name} ${track}/stable ${to ?? ""}`.trim()).sort(),
    );
  });

  test("has the 55 relations of the inventory and no other", () => {
    const wanted = lines(RELATIONS) as Relation[];
    expect(wanted).toHaveLength(55);
    expect(build().relations.map(relationKey).sort()).toEqual(wanted.map(relationKey).sort());
  });

  test("has the options of the inventory, with Ceph's devices as they are in the end", () => {
    const { applications } = build();
    expect(applications["ceph-osd"]?.options).toEqual({ "osd-devices": "/dev/sdb" });
    expect(applications["ceph-mon"]?.options).toEqual({
      "expected-osd-count": 3,
      "monitor-count": 3,
    });
    expect(applications["cinder"]?.options).toEqual({
      "block-device": "None",
      "glance-api-version": 2,
    });
    expect(applications["neutron-api"]?.options).toMatchObject({
      "flat-network-providers": "physnet1",
      "neutron-security-groups": true,
    });
    expect(applications["nova-compute"]?.options).toEqual({
      "config-flags": "default_ephemeral_format=ext4",
      "enable-live-migration": true,
      "enable-resize": true,
      "migration-auth-type": "ssh",
      "virt-type": "qemu",
    });
    expect(applications["ovn-chassis"]?.options).toEqual({
      "bridge-interface-mappings": "br-ex:eth0",
      "ovn-bridge-mappings": "physnet1:br-ex",
    });
  });

  test("gives every principal an architecture, and no subordinate any unit", () => {
    for (const [name, application] of Object.entries(build().applications)) {
      const principal = application.num_units !== undefined;
      expect([name, application.constraints]).toEqual([name, principal ? "arch=amd64" : undefined]);
      expect([name, application.to?.length]).toEqual([name, application.num_units]);
    }
  });

  test("is what the checks accept without a word", () => expect(faults({})).toEqual([]));

  test("has 25 principal units and 11 subordinates", () => {
    const units = Object.values(expectedUnits(build()));
    expect(units.reduce((sum, count) => sum + count, 0)).toBe(25);
    expect(units.filter((count) => count === 0)).toHaveLength(11);
  });
});

describe("overrides", () => {
  test("null leaves an application out with its relations", () => {
    const bundle = build({ overrides: { "ceph-radosgw": null } });
    expect(Object.keys(bundle.applications)).toHaveLength(25);
    expect(bundle.relations).toHaveLength(54);
  });

  test("change only what they name", () => {
    const bundle = build({
      overrides: {
        glance: { to: ["lxd:1"], options: { verbose: true } },
        keystone: { revision: 689 },
      },
    });
    const plain = build();
    const { glance, keystone } = plain.applications;
    expect(bundle).toEqual({
      ...plain,
      applications: {
        ...plain.applications,
        glance: { ...glance, to: ["lxd:1"], options: { verbose: true } },
        keystone: { ...keystone, revision: 689 },
      },
    });
  });
});

describe("checks", () => {
  // What each of these writes would let juju accept the bundle and the cloud never settle.
  test.each<[string, Partial<BundleSettings>, Partial<Surroundings>, RegExp]>([
    [
      "an even cluster",
      { overrides: { "ovn-central": { to: ["lxd:0", "lxd:1"] } } },
      {},
      /ovn-central.*at least 3/,
    ],
    [
      "a floating channel",
      { overrides: { glance: { channel: "latest/stable" } } },
      {},
      /glance.channel .*track/,
    ],
    [
      "another Vault",
      { overrides: { vault: { channel: "1.16/stable" } } },
      {},
      /vault.channel .*1.8\/stable/,
    ],
    [
      "a mixed release",
      { overrides: { glance: { channel: "zed/stable" } } },
      {},
      /glance.channel .*yoga/,
    ],
    ["another base", { base: "ubuntu@24.04" }, {}, /juju.base .*ubuntu@22.04/],
    [
      "another physnet",
      {},
      { externalPhysnet: "physnet" },
      /external.physnet is physnet.*physnet1/,
    ],
    [
      "a flat network that Neutron does not know",
      { flatNetworks: ["other"] },
      {},
      /flatNetworks .*physnet1/,
    ],
    [
      "a bridge without an interface",
      { bridgeInterfaces: { "br-lan": "eth0" } },
      {},
      /bridgeInterfaces .*br-ex/,
    ],
    [
      "an interface that no host has",
      { bridgeInterfaces: { "br-ex": "enp1s0" } },
      {},
      /is enp1s0, which machine server3/,
    ],
    [
      "the boot disk",
      { osdDevices: ["/dev/sda", "/dev/sdb"] },
      {},
      /osdDevices .*boot disk of server3/,
    ],
    [
      "a disk twice",
      { overrides: { "nova-compute": { options: { "ephemeral-device": "/dev/sdb" } } } },
      {},
      /ephemeral-device/,
    ],
    ["no devices", { osdDevices: [] }, {}, /expected-osd-count .*for ever/],
    [
      "a missing application",
      { relations: [["heat:amqp", "rabbitmq-server:amqp"]] },
      {},
      /no application heat/,
    ],
    [
      "a relation without an endpoint",
      { relations: [["glance", "cinder:image-service"]] },
      {},
      /glance:ENDPOINT/,
    ],
    ["a relation twice", { relations: [["rabbitmq-server:amqp", "cinder:amqp"]] }, {}, /twice/],
    [
      "a missing partner",
      { overrides: { placement: null } },
      {},
      /nova-cloud-controller never becomes active .*placement/,
    ],
    [
      "a machine that is not there",
      { overrides: { glance: { to: ["lxd:7"] } } },
      {},
      /glance.to names machine lxd:7/,
    ],
    [
      "places that do not match",
      { overrides: { glance: { units: 2 } } },
      {},
      /glance.to has 1 places for 2 units/,
    ],
  ])("find %s", (_name, change, around, message) => {
    expect(faults(change, around).join("\n")).toMatch(message);
  });
});

test("any number of hosts gives a bundle that the checks accept", () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 40 }), (hosts) => {
      expect(faults({ hosts })).toEqual([]);
      expect(build({ hosts }).applications["nova-compute"]?.num_units).toBe(hosts);
    }),
    { numRuns: 20 },
  );
});

test("before Vault is ready, only what waits for it may be unsettled", () => {
  const allowed = (application: string, message: string): boolean =>
    BEFORE_VAULT.some(
      (entry) => entry.application === application && new RegExp(entry.message).test(message),
    );
  expect(allowed("vault", "Vault needs to be initialized")).toBe(true);
  expect(
    allowed(
      "ovn-central",
      "'ovsdb-peer' incomplete, 'certificates' awaiting server certificate data",
    ),
  ).toBe(true);
  expect(allowed("vault", "Vault failed to start")).toBe(false);
  expect(allowed("keystone", "'certificates' awaiting server certificate data")).toBe(false);
});

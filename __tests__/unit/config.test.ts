import fc from "fast-check";

import { cidrFault, cidrRange, fromNumber, toNumber } from "../../config/addresses";
import { checkSite } from "../../config/checks";
import { DUMMY_CA, DUMMY_FACTS, DUMMY_SECRETS } from "../../config/dummies";
import { merge, readSite, unknownKeys } from "../../config/read";
import { certificate } from "../../config/keys";
import { checkPlainSections, checkSecrets } from "../../config/secrets";
import { readSettings } from "../../config/settings";
import { readSiteFile } from "../../config/siteFile";
import type { SiteConfig } from "../../config/types";

type Given = Partial<Record<keyof SiteConfig, unknown>>;

const IMAGE = { file: "guest.qcow2" };

const faults = (given: Given, preset = "kit"): string[] => {
  const { site, problems } = readSite(preset, DUMMY_FACTS, { image: IMAGE, ...given });
  return [...problems, ...checkSite(site)].map(({ path, message }) => `${path} ${message}`);
};

test("the kit needs only its image to be complete", () => {
  expect(faults({})).toEqual([]);
  const { site } = readSite("kit", DUMMY_FACTS, { image: IMAGE });
  const tags = Object.entries(site.machines ?? {}).map(
    ([name, { tags }]) => `${name} ${tags.join()}`,
  );
  expect(tags).toEqual([
    "server1 controller",
    "server2 reserve",
    "server3 compute",
    "server4 compute",
    "server5 compute",
  ]);
});

test("without a preset every section must be said", () => {
  const paths = faults({}, "none").map((fault) => fault.split(/[ .]/)[0]);
  expect(new Set(paths)).toEqual(
    new Set([
      "bastion",
      "maas",
      "network",
      "machines",
      "juju",
      "openstack",
      "vault",
      "external",
      "flavors",
      "tenant",
      "app",
      "verification",
      "patience",
      "access",
      "image",
    ]),
  );
});

describe("one wrong value is named with its path, itself, what is allowed and what to do", () => {
  // The first of these were really written by people who built the kit by hand.
  test.each<[string, Given, RegExp]>([
    [
      "a prefix of one digit too few",
      { external: { cidr: "172.16.0.0/2" } },
      /^external.cidr is "172.16.0.0\/2"; .*\/20/,
    ],
    [
      "host bits",
      { external: { cidr: "172.16.7.0/20" } },
      /^external.cidr .*host bits.*172.16.0.0\/20/,
    ],
    [
      "a network that is cut short",
      { tenant: { cidr: "192.168.0/24" } },
      /^tenant.cidr .*must be a network/,
    ],
    [
      "another prefix than the LAN's",
      { external: { cidr: "172.16.0.0/21" } },
      /^external.cidr .*overlaps network.cidr/m,
    ],
    [
      "a pool outside",
      { external: { pool: { start: "172.16.15.0", end: "172.16.16.255" } } },
      /^external.pool .*not inside external.cidr/,
    ],
    [
      "clients with host bits",
      { tenant: { clients: "10.0.0.5/8" } },
      /^tenant.clients is "10.0.0.5\/8"; .*host bits/,
    ],
    [
      "clients of nowhere",
      { tenant: { clients: "999.1.1.1/99" } },
      /^tenant.clients is "999.1.1.1\/99"; .*0.0.0.0\/0/,
    ],
    [
      "the router's address in the project's pool",
      { tenant: { pool: { start: "192.168.90.1", end: "192.168.90.9" } } },
      /^tenant.pool .*192.168.90.1, the router/,
    ],
    [
      "the broadcast address in a pool",
      { tenant: { pool: { start: "192.168.90.200", end: "192.168.90.255" } } },
      /^tenant.pool .*Leave the last out/,
    ],
    [
      "the network's own address for a server",
      { app: { addresses: { shared: "192.168.90.0" } } },
      /^app.addresses.shared .*no host's address/,
    ],
    [
      "the network's own address for the router",
      { network: { gateway: "172.16.0.0" } },
      /^network.gateway .*no host's address/,
    ],
    [
      "a single address for router and application",
      {
        external: { pool: { start: "172.16.8.250", end: "172.16.8.250" } },
      },
      /^external.pool .*one address.*longer/,
    ],
    ["a URL with a space", { maas: { url: "http://x y" } }, /^maas.url is "http:\/\/x y"; .*URL/],
    [
      "a model setting that Juju cannot have",
      { juju: { modelConfig: { Foo_Bar: "1" } } },
      /^juju.modelConfig.*Foo_Bar.*model setting/,
    ],
    [
      "a pool that is turned round",
      { external: { pool: { start: "172.16.8.0", end: "172.16.7.0" } } },
      /^external.pool .*Swap/,
    ],
    [
      "the gateway in the pool",
      { external: { gateway: "172.16.7.1" } },
      /^external.pool .*gateway 172.16.7.1/,
    ],
    [
      "a gateway outside",
      { network: { gateway: "192.168.0.1" } },
      /^network.gateway .*no host's address inside network.cidr/,
    ],
    [
      "a pool that DHCP gives out too",
      { network: { dynamicRange: { start: "172.16.8.0", end: "172.16.9.0" } } },
      /^external.pool .*overlaps network.dynamicRange/,
    ],
    [
      "a controller's address in the DHCP range",
      { machines: { server1: { power: { address: "172.16.11.7" } } } },
      /^machines.server1.power.address .*network.dynamicRange/,
    ],
    ["RAM in GiB", { flavors: { "m1.tiny": { ramMiB: 1 } } }, /^flavors.m1.tiny.ramMiB is 1; .*64/],
    [
      "no vCPUs",
      { flavors: { big: { ramMiB: 4096, diskGiB: 20 } } },
      /^flavors.big.vcpus is missing/,
    ],
    [
      "a member that is misspelled",
      { network: { gatway: "172.16.0.1" } },
      /^network.gatway is not known. Did you mean gateway\?/,
    ],
    [
      "a member of a member",
      { machines: { server1: { power: { adress: "x" } } } },
      /^machines.server1.power.adress .*Did you mean address\?/,
    ],
    [
      "a MAC address twice",
      { machines: { server2: { macs: ["52:54:00:16:00:01"] } } },
      /^machines.server2.macs\[0\] .*machines.server1.macs\[0\]/,
    ],
    [
      "a MAC address that is none",
      { machines: { server2: { macs: ["52:54:00"] } } },
      /^machines.server2.macs\[0\] .*MAC address/,
    ],
    [
      "a management controller twice",
      { machines: { server2: { power: { address: "172.16.15.1" } } } },
      /^machines.server2.power.address .*as is machines.server1.*change one/,
    ],
    [
      "a tag that no machine has",
      { juju: { controllerTag: "juju" } },
      /^juju.controllerTag is juju, and no machine/,
    ],
    [
      "a machine for two roles",
      { machines: { server3: { tags: ["controller", "compute"] } } },
      /^machines.server3.tags has both/,
    ],
    [
      "a zone that is not made",
      { machines: { server3: { zone: "rack2" } } },
      /^machines.server3.zone .*maas.zones/,
    ],
    [
      "the project's network inside the LAN",
      { tenant: { cidr: "172.16.4.0/24", pool: { start: "172.16.4.100", end: "172.16.4.199" } } },
      /^tenant.cidr .*overlaps network.cidr/m,
    ],
    [
      "a fixed address that DHCP gives out",
      { app: { addresses: { database: "192.168.90.150" } } },
      /^app.addresses.database .*tenant.pool/,
    ],
    [
      "a fixed address twice",
      { app: { addresses: { database: "192.168.90.10" } } },
      /^app.addresses.database .*as is app.addresses.shared. Change one/,
    ],
    [
      "more APIs than hypervisors",
      {
        app: {
          addresses: { apis: ["192.168.90.21", "192.168.90.22", "192.168.90.23", "192.168.90.24"] },
        },
      },
      /^app.addresses.apis has 4 servers.*3 machines/,
    ],
    [
      "a floating IP of nobody",
      { app: { floatingIp: "172.16.9.1" } },
      /^app.floatingIp .*external.pool/,
    ],
    [
      "a flavor that is not there",
      { app: { flavor: "m1.huge" } },
      /^app.flavor is m1.huge; there are m1.tiny.*add it to flavors/,
    ],
    [
      "a threshold above the shares",
      { vault: { keyThreshold: 6 } },
      /^vault.keyThreshold is 6 of 5/,
    ],
    [
      "more hypervisors than machines that carry the cloud",
      { verification: { hypervisorsAtLeast: 4 } },
      /^verification.hypervisorsAtLeast is 4, and 3 machines have the tag compute/,
    ],
    [
      "operators twice",
      { tenant: { operators: ["10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/8"] } },
      /^tenant.operators\[2\] is 10.0.0.0\/8, as is tenant.operators\[0\]/,
    ],
    [
      "another base for the model than for its machines",
      { juju: { modelConfig: { "default-base": "ubuntu@24.04" } } },
      /^juju.modelConfig.default-base is ubuntu@24.04, and juju.base.* is ubuntu@22.04/,
    ],
    [
      "a release as a number",
      { openstack: { release: 2023.1 } },
      /^openstack.release is 2023.1; .*quote/,
    ],
    [
      "an unknown release",
      { openstack: { release: "xena" } },
      /^openstack.release is "xena"; must be one of yoga/,
    ],
    [
      "a port as text",
      { bastion: { port: "22" } },
      /^bastion.port is "22"; must be a whole number from 1 to 65535/,
    ],
    [
      "Keystone without TLS",
      { access: { authUrl: "http://172.16.0.50:5000/v3" } },
      /^access.authUrl .*TLS/,
    ],
    [
      "text for an object",
      { network: "172.16.0.0/20" },
      /^network is "172.16.0.0\/20"; must be an object/,
    ],
  ])("%s", (_name, given, message) => {
    expect(faults(given).join("\n")).toMatch(message);
  });

  test("letters that changed places", () => {
    expect(faults({ bastion: { hots: "x" } })).toEqual([
      "bastion.hots is not known. Did you mean host?",
    ]);
  });

  test("an unknown preset", () => {
    expect(faults({}, "kid")[0]).toMatch(
      /^preset is "kid"; must be one of kit, none. Did you mean kit\?/,
    );
  });

  test("an unknown key", () => {
    expect(unknownKeys(["machnies", "network"])).toEqual([
      { path: "machnies", message: "is not a configuration key. Did you mean machines?" },
    ]);
  });
});

test("an application without a unit is refused, unless its charm has none of its own", () => {
  const found = (name: string, override: object): string[] =>
    readSettings({
      values: {
        image: JSON.stringify(IMAGE),
        openstack: JSON.stringify({ applications: { [name]: override } }),
      },
      encrypted: [],
    }).problems.map(({ path, message }) => `${path} ${message}`);
  expect(found("glance", { units: 0, to: [] })).toEqual([
    expect.stringMatching(/^openstack\.applications\.glance\.units is 0, .*glance: null/),
  ]);
  expect(found("mysql-innodb-cluster", { units: 0, to: [] }).length).toBeGreaterThan(0);
  expect(found("vault-mysql-router", { units: 0 })).toEqual([]);
});

test("all faults are told at once", () => {
  const found = faults({
    network: { cidr: "172.16.7.0/20" },
    vault: { keyThreshold: 6 },
    tenant: { clients: "everybody" },
  });
  expect(found.map((fault) => fault.split(" ")[0]).sort()).toEqual([
    "network.cidr",
    "tenant.clients",
    "vault.keyThreshold",
  ]);
});

test("public space for a project is told, not refused", () => {
  const cidr = { cidr: "192.169.0.0/24", pool: { start: "192.169.0.10", end: "192.169.0.99" } };
  const addresses = {
    shared: "192.169.0.110",
    balancers: ["192.169.0.111", "192.169.0.112"],
    apis: ["192.169.0.121", "192.169.0.122"],
    database: "192.169.0.131",
  };
  const { site } = readSite("kit", DUMMY_FACTS, { image: IMAGE, tenant: cidr, app: { addresses } });
  expect(checkSite(site)).toEqual([
    expect.objectContaining({ path: "tenant.cidr", warning: true }),
  ]);
});

describe("layers", () => {
  test("null takes a machine away", () => {
    const { site } = readSite("kit", DUMMY_FACTS, { image: IMAGE, machines: { server2: null } });
    expect(Object.keys(site.machines ?? {})).toEqual(["server1", "server3", "server4", "server5"]);
  });

  test("null for an application stays, because it says that it is left out", () => {
    const { site } = readSite("kit", DUMMY_FACTS, {
      image: IMAGE,
      openstack: { applications: { "ceph-radosgw": null } },
    });
    expect(site.openstack?.applications).toEqual({ "ceph-radosgw": null });
  });

  test("the cloud is where the bastion is, unless something else is said", () => {
    const url = (given: Given): string | undefined =>
      readSite("kit", DUMMY_FACTS, { image: IMAGE, ...given }).site.access?.authUrl;
    expect(url({})).toBe(`https://${DUMMY_FACTS.bastionHost}:5000/v3`);
    expect(url({ bastion: { host: "127.0.50.1" } })).toBe("https://127.0.50.1:5000/v3");
    expect(url({ access: { authUrl: "https://cloud.example:5000/v3" } })).toBe(
      "https://cloud.example:5000/v3",
    );
  });

  test("what is laid over nothing is itself, and nothing changes what is below", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (value) => {
        expect(merge(undefined, value)).toEqual(value);
        expect(merge(value, undefined)).toEqual(value);
        expect(merge(value, {})).toEqual(value);
      }),
    );
  });
});

describe("secrets", () => {
  const planted = "hunter2 with a space";

  test("a wrong one is named, never shown", () => {
    const found = checkSecrets({ maasApiKey: planted, databasePassword: planted });
    expect(found.map(({ path }) => path)).toEqual(["maasApiKey", "databasePassword"]);
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  test.each<[string, Given]>([
    [
      "machines.server1.power.parameters.power_pass",
      { machines: { server1: { power: { parameters: { power_pass: planted } } } } },
    ],
    [
      "openstack.applications.keystone.options.admin-password",
      { openstack: { applications: { keystone: { options: { "admin-password": planted } } } } },
    ],
    ["maas.settings.rpc_shared_secret", { maas: { settings: { rpc_shared_secret: planted } } }],
  ])("%s is refused, because it would stand in the state in clear", (path, given) => {
    const { site } = readSite("kit", DUMMY_FACTS, { image: IMAGE, ...given });
    const found = checkPlainSections(site);
    expect(found.map((each) => each.path)).toEqual([path]);
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  test("what only sounds like a secret is not refused", () => {
    const options = { "token-expiration": 3600, "totally-unsecure-auto-unlock": false };
    const given = { openstack: { applications: { keystone: { options } } } };
    const { site } = readSite("kit", DUMMY_FACTS, { image: IMAGE, ...given });
    expect(checkPlainSections(site)).toEqual([]);
  });

  test.each(['sh"ort-or-not', "back\\slash-8", "with space", "ümlaut-password"])(
    "a password that the openstack client cannot be told is refused before anything runs",
    (password) => {
      const found = checkSecrets({ automationPassword: password });
      expect(found.map(({ path }) => path)).toEqual(["automationPassword"]);
    },
  );

  test("a site file's fault is told without its values", () => {
    const { problems } = readSiteFile(JSON.stringify({ maasApiKy: planted, powerPassword: 7 }));
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/maasApiKy. Did you mean maasApiKey\?/),
      expect.stringMatching(/powerPassword is no text/),
    ]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
    expect(readSiteFile("{ no json").problems).toHaveLength(1);
  });

  test("the stand-ins of a preview have the right form, but the keys, which are none", () => {
    expect(checkSecrets(DUMMY_SECRETS).map(({ path }) => path)).toEqual([
      "bastionPrivateKey",
      "caPrivateKeyPem",
    ]);
    expect(certificate(DUMMY_CA)?.ca).toBe(true);
  });
});

describe("addresses", () => {
  test("survive being a number", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(fromNumber(toNumber(address))).toBe(address);
      }),
    );
  });

  test("a network is accepted exactly when it begins where it says", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 8, max: 32 }), (address, bits) => {
        const cidr = `${address}/${bits}`;
        const begins = fromNumber(cidrRange(cidr).first) === address;
        expect(cidrFault(cidr) === undefined).toBe(begins);
      }),
    );
  });
});

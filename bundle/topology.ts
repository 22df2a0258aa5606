import { CHARMS } from "./charms";
import { RELEASES } from "./channels";
import { ROUTERS, hyperconvergedRelations } from "./relations";
import type {
  Application,
  ApplicationOverride,
  Bundle,
  BundleSettings,
  OptionValue,
} from "./types";

/**
 * The bundle of a hyper-converged cloud: Ceph and Nova on the metal of every host, the control plane in LXD containers on
 * the first three. What `settings.overrides` says comes last.
 */
export function buildBundle(settings: BundleSettings): Bundle {
  const applications = Object.fromEntries(
    Object.entries(hyperconverged(settings))
      .filter(([name]) => settings.overrides[name] !== null)
      .map(([name, application]) => [name, override(application, settings.overrides[name])]),
  );
  return {
    "default-base": settings.base,
    machines: Object.fromEntries(
      numbers(settings.hosts).map((id) => [
        id,
        { constraints: `arch=${settings.architecture} tags=${settings.hostTag}` },
      ]),
    ),
    applications,
    relations: [...hyperconvergedRelations(), ...settings.relations].filter((relation) =>
      relation.every((end) => settings.overrides[applicationOf(end)] !== null),
    ),
  };
}

/** Units of principals by application; 0 for subordinates, whose number follows from what they are beside of. */
export function expectedUnits(bundle: Bundle): Record<string, number> {
  return Object.fromEntries(
    Object.entries(bundle.applications).map(([name, { num_units, to }]) => [
      name,
      num_units ?? to?.length ?? 0,
    ]),
  );
}

export function applicationOf(endpoint: string): string {
  return endpoint.split(":")[0] ?? endpoint;
}

/** Container hosts of the services with one unit, as the course kit of 2025 has them. */
const CONTAINERS: Record<string, number> = {
  "ceph-radosgw": 0,
  keystone: 0,
  cinder: 1,
  "neutron-api": 1,
  glance: 2,
  "nova-cloud-controller": 2,
  "openstack-dashboard": 2,
  placement: 2,
  "rabbitmq-server": 2,
  vault: 2,
};
const CLUSTERED = ["ceph-mon", "mysql-innodb-cluster", "ovn-central"];
const CLUSTER_SIZE = 3;
const ON_METAL = ["ceph-osd", "nova-compute"];
const SUBORDINATES = ["cinder-ceph", "neutron-api-plugin-ovn", "ovn-chassis"];

function hyperconverged(settings: BundleSettings): Record<string, Application> {
  const options = optionsOf(settings);
  const application = (name: string, charm: string, places?: string[]): [string, Application] => [
    name,
    {
      charm,
      channel: channelOf(charm, settings.release),
      ...(places === undefined
        ? {}
        : {
            num_units: places.length,
            to: places,
            // Without it Juju finds a change at every deploy of an unchanged bundle.
            constraints: `arch=${settings.architecture}`,
          }),
      ...(options[name] === undefined ? {} : { options: options[name] }),
    },
  ];
  const clusterHosts = numbers(Math.min(CLUSTER_SIZE, settings.hosts)).map((id) => `lxd:${id}`);
  const last = settings.hosts - 1;
  return Object.fromEntries([
    ...ON_METAL.map((name) => application(name, name, numbers(settings.hosts))),
    ...CLUSTERED.map((name) => application(name, name, clusterHosts)),
    ...Object.entries(CONTAINERS).map(([name, host]) =>
      application(name, name, [`lxd:${Math.min(host, last)}`]),
    ),
    ...SUBORDINATES.map((name) => application(name, name)),
    ...Object.values(ROUTERS).map((name) => application(name, "mysql-router")),
  ]);
}

function channelOf(charm: string, release: string): string {
  const track = CHARMS[charm]?.track;
  const tracks = RELEASES[release]?.tracks;
  if (track === undefined || tracks === undefined)
    throw new Error(`no channel for ${charm} in ${release}`);
  return `${tracks[track]}/stable`;
}

/** Options that differ from the charms' defaults. `ceph-osd` gets the final devices at once. */
function optionsOf(settings: BundleSettings): Record<string, Record<string, OptionValue>> {
  const cluster = Math.min(CLUSTER_SIZE, settings.hosts);
  return {
    "ceph-mon": { "expected-osd-count": cluster, "monitor-count": cluster },
    "ceph-osd": { "osd-devices": settings.osdDevices.join(" ") },
    // The charm wants the word: no device of its own, because the storage is Ceph's.
    cinder: { "block-device": "None", "glance-api-version": 2 },
    "neutron-api": {
      "enable-ml2-dns": true,
      "flat-network-providers": settings.flatNetworks.join(" "),
      "neutron-security-groups": true,
    },
    "neutron-api-plugin-ovn": { "dns-servers": settings.dnsServers.join(" ") },
    "nova-cloud-controller": { "network-manager": "Neutron" },
    "nova-compute": {
      "config-flags": "default_ephemeral_format=ext4",
      "enable-live-migration": true,
      "enable-resize": true,
      "migration-auth-type": "ssh",
      "virt-type": settings.virtType,
    },
    "ovn-chassis": {
      "bridge-interface-mappings": pairs(settings.bridgeInterfaces),
      "ovn-bridge-mappings": pairs(settings.bridgeMappings),
    },
  };
}

function override(application: Application, change?: ApplicationOverride | null): Application {
  if (!change) return application;
  const { units, options, ...rest } = change;
  const given = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  ) as Partial<Application>;
  return {
    ...application,
    ...given,
    ...(options === undefined ? {} : { options: { ...application.options, ...options } }),
    ...(units === undefined && given.to === undefined
      ? {}
      : { num_units: units ?? given.to?.length ?? 0 }),
  };
}

function pairs(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}:${value}`)
    .join(" ");
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

import { CHARMS, type Charm } from "./charms";
import { RELEASES } from "./channels";
import { applicationOf } from "./topology";
import type { Application, Bundle, BundleSettings } from "./types";

/** Something wrong with a bundle: where it is said in the configuration, and what to do. */
export interface BundleProblem {
  path: string;
  message: string;
  /** Only told; the bundle may still be what is wanted. */
  warning?: true;
}

/** Facts from other parts of the configuration that a bundle must agree with. */
export interface Surroundings {
  /** Physical network of the external network. */
  externalPhysnet: string;
  /** Boot disk of the hosts, e.g. `/dev/sda`, by machine name. */
  bootDisks: Record<string, string>;
  /** Interfaces and bridges that MAAS makes on the hosts, by machine name. */
  interfaces: Record<string, string[]>;
}

/** All that is wrong, before anything runs. */
export function validateBundle(
  settings: BundleSettings,
  bundle: Bundle,
  around: Surroundings,
): BundleProblem[] {
  return [
    ...checkApplications(settings, bundle),
    ...checkRelations(bundle),
    ...checkPhysnets(settings, bundle, around),
    ...checkStorage(settings, bundle, around),
  ];
}

const at = (application: string, member: string): string =>
  `openstack.applications.${application}.${member}`;

function checkApplications(settings: BundleSettings, bundle: Bundle): BundleProblem[] {
  const problems = Object.entries(bundle.applications).flatMap(([name, application]) => [
    ...checkChannel(settings, name, application),
    ...checkUnits(bundle, name, application),
  ]);
  const release = RELEASES[settings.release];
  if (release && release.base !== bundle["default-base"]) {
    problems.push({
      path: "juju.base",
      message: `is ${bundle["default-base"]}, and OpenStack ${settings.release} runs on ${release.base}. Change the base or openstack.release.`,
    });
  }
  return problems;
}

function checkChannel(
  settings: BundleSettings,
  name: string,
  { charm, channel }: Application,
): BundleProblem[] {
  const path = at(name, "channel");
  const [track = "", risk] = channel.split("/");
  if (risk === undefined || track === "latest" || track === "") {
    return [
      {
        path,
        message: `is ${channel}: a track is needed, e.g. ${expectedChannel(settings, charm) ?? "yoga/stable"}. Never latest: it moves to other releases by itself.`,
      },
    ];
  }
  const expected = expectedChannel(settings, charm);
  if (expected === undefined || expected.split("/")[0] === track) return [];
  if (charm === "vault") {
    return [
      {
        path,
        message: `is ${channel}: only ${expected} can be initialised and made a CA by this program. Take it out.`,
      },
    ];
  }
  return [
    {
      path,
      message: `is ${channel}, while ${settings.release} goes with ${expected}.`,
      warning: true,
    },
  ];
}

function expectedChannel(settings: BundleSettings, charm: string): string | undefined {
  const track = CHARMS[charm]?.track;
  const value = track && RELEASES[settings.release]?.tracks[track];
  return value === undefined ? undefined : `${value}/stable`;
}

function checkUnits(bundle: Bundle, name: string, application: Application): BundleProblem[] {
  const problems: BundleProblem[] = [];
  const charm: Charm | undefined = CHARMS[application.charm];
  const units = application.num_units ?? 0;
  const problem = (member: string, message: string): void => {
    problems.push({ path: at(name, member), message });
  };
  for (const place of application.to ?? []) {
    const machine = place.replace(/^lxd:/, "");
    if (!(machine in bundle.machines)) {
      problem(
        "to",
        `names machine ${place}; there are ${Object.keys(bundle.machines).join(", ")}.`,
      );
    }
  }
  if (application.to && application.to.length !== units) {
    problem(
      "to",
      `has ${application.to.length} places for ${units} units. Give one place per unit.`,
    );
  }
  if (charm?.subordinate && (units > 0 || application.to)) {
    problem("units", "must be absent: the charm is a subordinate and follows its principal.");
  }
  if (charm?.minUnits !== undefined && units < charm.minUnits) {
    problem("units", `is ${units}; ${application.charm} needs at least ${charm.minUnits}.`);
  }
  if (charm?.odd && units % 2 === 0) {
    problem("units", `is ${units}; ${application.charm} votes, so its number must be odd.`);
  }
  if (application.charm === "ceph-mon") {
    const monitors = application.options?.["monitor-count"];
    if (monitors !== undefined && monitors !== units) {
      problem(
        "options.monitor-count",
        `is ${monitors}, and there are ${units} units. Make them equal.`,
      );
    }
  }
  return problems;
}

function checkRelations(bundle: Bundle): BundleProblem[] {
  const problems: BundleProblem[] = [];
  const seen = new Set<string>();
  for (const [index, relation] of bundle.relations.entries()) {
    const path = `openstack.relations: ${relation.join(" - ")}`;
    for (const end of relation) {
      const name = applicationOf(end);
      const application = bundle.applications[name];
      const endpoint = end.split(":")[1];
      if (!application) {
        problems.push({ path, message: `there is no application ${name} in the bundle.` });
      } else if (endpoint === undefined || endpoint === "") {
        problems.push({ path, message: `write the endpoint too: ${name}:ENDPOINT.` });
      }
    }
    const key = [...relation].sort().join(" ");
    if (seen.has(key)) problems.push({ path, message: `is there twice (number ${index + 1}).` });
    seen.add(key);
  }
  const used = new Set(bundle.relations.flat());
  for (const [name, { charm }] of Object.entries(bundle.applications)) {
    const missing = (CHARMS[charm]?.needs ?? []).filter((end) => !used.has(`${name}:${end}`));
    if (missing.length > 0) {
      problems.push({
        path: "openstack.relations",
        message: `${name} never becomes active without a relation at ${missing.join(", ")}. Add it, or take ${name} out with openstack.applications.${name}: null.`,
      });
    }
  }
  return problems;
}

/** The physical network is named in three places that must agree, and the bridge in two. */
function checkPhysnets(
  settings: BundleSettings,
  bundle: Bundle,
  around: Surroundings,
): BundleProblem[] {
  const problems: BundleProblem[] = [];
  const mapped = pairsOf(bundle, "ovn-chassis", "ovn-bridge-mappings");
  const flat = words(bundle, "neutron-api", "flat-network-providers");
  const bridges = pairsOf(bundle, "ovn-chassis", "bridge-interface-mappings");
  const physnet = around.externalPhysnet;
  if (!mapped.some(([name]) => name === physnet)) {
    problems.push({
      path: "external.physnet",
      message: `is ${physnet}, which openstack.bridgeMappings does not map to a bridge (it has ${mapped.map(([name]) => name).join(", ") || "none"}). Give both the same name.`,
    });
  }
  if (!flat.includes(physnet) && !flat.includes("*")) {
    problems.push({
      path: "openstack.flatNetworks",
      message: `is [${flat.join(", ")}] without ${physnet}, on which external.physnet makes a flat network. Add it.`,
    });
  }
  for (const [name, bridge] of mapped) {
    const port = bridges.find(([known]) => known === bridge)?.[1];
    if (port === undefined) {
      problems.push({
        path: "openstack.bridgeInterfaces",
        message: `has no interface for bridge ${bridge}, to which ${name} is mapped. Add it, e.g. ${bridge}: eth0.`,
      });
      continue;
    }
    for (const [machine, interfaces] of Object.entries(around.interfaces)) {
      if (!/^([0-9a-f]{2}:){5}/i.test(port) && !interfaces.includes(port)) {
        problems.push({
          path: `openstack.bridgeInterfaces.${bridge}`,
          message: `is ${port}, which machine ${machine} does not have (it has ${interfaces.join(", ")}). Name one that every host has, or give MAC addresses.`,
        });
      }
    }
  }
  return problems;
}

function checkStorage(
  settings: BundleSettings,
  bundle: Bundle,
  around: Surroundings,
): BundleProblem[] {
  const problems: BundleProblem[] = [];
  const devices = words(bundle, "ceph-osd", "osd-devices");
  for (const [machine, disk] of Object.entries(around.bootDisks)) {
    if (devices.includes(disk)) {
      problems.push({
        path: "openstack.osdDevices",
        message: `has ${disk}, the boot disk of ${machine}: Ceph would take it whole. Take it out.`,
      });
    }
  }
  const ephemeral = words(bundle, "nova-compute", "ephemeral-device");
  for (const device of ephemeral.filter((each) => devices.includes(each))) {
    problems.push({
      path: at("nova-compute", "options.ephemeral-device"),
      message: `is ${device}, which openstack.osdDevices gives to Ceph. Give each its own disk.`,
    });
  }
  const disks = (bundle.applications["ceph-osd"]?.num_units ?? 0) * devices.length;
  const wanted = Number(bundle.applications["ceph-mon"]?.options?.["expected-osd-count"] ?? 0);
  if (bundle.applications["ceph-osd"] && wanted > disks) {
    problems.push({
      path: at("ceph-mon", "options.expected-osd-count"),
      message: `is ${wanted}, and the hosts have ${disks} devices for Ceph: it would wait for ever. Lower it or add devices.`,
    });
  }
  return problems;
}

function words(bundle: Bundle, application: string, option: string): string[] {
  const value = bundle.applications[application]?.options?.[option] ?? "";
  return String(value).split(/\s+/).filter(Boolean);
}

/** `a:b c:d` as pairs; the second half may hold colons, as MAC addresses do. */
function pairsOf(bundle: Bundle, application: string, option: string): [string, string][] {
  return words(bundle, application, option).map((pair) => {
    const colon = pair.indexOf(":");
    return [pair.slice(0, colon), pair.slice(colon + 1)];
  });
}

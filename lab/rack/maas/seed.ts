import type { Seed } from "../core/rack";
import type { Random } from "../core/rng";
import { nextNumber } from "./numbers";
import type { Hardware, MaasState } from "./state";

const GIB = 1024 ** 3;

const kitServer = (number: number, memoryGiB: number, disks: number): Hardware => ({
  mac: `52:54:00:16:00:0${number}`,
  nic: "eth0",
  cores: number <= 2 ? 4 : 8,
  memoryMiB: memoryGiB * 1024,
  disks: Array.from({ length: disks }, (_, disk) => (disk === 0 ? 240 * GIB : 480 * GIB)),
  bmc: `172.16.15.${number}`,
  vendor: "Intel(R) Client Systems",
  product: "NUC11TNKv5",
});

const KIT: Hardware[] = [
  kitServer(1, 12, 1),
  kitServer(2, 16, 2),
  kitServer(3, 32, 2),
  kitServer(4, 32, 2),
  kitServer(5, 32, 2),
];

const DEFAULT_CONFIG: Record<string, unknown> = {
  maas_name: "rack",
  theme: "",
  kernel_opts: "",
  enable_http_proxy: true,
  maas_proxy_port: 8000,
  use_peer_proxy: false,
  prefer_v4_proxy: false,
  http_proxy: null,
  upstream_dns: "",
  dnssec_validation: "auto",
  maas_internal_domain: "maas-internal",
  dns_trusted_acl: null,
  ntp_servers: "ntp.ubuntu.com",
  ntp_external_only: false,
  remote_syslog: null,
  maas_syslog_port: 5247,
  network_discovery: "enabled",
  active_discovery_interval: 10800,
  enlist_commissioning: true,
  default_boot_interface_link_type: "auto",
  commissioning_distro_series: "jammy",
  default_distro_series: "jammy",
  default_osystem: "ubuntu",
  default_min_hwe_kernel: "",
  default_storage_layout: "flat",
  completed_intro: true,
  enable_third_party_drivers: true,
  enable_disk_erasing_on_release: false,
  disk_erase_with_secure_erase: false,
  disk_erase_with_quick_erase: false,
  boot_images_auto_import: true,
  curtin_verbose: true,
  force_v1_network_yaml: false,
  enable_analytics: true,
  node_timeout: 30,
  prometheus_enabled: false,
  max_node_commissioning_results: 10,
  max_node_testing_results: 10,
  max_node_installation_results: 3,
  auto_vlan_creation: true,
  session_length: 1209600,
  tls_port: null,
  hardware_sync_interval: "15m",
};

const BOOT_RESOURCES = [
  { name: "ubuntu/focal", subarches: ["ga-20.04", "ga-20.04-lowlatency", "hwe-20.04"] },
  { name: "ubuntu/jammy", subarches: ["ga-22.04", "ga-22.04-lowlatency", "hwe-22.04"] },
];

const importImages = (maas: MaasState): void => {
  for (const { name, subarches } of BOOT_RESOURCES) {
    for (const subarch of subarches) {
      maas.bootResources.push({
        id: nextNumber(maas, "bootResource"),
        type: "Synced",
        name,
        architecture: `amd64/${subarch}`,
        subarches: `generic,${subarches.join(",")}`,
      });
    }
  }
};

/** The network that the kit's region found on its own interface. */
const kitNetwork = (maas: MaasState): void => {
  maas.fabrics.push({ id: 0, name: "fabric-0", class_type: null });
  maas.vlans.push({
    id: nextNumber(maas, "vlan", 5001),
    vid: 0,
    fabric: 0,
    name: "untagged",
    mtu: 1500,
    dhcpOn: false,
    primaryRack: null,
    secondaryRack: null,
    relayVlan: null,
    space: null,
  });
  maas.numbers.fabric = 0;
  maas.subnets.push({
    id: nextNumber(maas, "subnet"),
    name: "172.16.0.0/20",
    description: "",
    vlan: 5001,
    cidr: "172.16.0.0/20",
    gateway: "172.16.0.1",
    dnsServers: [],
    allowDns: true,
    allowProxy: true,
    activeDiscovery: false,
    managed: true,
    rdnsMode: 2,
  });
};

export const initialMaas = (seed: Seed, rng: (key: string) => Random): MaasState => {
  const [consumer = "", token = "", secret = ""] = seed.apiKey.split(":");
  const kit = seed.name === "kit";
  const systemId = rng("rack-controller").letters(6, "abcdefghkmnpqrstwxy34678");
  const maas: MaasState = {
    numbers: {},
    url: "http://172.16.0.3:5240/MAAS",
    config: { ...DEFAULT_CONFIG },
    users: [
      {
        username: "admin",
        email: "admin@example.com",
        superuser: true,
        keys: [{ name: "MAAS consumer", consumer, token, secret }],
        sshKeys: [],
      },
    ],
    zones: [{ id: 1, name: "default", description: "" }],
    pools: [{ id: 0, name: "default", description: "Default pool" }],
    tags: [],
    domains: [{ id: 0, name: "maas", authoritative: true, ttl: null }],
    fabrics: [],
    vlans: [],
    spaces: [],
    subnets: [],
    ranges: [],
    reservedAddresses: [],
    bootResources: [],
    importingUntil: 0,
    rackControllers: kit ? [{ systemId, hostname: "bastion", address: "172.16.0.3" }] : [],
    machines: [],
    devices: [],
    hardware: kit ? structuredClone(KIT) : [],
    events: [],
    files: [],
    plain: {},
  };
  maas.numbers = { zone: 1, pool: 0, domain: 0 };
  importImages(maas);
  if (kit) kitNetwork(maas);
  return maas;
};

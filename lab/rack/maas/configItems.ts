import type { Rack } from "../core/rack";
import { invalid } from "./errors";

/**
 * The region's settings (MAAS: forms/settings.py and models/config.py), in the order in which it lists them: what each
 * is before anybody sets it, and how a text becomes its value.
 */
export interface ConfigItem {
  fallback: unknown;
  /** Throws where the setting cannot have this value. */
  read(text: string, name: string, rack: Rack): unknown;
}

const refuse = (name: string, reason: string): never => {
  throw invalid({ [name]: [reason] });
};

const text = (fallback: string | null): ConfigItem => ({ fallback, read: (given) => given });

/** Django's: everything but these is true. */
const flag = (fallback: boolean): ConfigItem => ({
  fallback,
  read: (given) => !["", "0", "false"].includes(given.toLowerCase()),
});

const number = (fallback: number, least?: number): ConfigItem => ({
  fallback,
  read: (given, name) => {
    if (given === "") return null;
    if (!/^\s*-?\d+\s*$/.test(given)) refuse(name, "Enter a whole number.");
    if (least !== undefined && Number(given) < least)
      refuse(name, `Ensure this value is greater than or equal to ${least}.`);
    return Number(given);
  },
});

const REFUSED_PORTS: [boolean: (port: number) => boolean, reason: string][] = [
  [(port) => port <= 0 || port > 65535, "Port number is not between 0 - 65535."],
  [(port) => port <= 1023, "Port number is reserved for system services."],
  [(port) => port >= 5240 && port <= 5270, "Port number is reserved for MAAS services."],
];

const port = (fallback: number, allowed?: number): ConfigItem => ({
  fallback,
  read: (given, name, rack) => {
    const value = number(fallback).read(given, name, rack) as number | null;
    const wrong = REFUSED_PORTS.find(([holds]) => value !== null && holds(value));
    if (wrong !== undefined && value !== allowed)
      refuse(name, `Unable to change port number. ${wrong[1]}`);
    return value;
  },
});

/** Addresses or names of servers, kept with a space between them. */
const servers = (fallback: string | null): ConfigItem => ({
  fallback,
  read: (given) =>
    given
      .split(/[\s,]+/)
      .filter((each) => each !== "")
      .join(" "),
});

const oneOf = (what: string, given: string, choices: string[], name: string): void => {
  if (choices.includes(given)) return;
  const listed = choices.map((each) => `'${each}'`).join(", ");
  refuse(name, `'${given}' is not a valid ${what}.  It should be one of: ${listed}.`);
};

const choice = (fallback: string | number, choices: (string | number)[]): ConfigItem => ({
  fallback,
  read: (given, name) => {
    oneOf(name, given, choices.map(String), name);
    return typeof fallback === "number" ? Number(given) : given;
  },
});

/** An Ubuntu release whose images the region has. */
const release = (what: string): ConfigItem => ({
  fallback: "jammy",
  read: (given, name, { maas }) => {
    const names = maas.bootResources.map((each) => each.name.split("/")[1] ?? "");
    oneOf(what, given, [...new Set(names)].sort(), name);
    return given;
  },
});

const LAYOUTS = ["bcache", "blank", "custom", "flat", "lvm", "vmfs6", "vmfs7"];

const layout: ConfigItem = {
  fallback: "flat",
  read: (given, name) =>
    LAYOUTS.includes(given)
      ? given
      : refuse(name, `Select a valid choice. ${given} is not one of the available choices.`),
};

const privilege: ConfigItem = {
  fallback: "ADMIN",
  read: (given, name) =>
    ["", "ADMIN", "OPERATOR", "USER"].includes(given)
      ? given
      : refuse(name, "Valid choices are ADMIN, OPERATOR, or USER"),
};

const HOUR = 3600;

export const CONFIG_ITEMS: Record<string, ConfigItem> = {
  maas_name: text("rack"),
  theme: text(""),
  kernel_opts: text(null),
  enable_http_proxy: flag(true),
  maas_proxy_port: port(8000),
  use_peer_proxy: flag(false),
  prefer_v4_proxy: flag(false),
  http_proxy: text(null),
  default_dns_ttl: number(30),
  upstream_dns: servers(null),
  dnssec_validation: choice("auto", ["auto", "yes", "no"]),
  maas_internal_domain: text("maas-internal"),
  dns_trusted_acl: text(null),
  ntp_servers: servers("ntp.ubuntu.com"),
  ntp_external_only: flag(false),
  remote_syslog: {
    fallback: null,
    read: (given) => (given === "" ? null : /:\d+$/.test(given) ? given : `${given}:514`),
  },
  maas_syslog_port: port(5247, 5247),
  network_discovery: choice("enabled", ["enabled", "disabled"]),
  active_discovery_interval: choice(3 * HOUR, [
    ...[0, 168 * HOUR, 24 * HOUR, 12 * HOUR, 6 * HOUR, 3 * HOUR, HOUR, HOUR / 2, HOUR / 6],
  ]),
  default_boot_interface_link_type: text("auto"),
  default_osystem: text("ubuntu"),
  default_distro_series: release("release"),
  default_min_hwe_kernel: text(""),
  default_storage_layout: layout,
  commissioning_distro_series: release("commissioning_distro_series"),
  enable_third_party_drivers: flag(true),
  windows_kms_host: text(null),
  enable_disk_erasing_on_release: flag(false),
  disk_erase_with_secure_erase: flag(true),
  disk_erase_with_quick_erase: flag(false),
  boot_images_auto_import: flag(true),
  boot_images_no_proxy: flag(false),
  curtin_verbose: flag(true),
  force_v1_network_yaml: flag(false),
  enable_analytics: flag(true),
  completed_intro: flag(true),
  max_node_commissioning_results: number(10, 1),
  max_node_testing_results: number(10, 1),
  max_node_installation_results: number(3, 1),
  subnet_ip_exhaustion_threshold_count: number(16, 1),
  release_notifications: flag(true),
  use_rack_proxy: flag(true),
  node_timeout: number(30, 1),
  prometheus_enabled: flag(false),
  prometheus_push_gateway: text(null),
  prometheus_push_interval: number(60),
  promtail_enabled: flag(false),
  promtail_port: port(5238),
  enlist_commissioning: flag(true),
  maas_auto_ipmi_user: text("maas"),
  maas_auto_ipmi_user_privilege_level: privilege,
  maas_auto_ipmi_k_g_bmc_key: text(""),
  maas_auto_ipmi_cipher_suite_id: text("3"),
  maas_auto_ipmi_workaround_flags: text(null),
  vcenter_server: text(""),
  vcenter_username: text(""),
  vcenter_password: text(""),
  vcenter_datacenter: text(""),
  hardware_sync_interval: text("15m"),
  tls_cert_expiration_notification_enabled: flag(false),
  tls_cert_expiration_notification_interval: number(30, 1),
  session_length: number(14 * 24 * HOUR),
  auto_vlan_creation: flag(true),
};

/** What a region has before anybody sets anything. */
export const defaultConfig = (): Record<string, unknown> =>
  Object.fromEntries(Object.entries(CONFIG_ITEMS).map(([name, { fallback }]) => [name, fallback]));

/**
 * What MAAS's API shows of each object: the `DISPLAYED_…_FIELDS` of maas:src/maasserver/api at the branches 3.4 to 3.7,
 * and the recorded answers beside them (api/examples) and in the tests of canonical/gomaasclient (test/testdata).
 * `name` is a text, `#` a number, `?` a yes or no, `[]` a list, `{}` an object; `~` before it: null where there is none.
 */

const fields = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .map((each): [string, string] => {
        const [, name = "", kind = ""] = /^(\w+)(.*)$/.exec(each) ?? [];
        return [name, kind];
      }),
  );

const uri = (text: string): Record<string, string> => fields(`${text} resource_uri`);

const tests = ["testing", "cpu_test", "memory_test", "network_test", "storage_test", "other_test"]
  .concat("interface_test", "commissioning")
  .map((name) => `${name}_status# ${name}_status_name`)
  .join(" ");

const results = ["commissioning", "testing", "installation"]
  .map((name) => `current_${name}_result_id~#`)
  .join(" ");

const node = `system_id hostname description domain{} fqdn ip_addresses[] interface_set[] zone{} node_type#
  node_type_name tag_names[]`;

const hardware = `architecture cpu_count# cpu_speed# memory# swap_size~# osystem distro_series power_type power_state
  hardware_uuid~ hardware_info{} status_action ${tests} ${results}`;

const machine = `${node} ${hardware} owner~ owner_data{} workload_annotations{} locked? address_ttl~# ephemeral_deploy?
  cache_sets[] bcaches[] bios_boot_method~ boot_interface~{} min_hwe_kernel hwe_kernel~ storage# status# status_name
  status_message netboot? pool{} disable_ipv4? boot_disk~{} blockdevice_set[] physicalblockdevice_set[]
  virtualblockdevice_set[] volume_groups[] raids[] special_filesystems[] parent~{} pod~{} virtualmachine_id~#
  default_gateways{} numanode_set[] last_sync~ sync_interval~# next_sync~ enable_hw_sync?`;

const ADDED = {
  "3.4": "",
  "3.5": "error_description",
  "3.6": "error_description enable_kernel_crash_dump?",
  "3.7": "error_description enable_kernel_crash_dump? is_dpu?",
};

export type Version = keyof typeof ADDED;
export const VERSIONS = Object.keys(ADDED) as Version[];

export const machineFields = (version: Version): Record<string, string> =>
  uri(`${machine} ${ADDED[version]}`);

export const FIELDS = {
  rackController: uri(`${node} ${hardware} service_set[] version`),
  regionController: uri(`${node} ${hardware} version`),
  device: uri(`${node} owner~ owner_data{} parent~ address_ttl~# workload_annotations{}`),
  interface: uri(
    `system_id id# name type vlan~{} mac_address parents[] children[] tags[] enabled? links[] params{} discovered~[]
     effective_mtu# vendor~ product~ firmware_version~ link_connected? interface_speed# link_speed# numa_node~#
     sriov_max_vf#`,
  ),
  blockDevice: uri(
    `system_id id# name uuid~ type path model~ serial~ id_path~ size# block_size# available_size# used_size# used_for
     tags[] filesystem~{} partition_table_type~ partitions[] firmware_version~ storage_pool~ numa_node~#`,
  ),
  partition: uri(
    "system_id device_id# id# uuid path type size# bootable? filesystem~{} used_for tags[]",
  ),
  filesystem: fields("fstype label~ uuid mount_point~ mount_options~"),
  subnet: uri(
    `id# name description vlan{} space cidr gateway_ip~ dns_servers[] rdns_mode# active_discovery? allow_dns?
     allow_proxy? managed? disabled_boot_architectures[]`,
  ),
  vlan: uri(
    `id# name vid# fabric fabric_id# mtu# primary_rack~ secondary_rack~ dhcp_on? external_dhcp~ relay_vlan~{} space`,
  ),
  fabric: uri("id# name class_type~ vlans[]"),
  space: uri("id# name description vlans[] subnets[]"),
  range: uri("id# type start_ip end_ip comment user~{} subnet{}"),
  user: uri("username email is_local? is_superuser?"),
  zone: uri("id# name description"),
  pool: uri("id# name description"),
  tag: uri("name definition comment kernel_opts"),
  domain: uri("id# name ttl~# authoritative? resource_record_count# is_default?"),
  dnsResource: uri("id# fqdn address_ttl~# ip_addresses~[] resource_records[]"),
  dnsRecord: uri("id# fqdn ttl~# rrtype rrdata"),
  address: uri("alloc_type# alloc_type_name created ip owner~{} interface_set[] subnet~{}"),
  staticRoute: uri("id# source{} destination{} gateway_ip metric#"),
  snippet: uri("id# name value history[] description enabled? node~{} subnet~{} global_snippet?"),
  notification: uri("id# ident~ user~{} users? admins? message context{} category dismissable?"),
  repository: uri(
    `id# name url distributions[] disabled_pockets[] disabled_components[] disable_sources? components[] arches[] key
     enabled?`,
  ),
  bootSource: uri("id# url keyring_filename keyring_data created updated"),
  selection: uri("boot_source_id# id# os release arches[] subarches[] labels[]"),
  bootResource: uri("id# type name architecture last_deployed~ subarches"),
  license: uri("osystem distro_series license_key"),
  reservedIp: uri("id# ip subnet{} mac_address comment"),
  script: uri(
    `id# name title description tags[] type# type_name hardware_type# hardware_type_name parallel# parallel_name results{}
     parameters{} packages{} timeout destructive? for_hardware[] may_reboot? recommission? history[] default?
     apply_configured_networking?`,
  ),
  vmHost: uri(
    `id# name tags[] type architectures[] capabilities[] total{} used{} available{} zone{} cpu_over_commit_ratio#
     memory_over_commit_ratio# storage_pools[] pool{} host{} default_macvlan_mode~ version`,
  ),
  event: fields("username node~ hostname id# level created type description"),
  relatedAddress: fields("ip alloc_type# created updated node_summary{}"),
  summary: fields("system_id node_type# fqdn hostname is_container? via"),
};

const KINDS: Record<string, (value: unknown) => boolean> = {
  "": (value) => typeof value === "string",
  "#": (value) => typeof value === "number",
  "?": (value) => typeof value === "boolean",
  "[]": Array.isArray,
  "{}": (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** What is wrong with an object, field by field; empty if it has these fields and no other. */
export const differences = (value: object, wanted: Record<string, string>): string[] => [
  ...Object.keys(value)
    .filter((name) => !(name in wanted))
    .map((name) => `${name} is not shown`),
  ...Object.entries(wanted).flatMap(([name, kind]) => {
    if (!(name in value)) return [`${name} is missing`];
    const found = (value as Record<string, unknown>)[name];
    const nullable = kind.startsWith("~");
    if (found === null && nullable) return [];
    const right = KINDS[nullable ? kind.slice(1) : kind]?.(found) === true;
    return right ? [] : [`${name} is ${JSON.stringify(found)}`];
  }),
];

import type { Params } from "./request";

interface Parameter {
  name: string;
  label: string;
  required?: boolean;
  choices?: string[];
}

const text = (name: string, label: string): Parameter => ({ name, label });
const needed = (name: string, label: string): Parameter => ({ name, label, required: true });

/** Power types and their parameters (maas:src/provisioningserver/drivers/power). */
export const POWER_TYPES: Record<string, Parameter[]> = {
  "": [],
  manual: [],
  amt: [needed("power_address", "Power address"), text("power_pass", "Power password")],
  ipmi: [
    needed("power_address", "IP address"),
    text("power_user", "Power user"),
    text("power_pass", "Power password"),
    text("k_g", "K_g BMC key"),
    { name: "power_driver", label: "Power driver", choices: ["LAN", "LAN_2_0"] },
    { name: "power_boot_type", label: "Power boot type", choices: ["auto", "legacy", "efi"] },
    text("cipher_suite_id", "Cipher Suite ID"),
    text("privilege_level", "Privilege Level"),
    text("mac_address", "Power MAC"),
    text("workaround_flags", "Workaround Flags"),
  ],
  lxd: [
    needed("power_address", "LXD address"),
    needed("instance_name", "Instance name"),
    text("project", "LXD project"),
    text("password", "LXD password (optional)"),
    text("certificate", "LXD certificate (optional)"),
    text("key", "LXD private key (optional)"),
  ],
  virsh: [
    needed("power_address", "Address"),
    needed("power_id", "Virsh VM ID"),
    text("power_pass", "Password (optional)"),
  ],
  redfish: [
    needed("power_address", "Redfish address"),
    text("power_user", "Redfish user"),
    text("power_pass", "Redfish password"),
    text("node_id", "Node ID"),
  ],
  webhook: [
    needed("power_on_uri", "URI to power on the node"),
    needed("power_off_uri", "URI to power off the node"),
    needed("power_query_uri", "URI to query the nodes power status"),
    // Required, but MAAS fills in what it expects where none is given.
    text("power_on_regex", "Regex to confirm the node is on"),
    text("power_off_regex", "Regex to confirm the node is off"),
    text("power_user", "Power user"),
    text("power_pass", "Power password"),
    text("power_token", "Power token"),
    text("power_verify_ssl", "Verify SSL connections with system CA certificates"),
  ],
};

const PREFIX = "power_parameters_";

/** The `power_parameters_…` of a form, without the prefix. */
export const powerFromForm = (params: Params): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params.all())
      .filter(([name]) => name.startsWith(PREFIX) && name !== `${PREFIX}skip_check`)
      .map(([name, value]) => [name.slice(PREFIX.length), value]),
  );

/** Form errors of a power type and its parameters; empty if they are complete. */
export const checkPower = (
  type: string,
  parameters: Record<string, string>,
): Record<string, string[]> => {
  const fields = POWER_TYPES[type];
  if (fields === undefined) {
    return { power_type: [`Select a valid choice. ${type} is not one of the available choices.`] };
  }
  const messages: string[] = [];
  for (const { name, label, required, choices } of fields) {
    const value = parameters[name] ?? "";
    if (value === "" && required === true) messages.push(`${label}: This field is required.`);
    if (value !== "" && choices !== undefined && !choices.includes(value)) {
      messages.push(
        `${label}: '${value}' is not a valid choice. It should be one of: ${choices.map((c) => `'${c}'`).join(", ")}.`,
      );
    }
  }
  return messages.length === 0 ? {} : { power_parameters: messages };
};

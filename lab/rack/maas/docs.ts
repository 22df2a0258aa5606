/** Titles that MAAS gives handlers and actions in its help, where they are not what their name says. */
const HANDLERS: Record<string, string> = {
  account: "Manage the current logged-in user.",
  "boot-resources": "Manage the boot resources.",
  events: "Retrieve filtered node events.",
  fabrics: "Manage fabrics.",
  interfaces: "Manage interfaces on a node.",
  ipranges: "Manage IP ranges.",
  maas: "Manage the MAAS server.",
  machine: "Manage an individual machine.",
  machines: "Manage the collection of all the machines in the MAAS.",
  "rack-controllers": "Manage the collection of all rack controllers in MAAS.",
  "resource-pools": "Manage resource pools.",
  spaces: "Manage spaces.",
  subnets: "Manage subnets.",
  tags: "Manage all tags known to MAAS.",
  users: "Manage the user accounts of this MAAS.",
  version: "Information about this MAAS instance.",
  vlans: "Manage VLANs on a fabric.",
  "vm-hosts": "Manage the collection of all the VM hosts in the MAAS.",
  zones: "Manage physical zones.",
};

const ACTIONS: Record<string, string> = {
  "machines accept": "Accept declared machines",
  "machines accept-all": "Accept all declared machines",
  "machines add-chassis": "Add special hardware",
  "machines allocate": "Allocate a machine",
  "machines clone": "Clone storage and/or interface configurations",
  "machines create": "Create a new machine",
  "machines is-registered": "MAC address registered",
  "machines list-allocated": "List allocated",
  "machines power-parameters": "Get power parameters",
  "machines read": "List machines visible to the user",
  "machines release": "Release machines",
  "machines set-zone": "Assign nodes to a zone",
  "machine read": "Read a node\n\nReads a node with the given system_id.",
  "machine delete": "Delete a machine\n\nDeletes a machine with the given system_id.",
  "machine update": "Update a machine\n\nUpdates a machine with the given system_id.",
  "machine deploy":
    "Deploy a machine\n\nDeploys an operating system to a machine with the given system_id.",
  "machine release": "Release a machine\n\nReleases a machine with the given system_id.",
  "machine commission": "Commission a machine\n\nBegin commissioning process for a machine.",
  "tag update-nodes":
    "Update nodes associated with this tag\n\nAdd or remove nodes associated with the given tag.",
};

/** Actions without any documented parameter: their commands take no key=value. */
const WITHOUT_DATA = new Set([
  "boot-resources import",
  "boot-resources is-importing",
  "boot-resources stop-import",
  "fabrics read",
  "resource-pools read",
  "spaces read",
  "tags read",
  "users read",
  "users whoami",
  "version read",
  "zones read",
]);

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const handlerDoc = (handler: string): string =>
  HANDLERS[handler] ?? `Manage ${handler.replaceAll("-", " ")}.`;

/** Title, empty line, body; `:param` stands in the text of every action that takes parameters. */
export const actionDoc = (handler: string, action: string): string => {
  const key = `${handler} ${action}`;
  const text =
    ACTIONS[key] ?? sentence(`${action.replaceAll("-", " ")} ${handler.replaceAll("-", " ")}`);
  return WITHOUT_DATA.has(key) ? text : `${text}\n\n:param data: key=value`;
};

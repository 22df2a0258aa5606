import { MaasError } from "./errors";
import type { User } from "./state";

/** What only administrators may do, apart from what depends on a machine's owner (maas:src/maasserver/api). */

const KEPT = ["update", "delete"];
const VM_HOST = [...KEPT, "refresh", "parameters", "compose", "add-tag", "remove-tag"];

/** Operations that are refused with a sentence, by handler. */
const METHODS: Record<string, readonly string[]> = {
  "block-devices": ["create"],
  "boot-resource": ["delete"],
  "boot-resources": ["create", "import", "stop-import"],
  dhcpsnippet: [...KEPT, "revert"],
  dhcpsnippets: ["create"],
  "dnsresource-records": ["create"],
  dnsresources: ["create"],
  domains: ["create", "set-serial"],
  fabrics: ["create"],
  maas: ["set-config"],
  machines: ["add-chassis", "power-parameters"],
  notification: KEPT,
  notifications: ["create"],
  "package-repositories": ["create"],
  "package-repository": KEPT,
  pod: VM_HOST,
  pods: ["create"],
  "rack-controller": ["update", "import-boot-images", "list-boot-images"],
  "rack-controllers": ["import-boot-images", "describe-power-types", "power-parameters"],
  "region-controller": ["update"],
  "node-script": [...KEPT, "revert", "add-tag", "remove-tag"],
  "node-script-result": KEPT,
  "node-scripts": ["create"],
  "resource-pool": KEPT,
  spaces: ["create"],
  "static-routes": ["create"],
  subnets: ["create"],
  user: ["delete"],
  users: ["create"],
  "vm-cluster": KEPT,
  "vm-host": VM_HOST,
  "vm-hosts": ["create"],
  zone: KEPT,
  zones: ["create"],
};

/** Operations that need the right to administer the thing itself; they are refused without a word. */
const OBJECTS: Record<string, readonly string[]> = {
  discoveries: ["clear", "clear-by-mac-and-ip"],
  "dnsresource-record": KEPT,
  dnsresource: KEPT,
  domain: [...KEPT, "set-default"],
  fabric: KEPT,
  "resource-pools": ["create"],
  space: KEPT,
  "static-route": KEPT,
  subnet: KEPT,
  tag: [...KEPT, "rebuild"],
  tags: ["create"],
  vlan: KEPT,
  vlans: ["create"],
};

/** What is refused, by the words that it is refused with. */
const REFUSALS: readonly (readonly [string, Record<string, readonly string[]>])[] = [
  ["This method is reserved for admin users.", METHODS],
  ["", OBJECTS],
  ["Must be a superuser or supply a rack_controller", { tag: ["update-nodes"] }],
];

/** Refuses with 403 what is reserved for administrators. */
export const checkReserved = (user: User, handler: string, action: string): void => {
  if (user.superuser) return;
  for (const [text, reserved] of REFUSALS)
    if (reserved[handler]?.includes(action)) throw new MaasError(403, text);
};

import { type ConfigItem, CONFIG_ITEMS } from "../configItems";
import { invalid } from "../errors";
import { type Call, type Handler, Text } from "../request";

/** Releases that the profiles play. */
export const VERSIONS: Record<string, string> = {
  "3.4": "3.4.10",
  "3.5": "3.5.13",
  "3.6": "3.6.5",
  "3.7": "3.7.3",
  next: "3.8.0",
};

const CAPABILITIES = [
  "networks-management",
  "static-ipaddresses",
  "ipv6-deployment-ubuntu",
  "devices-management",
  "storage-deployment-ubuntu",
  "network-deployment-ubuntu",
  "bridging-interface-ubuntu",
  "bridging-automatic-ubuntu",
  "authenticate-api",
];

export const version: Handler = {
  read: ({ rack }) => ({
    version: VERSIONS[rack.profile.maas] ?? rack.profile.maas,
    subversion: "",
    capabilities: CAPABILITIES,
  }),
};

/** The setting that a call is about, by its name of today. */
const itemOf = (call: Call): { name: string; item: ConfigItem } => {
  const given = call.params.needed("name");
  // The setting's name before there could be several servers.
  const name = given === "ntp_server" ? "ntp_servers" : given;
  const item = Object.hasOwn(CONFIG_ITEMS, name) ? CONFIG_ITEMS[name] : undefined;
  if (item !== undefined) return { name, item };
  const known = Object.keys(CONFIG_ITEMS).join(", ");
  throw invalid({
    [name]: [`${name} is not a valid config setting (valid settings are: ${known}).`],
  });
};

export const maasServer: Handler = {
  "get-config": (call) => call.rack.maas.config[itemOf(call).name] ?? null,
  "set-config": (call) => {
    const { name, item } = itemOf(call);
    call.rack.maas.config[name] = item.read(call.params.needed("value"), name, call.rack);
    return new Text("OK");
  },
};

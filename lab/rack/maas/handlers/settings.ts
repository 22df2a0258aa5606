import type { Rack } from "../../core/rack";
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

const configName = (call: Call): string => {
  const given = call.params.required("name");
  // The setting's name before there could be several servers.
  const name = given === "ntp_server" ? "ntp_servers" : given;
  if (!(name in call.rack.maas.config)) {
    throw invalid({
      name: [
        `${name} is not a valid config setting (valid settings are: ${Object.keys(call.rack.maas.config).sort().join(", ")}).`,
      ],
    });
  }
  return name;
};

/** A setting keeps the type it has. */
const configValue = (rack: Rack, name: string, text: string): unknown => {
  const before = rack.maas.config[name];
  if (typeof before === "boolean") return /^(true|on|yes|1)$/i.test(text);
  if (typeof before === "number") {
    if (!/^\d+$/.test(text)) throw invalid({ [name]: ["Enter a whole number."] });
    return Number(text);
  }
  if (name === "upstream_dns" || name === "ntp_servers")
    return text
      .split(/[\s,]+/)
      .join(" ")
      .trim();
  const releases = rack.maas.bootResources.map((each) => each.name.split("/")[1] ?? "");
  if (/distro_series$/.test(name) && !releases.includes(text)) {
    const choices = [...new Set(releases)]
      .sort()
      .map((each) => `'${each}'`)
      .join(", ");
    throw invalid({
      [name]: [`'${text}' is not a valid release.  It should be one of: ${choices}.`],
    });
  }
  return text;
};

export const maasServer: Handler = {
  "get-config": (call) => call.rack.maas.config[configName(call)] ?? null,
  "set-config": (call) => {
    const name = configName(call);
    if (!call.params.has("value")) throw invalid({ value: ["This field is required."] });
    call.rack.maas.config[name] = configValue(call.rack, name, call.params.text("value"));
    return new Text("OK");
  },
};

import type { Call } from "../call";
import type { CredentialEntry } from "../client/store";
import { JujuError, Said } from "../errors";
import { table } from "../render/tabular";
import { reach, readers } from "./clientFiles";
import { count } from "./clouds";
import { isCredential } from "./credentials";

/** `juju credentials`: those of the client and on the current controller, or of one of them. */

/** Attributes of credentials that are secret. */
const HIDDEN = new Set([
  ...["application-password", "api-token", "client-cert", "client-key", "key", "maas-oauth"],
  ...["pass-phrase", "password", "private-key", "secret-key", "server-cert", "trust-password"],
]);

const told = (call: Call, credential: CredentialEntry): CredentialEntry =>
  call.on("show-secrets")
    ? credential
    : Object.fromEntries(Object.entries(credential).filter(([key]) => !HIDDEN.has(key)));

/** JSON puts credentials and their attributes on levels of their own, YAML beside the rest, as the file has them. */
const nested = (credentials: Record<string, CredentialEntry>): Record<string, unknown> => ({
  "cloud-credentials": Object.fromEntries(
    Object.entries(credentials).map(([name, { "auth-type": type, ...details }]) => [
      name,
      { "auth-type": type, ...(Object.keys(details).length > 0 ? { details } : {}) },
    ]),
  ),
});

/** The client's credentials as they are shown; of all clouds or of one. */
const listed = (call: Call, withDefault: boolean): Record<string, Record<string, unknown>> => {
  const all = Object.entries(call.client.credentials()).filter(
    ([cloud, each]) => count(each) > 0 && (call.words[0] ?? cloud) === cloud,
  );
  return Object.fromEntries(
    all.map(([cloud, each]) => {
      const chosen = each["default-credential"];
      const credentials = Object.fromEntries(
        Object.entries(each).flatMap(([name, credential]) =>
          isCredential(credential) ? [[name, told(call, credential)] as const] : [],
        ),
      );
      return [
        cloud,
        {
          ...(typeof chosen === "string" && withDefault ? { "default-credential": chosen } : {}),
          ...(call.format === "json" ? nested(credentials) : credentials),
        },
      ];
    }),
  );
};

const asTable = (call: Call, title: string, clouds: string[]): string => {
  const rows = clouds.sort().map((cloud) => {
    const all = call.client.credentials()[cloud] ?? {};
    const chosen = all["default-credential"];
    const names = Object.keys(all).filter((name) => isCredential(all[name]));
    const others = names.filter((name) => name !== chosen).sort();
    const first = typeof chosen === "string" ? [`${chosen}*`] : [];
    return [cloud, [...first, ...others].join(", ")];
  });
  return `\n${title}:\n${table([["Cloud", "Credentials"], ...rows])}`;
};

/** What could be read is shown, also where the controller does not answer. */
export const listCredentials = async (call: Call): Promise<number> => {
  const plain = !["json", "yaml"].includes(call.format);
  if (plain && call.on("show-secrets")) call.err("secrets are not shown in tabular format\n");
  const { client, controller } = readers(call);
  const own = client ? listed(call, true) : {};
  let there: Record<string, Record<string, unknown>> = {};
  let failed = false;
  const fail = (reason: string): never => {
    call.err(`ERROR ${reason}\n`);
    failed = true;
    throw new JujuError(reason);
  };
  if (controller !== undefined)
    try {
      reach(call, fail, controller);
      there = listed(call, false);
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
    }
  const [ours, theirs] = [Object.keys(own), Object.keys(there)];
  if (!plain)
    await call.show({
      ...(theirs.length > 0 ? { "controller-credentials": there } : {}),
      ...(ours.length > 0 ? { "client-credentials": own } : {}),
    });
  else {
    if (call.on("client") && ours.length === 0)
      call.out("No credentials from this client to display.\n");
    if (!call.on("client") && theirs.length === 0)
      call.out("No credentials from any controller to display.\n");
    if (theirs.length > 0) call.out(asTable(call, "Controller Credentials", theirs));
    if (ours.length > 0) call.out(asTable(call, "Client Credentials", ours));
  }
  if (failed) throw new Said(1);
  return 0;
};

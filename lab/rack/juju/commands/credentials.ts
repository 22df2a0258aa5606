import { takeFault } from "../../core/faults";
import type { Call } from "../call";
import type { CloudCredentials, CredentialEntry } from "../client/store";
import { JujuError, usage } from "../errors";
import { readYaml, target } from "./clientFiles";
import { count } from "./clouds";

/** Credentials of the client. */

const credentialFile = (call: Call, name: string): Record<string, CloudCredentials> =>
  (readYaml(call, name, "could not get credentials from file").credentials ?? {}) as Record<
    string,
    CloudCredentials
  >;

const isCredential = (entry: string | CredentialEntry | undefined): entry is CredentialEntry =>
  typeof entry === "object";

export const addCredential = (call: Call): number => {
  const [cloud] = call.words;
  if (cloud === undefined)
    throw usage("Usage: juju add-credential <cloud-name> [-f <credentials.yaml>]");
  call.noMoreWords(1);
  const entry = call.client.clouds()[cloud];
  if (entry === undefined && cloud !== "localhost")
    throw new JujuError(
      `cloud ${cloud} not valid\nTo view all available clouds, use 'juju clouds'.\nTo add new cloud, use 'juju add-cloud'.`,
    );
  target(call);
  const file = call.flag("file");
  if (file === undefined) throw new JujuError("EOF");
  const given = credentialFile(call, file)[cloud];
  if (given === undefined)
    throw new JujuError(`no credentials for cloud ${cloud} exist in file ${file}`);
  const credentials = call.client.credentials();
  const types = entry?.["auth-types"] ?? ["certificate"];
  for (const [name, credential] of Object.entries(given)) {
    if (!isCredential(credential)) continue;
    const type = credential["auth-type"] ?? "";
    if (!types.includes(type))
      throw new JujuError(
        `credential "${name}" contains invalid auth type "${type}", valid auth types for cloud "${cloud}" are [${types.join(" ")}]`,
      );
    if (isCredential(credentials[cloud]?.[name])) {
      call.out(`No local credentials for cloud "${cloud}" changed.\n`);
      throw new JujuError(
        `credential "${name}" for cloud "${cloud}" already exists locally, use 'juju update-credential ${cloud} ${name} -f ${file}' to update this local client copy`,
      );
    }
  }
  call.client.write("credentials.yaml", {
    credentials: { ...credentials, [cloud]: { ...credentials[cloud], ...given } },
  });
  for (const name of Object.keys(given).filter((each) => isCredential(given[each])))
    call.out(`Credential "${name}" added locally for cloud "${cloud}".\n`);
  call.out("\n");
  return 0;
};

export const updateCredential = (call: Call): number => {
  const [cloud, name] = call.words;
  const place = target(call);
  if (cloud === undefined)
    throw new JujuError(
      "Usage: juju update-credential [options] [<cloud-name> [<credential-name>]]",
    );
  if (place === "controller") return onController(call);
  if (call.client.clouds()[cloud] === undefined) {
    call.err(`Cloud "${cloud}" not found.\n`);
    return 1;
  }
  const credentials = call.client.credentials();
  if (count(credentials[cloud]) === 0) {
    call.err(
      `WARNING Could not find credentials for cloud ${cloud} on this client.\nUse \`juju add-credential\` to add a credential to this client.\n`,
    );
    return 1;
  }
  const file = call.flag("file");
  if (file === undefined) throw new JujuError("EOF");
  const given = credentialFile(call, file)[cloud] ?? {};
  const chosen = name === undefined ? Object.keys(given) : [name];
  for (const each of chosen) {
    if (!isCredential(given[each]))
      throw new JujuError(
        `could not get credentials from file: credential "${each}" for cloud "${cloud}" in file ${file} not found`,
      );
  }
  const picked = Object.fromEntries(chosen.map((each) => [each, given[each]!]));
  call.client.write("credentials.yaml", {
    credentials: { ...credentials, [cloud]: { ...credentials[cloud], ...picked } },
  });
  for (const each of chosen)
    call.err(
      `Local client was updated successfully with provided credential information.\n`.replace(
        "$",
        each,
      ),
    );
  return 0;
};

const onController = (call: Call): number => {
  const name = call.flag("controller") ?? "";
  if (!(name in call.client.controllers().controllers))
    throw new JujuError(`account details for controller ${name} not found`);
  const [cloud = "", credential = ""] = call.words;
  // The controller tries the credential that it is given: an invalid one becomes valid again.
  call.inController((_controller, rack) => takeFault(rack, "credential-invalid", credential));
  call.err(
    `Controller credential "${credential}" for user "admin" for cloud "${cloud}" on controller "${name}" updated.\nFor more information, see ‘juju show-credential ${cloud} ${credential}’.\n`,
  );
  return 0;
};

/** What is told of a credential: the secrets of most types are left out. */
const told = (call: Call, credential: CredentialEntry): CredentialEntry => {
  const type = credential["auth-type"] ?? "";
  return call.on("show-secrets") || type === "oauth1" ? credential : { "auth-type": type };
};

/** JSON puts credentials and their attributes on levels of their own, YAML beside the rest, as the file has them. */
const nested = (credentials: Record<string, CredentialEntry>): Record<string, unknown> => ({
  "cloud-credentials": Object.fromEntries(
    Object.entries(credentials).map(([name, { "auth-type": type, ...details }]) => [
      name,
      { "auth-type": type, ...(Object.keys(details).length > 0 ? { details } : {}) },
    ]),
  ),
});

export const listCredentials = async (call: Call): Promise<number> => {
  const onController = call.flag("controller") !== undefined && !call.on("client");
  const all = Object.entries(call.client.credentials()).filter(
    ([cloud, each]) => count(each) > 0 && (call.words[0] ?? cloud) === cloud,
  );
  const shown = Object.fromEntries(
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
          ...(typeof chosen === "string" && !onController ? { "default-credential": chosen } : {}),
          ...(call.format === "json" ? nested(credentials) : credentials),
        },
      ];
    }),
  );
  if (onController) {
    call.inController(() => undefined);
    return call.show(Object.keys(shown).length > 0 ? { "controller-credentials": shown } : {});
  }
  return call.show(Object.keys(shown).length > 0 ? { "client-credentials": shown } : {});
};

export const showCredential = async (call: Call): Promise<number> => {
  const [cloud = "", name = ""] = call.words;
  const found = call.client.credentials()[cloud]?.[name];
  if (!isCredential(found)) {
    call.err(
      `ERROR client credential content lookup failed: loading credentials: credentials for cloud ${cloud} not found\nNo credentials from this client or from a controller to display.\n`,
    );
    return 0;
  }
  return call.show({ "client-credentials": { [cloud]: { [name]: { content: found } } } });
};

export const removeCredential = (call: Call): number => {
  const [cloud = "", name = ""] = call.words;
  target(call);
  const credentials = call.client.credentials();
  call.err(`Found local cloud "${cloud}" on this client.\n`);
  if (!isCredential(credentials[cloud]?.[name])) {
    call.err(`No credential called "${name}" exists for cloud "${cloud}" on this client\n`);
    return 0;
  }
  delete credentials[cloud][name];
  if (count(credentials[cloud]) === 0) delete credentials[cloud];
  call.client.write("credentials.yaml", { credentials });
  call.err(`Credential "${name}" removed from this client.\n`);
  return 0;
};

export const defaultCredential = (call: Call): number => {
  const [cloud = "", name] = call.words;
  if (call.client.clouds()[cloud] === undefined) throw new JujuError(`cloud ${cloud} not valid`);
  const credentials = call.client.credentials();
  if (name === undefined) {
    const chosen = credentials[cloud]?.["default-credential"];
    call.err(
      typeof chosen === "string"
        ? `Default credential for cloud "${cloud}" is "${chosen}" on this client.\n`
        : `Default credential for cloud "${cloud}" is not set on this client.\n`,
    );
    return 0;
  }
  if (!isCredential(credentials[cloud]?.[name]))
    throw new JujuError(`credential "${name}" for cloud ${cloud} not valid`);
  credentials[cloud] = { "default-credential": name, ...credentials[cloud] };
  call.client.write("credentials.yaml", { credentials });
  call.err(`Local credential "${name}" is set to be default for "${cloud}" for this client.\n`);
  return 0;
};

import { vaultOf } from "../../cli/vault";
import type { Exported, StateResource } from "../../cli/stack";
import { SECRETS_VARIABLE } from "../../steps/specs";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const bastion = { host: "h", port: 22, user: "u", hostKey: "ssh-ed25519 AAAA" };
const step = (result?: object): StateResource => ({
  urn: "urn:pulumi:prod::private-cloud::command:local:Command::vault-ready",
  type: "command:local:Command",
  inputs: {
    create: "node --import tsx steps/run.ts vault/ready",
    stdin: JSON.stringify({
      bastion,
      controller: "c",
      model: "m",
      application: "vault",
      keyShares: 5,
    }),
    environment: secret({
      [SECRETS_VARIABLE]: JSON.stringify({ bastionPrivateKey: "k", caPrivateKeyPem: "p" }),
    }),
  },
  ...(result === undefined ? {} : { outputs: { stdout: secret(JSON.stringify(result)) } }),
});
const stack = (outputs: Record<string, unknown>): StateResource => ({
  urn: "urn:pulumi:prod::private-cloud::pulumi:pulumi:Stack::private-cloud-prod",
  type: "pulumi:pulumi:Stack",
  outputs,
});
const state = (...resources: StateResource[]): Exported => ({
  version: 3,
  deployment: { resources },
});
const RESULT = { address: "http://[fd00::20]:8200", unsealKeys: ["a", "b"], rootToken: "r" };

test("Vault is known with its keys and all its addresses, and without what unsealing does not need", () => {
  const applications = [
    { name: "keystone", units: [{ address: "10.0.0.1" }] },
    { name: "vault", units: [{ address: "fd00::21" }, { address: "fd00::20" }] },
  ];
  expect(vaultOf(state(stack({ applications }), step(RESULT)))).toEqual({
    spec: {
      bastion,
      controller: "c",
      model: "m",
      application: "vault",
      addresses: ["fd00::21", "fd00::20"],
    },
    secrets: { bastionPrivateKey: "k", unsealKeys: ["a", "b"], rootToken: "r" },
  });
});

test("a stack that was killed before it had outputs has its Vault, one whose step has not ended has none", () => {
  expect(vaultOf(state(step(RESULT)))?.spec.addresses).toEqual(["fd00::20"]);
  expect(vaultOf(state(step()))).toBeUndefined();
  expect(vaultOf(state())).toBeUndefined();
});

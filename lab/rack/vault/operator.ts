import { relationsOf } from "../juju/engine/find";
import type { Place } from "./command";
import { setFlag } from "./state";

const SECOND = 1000;
const UNITS: Record<string, number> = { s: SECOND, m: 60 * SECOND, h: 3600 * SECOND };

/** `10m`, `1h30m` or seconds. */
const milliseconds = (duration: string): number => {
  if (/^\d+$/.test(duration)) return Number(duration) * SECOND;
  let total = 0;
  for (const [, number, unit = "s"] of duration.matchAll(/(\d+)([smh])/g))
    total += Number(number) * (UNITS[unit] ?? 0);
  return total;
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export const initialise = (
  at: Place,
  shares: number,
  threshold: number,
): Record<string, unknown> => {
  const { rack, cluster, application, unit } = at;
  const random = rack.rng(`vault:${application.name}:${unit.name}:${rack.now}`);
  const keys = Array.from({ length: shares }, () => {
    const hex = random.hex(66);
    return { hex, base64: Buffer.from(hex, "hex").toString("base64") };
  });
  const rootToken = `s.${random.letters(24, ALPHABET)}`;
  Object.assign(cluster, {
    initialized: true,
    keys,
    shares,
    threshold,
    rootToken,
    clusterId: random.uuid(),
    tokens: [
      {
        token: rootToken,
        accessor: random.letters(24, ALPHABET),
        expires: null,
        policies: ["root"],
      },
    ],
  });
  setFlag(application, "initialized", true);
  return {
    unseal_keys_b64: keys.map((key) => key.base64),
    unseal_keys_hex: keys.map((key) => key.hex),
    unseal_shares: shares,
    unseal_threshold: threshold,
    recovery_keys_b64: [],
    recovery_keys_hex: [],
    recovery_keys_shares: 5,
    recovery_keys_threshold: 3,
    root_token: rootToken,
  };
};

/** Takes a key; the text of the refusal if it is none. */
export const unseal = (at: Place, key: string): string | undefined => {
  const { cluster, unit, rack } = at;
  if (!cluster.initialized) return "Vault is not initialized";
  if (unit.flags.includes("unsealed")) return undefined;
  const known = cluster.keys.find((each) => each.hex === key || each.base64 === key);
  if (known === undefined) {
    return /^([0-9a-f]{2})+$/i.test(key) || /^[A-Za-z0-9+/]+=*$/.test(key)
      ? "Unseal failed, invalid key"
      : "'key' must be a valid hex or base64 string";
  }
  const given = (cluster.progress[unit.name] ??= []);
  if (given.length === 0)
    cluster.nonce[unit.name] = rack.rng(`nonce:${unit.name}:${rack.now}`).uuid();
  if (!given.includes(known.hex)) given.push(known.hex);
  if (given.length < cluster.threshold) return undefined;
  cluster.progress[unit.name] = [];
  cluster.nonce[unit.name] = "";
  setFlag(unit, "unsealed", true);
  return undefined;
};

/** Where its data are: in the database that it is related to, else in its own raft. */
const storageType = ({ model, application }: Place): string =>
  relationsOf(model, application.name, "shared-db").length > 0 ? "mysql" : "raft";

export const sealStatus = (at: Place): Record<string, unknown> => {
  const { cluster, unit } = at;
  const sealed = !unit.flags.includes("unsealed");
  return {
    type: "shamir",
    initialized: cluster.initialized,
    sealed,
    t: cluster.threshold,
    n: cluster.shares,
    progress: cluster.progress[unit.name]?.length ?? 0,
    nonce: cluster.nonce[unit.name] ?? "",
    version: "1.8.8",
    migration: false,
    ...(sealed ? {} : { cluster_name: "vault-cluster-0f3a9c1e", cluster_id: cluster.clusterId }),
    recovery_seal: false,
    storage_type: storageType(at),
    ha_enabled: false,
    active_time: "0001-01-01T00:00:00Z",
  };
};

export const createToken = (at: Place, ttl: string, parent: string): Record<string, unknown> => {
  const { rack, cluster } = at;
  const random = rack.rng(`token:${rack.now}:${cluster.tokens.length}`);
  const token = `s.${random.letters(24, ALPHABET)}`;
  const accessor = random.letters(24, ALPHABET);
  const policies = cluster.tokens.find((each) => each.token === parent)?.policies ?? ["root"];
  cluster.tokens = cluster.tokens.filter(
    (each) => each.expires === null || each.expires > rack.now,
  );
  cluster.tokens.push({ token, accessor, policies, expires: rack.now + milliseconds(ttl) });
  return {
    request_id: random.uuid(),
    lease_id: "",
    lease_duration: 0,
    renewable: false,
    data: null,
    warnings: null,
    auth: {
      client_token: token,
      accessor,
      policies,
      token_policies: policies,
      identity_policies: null,
      metadata: null,
      orphan: false,
      entity_id: "",
      lease_duration: milliseconds(ttl) / SECOND,
      renewable: true,
    },
  };
};

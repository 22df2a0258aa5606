import type { Rack } from "../core/rack";
import type { Application, Model } from "../juju/state";

export interface Token {
  token: string;
  accessor: string;
  /** Virtual milliseconds; null for the root token. */
  expires: number | null;
  policies: string[];
}

/** One Vault: the units of an application share its storage. */
export interface Cluster {
  initialized: boolean;
  keys: { hex: string; base64: string }[];
  threshold: number;
  shares: number;
  rootToken: string;
  clusterId: string;
  tokens: Token[];
  /** Keys that a unit has been given since it was sealed. */
  progress: Record<string, string[]>;
  nonce: Record<string, string>;
  /** The charm's own access; set by authorize-charm. */
  authorized: boolean;
  /** Key of the CA that is asked for by get-csr, until the signed certificate comes. */
  pendingKeyPem: string | null;
  pendingCsrPem: string | null;
  caPem: string | null;
  caKeyPem: string | null;
  rootCaPem: string | null;
}

export interface VaultState {
  /** By model UUID and application. */
  clusters: Record<string, Cluster>;
}

const empty = (): Cluster => ({
  initialized: false,
  keys: [],
  threshold: 0,
  shares: 0,
  rootToken: "",
  clusterId: "",
  tokens: [],
  progress: {},
  nonce: {},
  authorized: false,
  pendingKeyPem: null,
  pendingCsrPem: null,
  caPem: null,
  caKeyPem: null,
  rootCaPem: null,
});

export const clusterOf = (rack: Rack, model: Model, application: Application): Cluster =>
  (rack.vault.clusters[`${model.uuid}/${application.name}`] ??= empty());

/** PEM of the CA that clients must trust; empty while there is none. */
export const rootCaOf = (rack: Rack, model: Model, application: Application): string =>
  rack.vault.clusters[`${model.uuid}/${application.name}`]?.rootCaPem ?? "";

export const isSealed = (application: Application, unit: string): boolean =>
  application.units.find((each) => each.name === unit)?.flags.includes("unsealed") !== true;

/** Sets or clears a flag that the charm's ladder looks at. */
export const setFlag = (holder: { flags: string[] }, flag: string, on: boolean): void => {
  const without = holder.flags.filter((each) => each !== flag);
  holder.flags = on ? [...without, flag] : without;
};

export const tokenOf = (cluster: Cluster, token: string, now: number): Token | undefined =>
  cluster.tokens.find(
    (each) => each.token === token && (each.expires === null || each.expires > now),
  );

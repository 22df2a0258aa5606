/** A status that counts as settled although the application is not active. */
export interface StatusBeforeVault {
  application: string;
  workload: string;
  /** Regular expression on the workload message. */
  message: string;
}

/** How the blocked messages of Vault's charm begin, on the way from a deployed Vault to a ready one; regular expressions. */
export const VAULT_GATES = {
  init: "^Vault needs to be initialized",
  sealed: "^Unit is sealed",
  authorize: "^Vault charm not yet authorized|^Vault cannot authorize approle",
  certificate: "^Missing CA cert",
};

/** What Vault's charm may show before Vault is ready; the last while its units join one raft. */
export const VAULT_BEFORE_READY = [
  { workload: "blocked", message: Object.values(VAULT_GATES).join("|") },
  { workload: "waiting", message: "raft" },
];

/**
 * What a deployed bundle may show while Vault is not ready: Vault waits for its operator, and OVN for certificates, its
 * database included (openstack-charmers/charmed-openstack-tester, distro-regression/tests.yaml, target_deploy_status).
 * The later rungs of Vault's ladder are allowed too: a bundle may be changed while Vault is sealed.
 */
export const BEFORE_VAULT: StatusBeforeVault[] = [
  ...VAULT_BEFORE_READY.map((status) => ({ application: "vault", ...status })),
  ...["ovn-central", "ovn-chassis", "neutron-api-plugin-ovn"].map((application) => ({
    application,
    workload: "waiting",
    message: "'certificates' awaiting server certificate data",
  })),
];

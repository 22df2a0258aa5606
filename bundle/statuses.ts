/** A status that counts as settled although the application is not active. */
export interface StatusBeforeVault {
  application: string;
  workload: string;
  /** Regular expression on the workload message. */
  message: string;
}

/**
 * What a deployed bundle may show while Vault is not ready: Vault waits for its operator, and OVN for certificates, its
 * database included (openstack-charmers/charmed-openstack-tester, distro-regression/tests.yaml, target_deploy_status).
 * The later rungs of Vault's ladder are allowed too: a bundle may be changed while Vault is sealed.
 */
export const BEFORE_VAULT: StatusBeforeVault[] = [
  {
    application: "vault",
    workload: "blocked",
    message:
      "^(Vault needs to be initialized|Unit is sealed|Vault charm not yet authorized: run authorize-charm action\\.|Missing CA cert)$",
  },
  ...["ovn-central", "ovn-chassis", "neutron-api-plugin-ovn"].map((application) => ({
    application,
    workload: "waiting",
    message: "'certificates' awaiting server certificate data",
  })),
];

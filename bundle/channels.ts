import type { Track } from "./charms";

export interface Release {
  /** Base on which the release's charms run, see {@link BundleSettings.base}. */
  base: string;
  tracks: Record<Track, string>;
}

const jammy = (openstack: string, ceph: string, ovn: string): Release => ({
  base: "ubuntu@22.04",
  tracks: { openstack, ceph, ovn, rabbitmq: "3.9", mysql: "8.0", vault: "1.8" },
});

/**
 * Channels that belong together, by OpenStack release (charm guide, project/charm-delivery.rst).
 * Vault stays at 1.8: later charms cannot be a root CA of their own (canonical/vault-k8s-operator#839).
 */
export const RELEASES: Record<string, Release> = {
  yoga: jammy("yoga", "quincy", "22.03"),
  zed: jammy("zed", "quincy", "22.09"),
  "2023.1": jammy("2023.1", "quincy", "23.03"),
  "2023.2": jammy("2023.2", "reef", "23.09"),
  "2024.1": jammy("2024.1", "squid", "24.03"),
  "2024.1-noble": {
    base: "ubuntu@24.04",
    tracks: {
      ...jammy("2024.1", "squid", "24.03").tracks,
      rabbitmq: "3.12",
    },
  },
};

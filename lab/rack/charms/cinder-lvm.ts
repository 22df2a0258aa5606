import { bool, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "cinder-lvm",
  summary: "LVM backend of Cinder",
  revisions: { "2023.1/stable": 45, "2024.1/stable": 52, "*": 38 },
  channel: "yoga/stable",
  bases: ["20.04", "22.04", "24.04"],
  subordinate: true,
  version: { "2024.1/stable": "24.0.0", "*": "20.3.1" },
  provides: { "storage-backend": { interface: "cinder-backend", container: true } },
  requires: { "juju-info": { interface: "juju-info", container: true } },
  config: {
    alias: text("Name of the backend", "cinder-lvm"),
    "allocation-type": text("Thin or thick", "default"),
    "block-device": text("Devices"),
    "config-flags": text("Lines of the backend's section"),
    "erase-size": text("How much is erased", "0"),
    overwrite: bool("Overwrite data on devices", false),
    unmount: text("Mount points to free"),
    "volume-group": text("Volume group"),
  },
  hooks: { install: 20, "*-relation-changed": 12, "*": 3 },
  ladder: [
    {
      when: { not: { config: "block-device" } },
      status: "blocked",
      message: "No block device(s) configured",
    },
  ],
};

import { writeFileSync } from "node:fs";
import { exportBundle as exportModel } from "../bundles/export";
import type { Call } from "../call";
import { JujuError } from "../errors";
import { goYaml } from "../render/yaml";

/** A model as a bundle, on standard output or in a file. */
export const exportBundle = (call: Call): number => {
  const { base, overlay } = call.inModel((model) => {
    if (call.profile.major === 4)
      throw new JujuError(
        "\njuju client not compatible with server: Juju 4.0 doesn't support exporting bundles (not implemented)\nre-install your juju client to match the version running on the controller",
      );
    return exportModel(model, {
      charmDefaults: call.on("include-charm-defaults"),
      series: call.on("include-series"),
      defaultBase: call.profile.defaultBase,
    });
  });
  const more = Object.keys(overlay).length > 0 ? `--- # overlay.yaml\n${goYaml(overlay)}` : "";
  const text = `${goYaml(base)}${more}`;
  const name = call.flag("filename") ?? "";
  if (name === "") {
    call.out(text);
    return 0;
  }
  try {
    writeFileSync(call.path(name), text, { mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new JujuError(`while creating local file: open ${name}: no such file or directory`);
  }
  call.out(`Bundle successfully exported to ${name}\n`);
  return 0;
};

import type { Call } from "../call";

export const version = (call: Call): number => {
  const text = `${call.version}-genericlinux-amd64`;
  if (!call.on("all")) {
    if (call.format === "json") call.json(text);
    else call.out(`${text}\n`);
    return 0;
  }
  const all = { version: text, "git-tree-state": "dirty", compiler: "gc", official: false };
  if (call.format === "json") call.json(all);
  else
    call.out(
      Object.entries(all)
        .map(([key, value]) => `${key}: ${String(value)}\n`)
        .join(""),
    );
  return 0;
};

export const whoami = (call: Call): number => {
  const file = call.client.controllers();
  const current = file["current-controller"];
  if (current === undefined) {
    call.err(
      "There is no current controller.\nRun juju controllers to see available controllers.\n",
    );
    return 0;
  }
  const model = call.client.models().controllers[current]?.["current-model"];
  const user = call.client.accounts().controllers[current]?.user ?? "admin";
  const shown = { controller: current, ...(model === undefined ? {} : { model }), user };
  if (call.format === "json") call.json(shown);
  else
    call.out(
      `Controller:  ${current}\nModel:       ${model ?? "<no-current-model>"}\nUser:        ${user}\n`,
    );
  return 0;
};

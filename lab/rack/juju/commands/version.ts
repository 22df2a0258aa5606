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

import type { Application } from "../state";
import { charmOf } from "./find";

/** Revisions of the files that an application has from the store; what was attached is not among them. */
export const fromStore = (application: Application): Record<string, number> => {
  if (application.origin === "local") return {};
  const known = Object.entries(charmOf(application).resources ?? {});
  return Object.fromEntries(
    known.flatMap(([name, { revision }]) => {
      const used = application.storeResources?.[name] ?? revision;
      const attached = application.resources?.[name] !== undefined;
      return used === undefined || attached ? [] : [[name, used]];
    }),
  );
};

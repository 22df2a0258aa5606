import { seriesOf } from "../engine/series";
import { decode, type Shape } from "../yaml/decode";
import type { BundleMachine, Document } from "./shape";
import type { Node } from "../yaml/tree";

/** Series, which bases took the place of: Juju 3 still reads them beside bases, Juju 4 leaves them out. */

const DEPRECATED =
  "series are being deprecated in favour of bases. For more information about the transition to bases see https://discourse.charmhub.io/t/transition-from-series-to-base-in-juju-4-0/14127";

const differ = (series = "", base = ""): boolean =>
  series !== "" &&
  base !== "" &&
  series !== seriesOf(base.replace(/^ubuntu@/, "").replace(/\/.*$/, ""));

const firstThatDiffers = (
  kind: string,
  entries: Record<string, BundleMachine | null> | null | undefined,
): string | undefined => {
  for (const [name, each] of Object.entries(entries ?? {})) {
    const { series = "", base = "" } = each ?? {};
    if (differ(series, base))
      return `${kind} "${name}" series "${series}" and base "${base}" must match if both supplied`;
  }
  return undefined;
};

/** The first series that is not the one of the base beside it. */
export const mixedError = (bundle: Document): string | undefined => {
  const { series = "", "default-base": base = "" } = bundle;
  if (differ(series, base))
    return `bundle series "${series}" and base "${base}" must match if both supplied`;
  return (
    firstThatDiffers("machine", bundle.machines) ??
    firstThatDiffers("application", bundle.applications)
  );
};

const NAMED: Shape = {
  map: { fields: { series: "string", base: "string" }, go: "Named", whole: true },
};

const SERIES: Shape = {
  fields: { series: "string", "default-base": "string", applications: NAMED, machines: NAMED },
  ...{ go: "Series", whole: true },
};

type Named = Record<string, { series?: string; base?: string }> | null;

const withoutBase = (documents: Node[]): string[] =>
  documents.flatMap((node, index) => {
    const { value } = decode(SERIES, node);
    const { series = "", "default-base": base = "", ...kinds } = value as Document;
    const within = `document ${index}; bundle`;
    const named = (kind: string, entries: Named | undefined): string[] =>
      Object.entries(entries ?? {})
        .filter(([, each]) => (each.series ?? "") !== "" && (each.base ?? "") === "")
        .map(([name]) => `${within} ${kind} "${name}" contains series. Please use base`);
    return [
      ...(series !== "" && base === ""
        ? [`${within} contains top level series. Please use default-base`]
        : []),
      ...named("application", kinds.applications as Named | undefined),
      ...named("machine", kinds.machines as Named | undefined),
    ];
  });

/** What the client warns of, for the bundle's documents and those of each overlay. */
export const seriesWarnings = (merged: Document, sources: Node[][], major: 3 | 4): string[] => {
  if (major === 4)
    return sources.flatMap((documents, index) => {
      const found = withoutBase(documents);
      const where = index === 0 ? "the base bundle" : `overlay index ${index - 1}`;
      return found.length === 0
        ? []
        : [
            `unsupported key 'series' detected without a base in ${where}. Ignoring:\n- ${found.join("\n- ")}`,
          ];
    });
  const all = [
    merged,
    ...Object.values(merged.machines ?? {}),
    ...Object.values(merged.applications ?? {}),
  ];
  return all.some((each) => (each?.series ?? "") !== "") ? [DEPRECATED] : [];
};

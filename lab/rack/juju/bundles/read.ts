import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { constraintError } from "../engine/constraints";
import { baseOfSeries } from "../engine/series";
import { JujuError } from "../errors";
import type { Profile } from "../profile";
import { withIncludes } from "./includes";
import { applyOverlay, refuseOverlayFields } from "./overlay";
import { seriesWarnings } from "./series";
import { type BundleApplication, type BundleMachine, type Document, readDocument } from "./shape";
import { documentsIn } from "../yaml/read";
import type { Node } from "../yaml/tree";
import { ownConstraints, verify } from "./verify";

/** A bundle that was found right, with its overlays. */
export interface Bundle {
  applications: Record<string, BundleApplication>;
  machines: Record<string, BundleMachine | null>;
  saas: NonNullable<Document["saas"]>;
  relations: string[][];
  base: string | undefined;
  warnings: string[];
  /** What a dry run warns of as well: fields that the client does not know or cannot read. */
  troubles: string[];
}

interface Read {
  nodes: Node[];
  documents: Document[];
  troubles: string[];
}

const treeOf = (path: string, what: string): Node[] => {
  try {
    return documentsIn(readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    throw new JujuError(`cannot deploy bundle: ${what}: unmarshal document 0: ${error.message}`);
  }
};

const isNothing = (node: Node): boolean => node.kind === "scalar" && node.text === "";

const documentsOf = (path: string, what: string, major: 3 | 4): Read => {
  const nodes = treeOf(path, what);
  const read: Read = { nodes, documents: [], troubles: [] };
  for (const [index, node] of nodes.entries()) {
    if (isNothing(node)) continue;
    const within = `unmarshal document ${index}: `;
    try {
      const { document, troubles } = readDocument(node, major);
      read.documents.push(document);
      if (troubles.length > 0)
        read.troubles.push(
          `${within}yaml: unmarshal errors:${troubles.map((each) => `\n  ${each}`).join("")}`,
        );
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      throw new JujuError(`cannot deploy bundle: ${what}: ${within}${error.message}`);
    }
  }
  return read;
};

/** A bundle with its overlays; the bundle's first document has to be right alone too. */
export const readBundle = (
  path: string,
  shown: string,
  overlays: [string, string][],
  { major, words }: Profile,
): Bundle => {
  if (!existsSync(path)) throw new JujuError(`no charm was found at "${shown}"`);
  const folder = dirname(path);
  const checks = { folder, words, major };
  const own = documentsOf(path, "cannot unmarshal bundle contents", major);
  const [base = {}, ...more] = own.documents;
  verify(base, { ...checks, constraintFault: ownConstraints });
  const given = overlays.map(([file, name]) => {
    if (!existsSync(file))
      throw new JujuError(`cannot deploy bundle: unable to process overlays: "${name}" not found`);
    const what = "unable to process overlays: cannot unmarshal bundle contents";
    return { folder: dirname(file), ...documentsOf(file, what, major) };
  });
  refuseOverlayFields(base);
  const parts = [
    ...more.map((document) => ({ document, folder })),
    ...given.flatMap((each) =>
      each.documents.map((document) => ({ document, folder: each.folder })),
    ),
  ];
  const merged = parts.reduce(
    (below, part) => withIncludes(applyOverlay(below, part.document, major), part.folder),
    withIncludes(base, folder),
  );
  verify(merged, { ...checks, constraintFault: constraintError });
  const sources = [own, ...given];
  return {
    applications: (merged.applications ?? {}) as Bundle["applications"],
    machines: merged.machines ?? {},
    saas: merged.saas ?? {},
    relations: (merged.relations ?? []).map((ends) => ends ?? []),
    base: merged["default-base"] || baseOfSeries(merged.series),
    warnings: seriesWarnings(
      merged,
      sources.map(({ nodes }) => nodes),
      major,
    ),
    troubles: sources.flatMap(({ troubles }) => troubles),
  };
};

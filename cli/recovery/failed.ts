import { readResources, taint, urnName, type StateResource } from "../stack";

/** URNs of things in OpenStack that failed after they had been begun, e.g. a server that became ERROR. */
export function failedCreates(resources: StateResource[]): string[] {
  return resources
    .filter(({ type, initErrors = [] }) => type.startsWith("openstack:") && initErrors.length > 0)
    .map(({ urn }) => urn);
}

/**
 * Marks what failed half-way to be replaced by the next `pulumi up`, as Terraform does with what it calls tainted: the engine by
 * itself would only try to update it, find nothing to change and take it as it is.
 */
export async function replaceFailed(say: (line: string) => void): Promise<void> {
  const urns = failedCreates(readResources());
  if (urns.length === 0) return;
  await taint(urns);
  for (const urn of urns) say(`${urnName(urn)}: its creation failed, it is replaced`);
}

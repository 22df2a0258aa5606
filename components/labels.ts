import * as pulumi from "@pulumi/pulumi";

/** Who made a thing, for the fields of OpenStack that take pairs. */
export function labels(component: string): Record<string, string> {
  return { project: pulumi.getProject(), stack: pulumi.getStack(), component };
}

/** The same as tags, for the fields that take a list. */
export function markedWith(component: string): string[] {
  return Object.entries(labels(component)).map(([key, value]) => `${key}=${value}`);
}

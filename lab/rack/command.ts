import type { Tool } from "./core/rack";
export const run: Tool = () => 2;

/** A number that Python prints with a decimal point even when it is whole. */
export class PythonFloat {
  constructor(readonly value: number) {}
}

/** JSON as the region prints it: json.dumps(value, indent=4), characters beyond ASCII as they are. */
export const pythonJson = (value: unknown, indent = ""): string => {
  if (value instanceof PythonFloat) {
    return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const inner = `${indent}    `;
  const items = Array.isArray(value)
    ? value.map((item) => pythonJson(item, inner))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item, inner)}`,
      );
  const [start, end] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return `${start}${end}`;
  return `${start}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${end}`;
};

/** BSON of a flat document of binary values, as the region answers `details`. */

const NULL = 0x0a;
const BINARY = 0x05;

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

const element = (name: string, value: Buffer | null): Buffer => {
  const head = Buffer.concat([
    Buffer.from([value === null ? NULL : BINARY]),
    Buffer.from(`${name}\0`),
  ]);
  return value === null
    ? head
    : Buffer.concat([head, int32(value.length), Buffer.from([0]), value]);
};

export const bson = (document: Record<string, Buffer | null>): Buffer => {
  const body = Buffer.concat([
    ...Object.entries(document).map(([name, value]) => element(name, value)),
    Buffer.from([0]),
  ]);
  return Buffer.concat([int32(body.length + 4), body]);
};

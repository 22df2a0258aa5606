import { inflateRawSync } from "node:zlib";
import { JujuError } from "../errors";

/** Files of a ZIP archive, which `.charm` files are. */

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const DEFLATED = 8;

/** Where the end of the archive is told of; undefined where the data are no archive. */
const endOf = (data: Buffer): number | undefined => {
  for (let at = data.length - 22; at >= 0; at--) if (data.readUInt32LE(at) === END) return at;
  return undefined;
};

const content = (data: Buffer, entry: number): Buffer => {
  const method = data.readUInt16LE(entry + 10);
  const size = data.readUInt32LE(entry + 20);
  const local = data.readUInt32LE(entry + 42);
  const start = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
  const packed = data.subarray(start, start + size);
  return method === DEFLATED ? inflateRawSync(packed) : packed;
};

const read = (data: Buffer, end: number, wanted: string[]): Map<string, string> | undefined => {
  const files = new Map<string, string>();
  let at = data.readUInt32LE(end + 16);
  for (let left = data.readUInt16LE(end + 10); left > 0; left--) {
    if (data.readUInt32LE(at) !== ENTRY) return undefined;
    const length = data.readUInt16LE(at + 28);
    const name = data.subarray(at + 46, at + 46 + length).toString();
    if (wanted.includes(name)) files.set(name, content(data, at).toString());
    at += 46 + length + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
  }
  return files;
};

/**
 * The text of each of these files that the archive has; undefined where the data are no archive. Throws in the words of
 * Go's package where an archive is cut off or damaged.
 */
export const readArchive = (data: Buffer, wanted: string[]): Map<string, string> | undefined => {
  const end = endOf(data);
  if (end === undefined) return undefined;
  try {
    return read(data, end, wanted);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!/^(ERR_OUT_OF_RANGE|ERR_BUFFER_OUT_OF_BOUNDS|Z_.*)$/.test(code)) throw error;
    throw new JujuError("zip: not a valid zip file");
  }
};

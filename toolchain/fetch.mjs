// node fetch.mjs URL FILE PATIENCE: downloads where there is no curl; gives up after PATIENCE seconds without a byte.
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";

const [url, file, patience] = process.argv.slice(2);
const giveUp = new AbortController();
let timer;
function somethingCame() {
  clearTimeout(timer);
  timer = setTimeout(() => giveUp.abort(new Error(`no byte for ${patience} s`)), Number(patience) * 1000);
}
somethingCame();
try {
  const response = await fetch(url, { signal: giveUp.signal });
  if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
  const watched = async function* (source) {
    for await (const chunk of source) {
      somethingCame();
      yield chunk;
    }
  };
  await pipeline(response.body, watched, createWriteStream(file));
} catch (error) {
  process.stderr.write(`fetch: ${(error.cause ?? error).message}\n`);
  process.exitCode = 1;
} finally {
  clearTimeout(timer);
}

// Builds the script, its part that replaces numbers, their versioned copies and dist/versions.json. The same source gives the same bytes.
// A version is the major number of package.json; once that has grown, the older copies are never written again.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

/** The script must fit into so many bytes of gzip -9. */
export const BUDGET = 3072;

/** So must the script together with the part that replaces numbers. */
export const TOTAL_BUDGET = 5120;

/** Names of the files without their ending, and where their source begins. */
export const PARTS = { cs: "src/main.ts", "cs.phones": "src/phones/main.ts" };

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const sri = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

/** Bundles and minifies one of the two. */
export async function compile(part = "cs") {
  const bundle = await build({
    entryPoints: [path(PARTS[part])],
    bundle: true,
    format: "esm",
    target: "es2017",
    minifySyntax: true,
    write: false,
    tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
  });
  const { code } = await minify(`(()=>{${bundle.outputFiles[0].text}})()`, {
    ecma: 2017,
    toplevel: true,
    compress: { passes: 4, pure_getters: true, unsafe: true, unsafe_arrows: true, unsafe_comps: true, unsafe_methods: true },
    format: { comments: false, ascii_only: true },
  });
  return code;
}

/** What dist/versions.json says of a file. */
export function describe(file, code) {
  return { file, integrity: sri(code), gzip_bytes: gzipSync(code, { level: 9 }).length };
}

/** Refuses what is over a budget. */
export function weigh(core, phones) {
  const total = core.gzip_bytes + phones.gzip_bytes;
  if (core.gzip_bytes > BUDGET) throw new Error(`${core.gzip_bytes} bytes gzipped: over the budget of ${BUDGET}`);
  if (total > TOTAL_BUDGET) throw new Error(`${total} bytes gzipped with number replacement: over the budget of ${TOTAL_BUDGET}`);
  return total;
}

async function main() {
  const version = Number.parseInt(JSON.parse(readFileSync(path("package.json"), "utf8")).version, 10);
  const code = { cs: await compile("cs"), "cs.phones": await compile("cs.phones") };
  const entry = {
    version,
    ...describe(`cs.v${version}.min.js`, code.cs),
    phones: describe(`cs.phones.v${version}.min.js`, code["cs.phones"]),
  };
  const total = weigh(entry, entry.phones);

  mkdirSync(path("dist"), { recursive: true });
  const list = existsSync(path("dist/versions.json")) ? JSON.parse(readFileSync(path("dist/versions.json"), "utf8")) : [];
  for (const old of list) {
    if (old.version >= version) continue;
    for (const { file, integrity } of [old, old.phones])
      if (sri(readFileSync(path(`dist/${file}`))) !== integrity) throw new Error(`dist/${file} was changed after its release`);
  }
  // Another zlib may pack the same bytes a little differently: what was measured first stays.
  const same = list.find(
    (old) => old.version === version && old.integrity === entry.integrity && old.phones?.integrity === entry.phones.integrity,
  );
  const versions = [...list.filter((old) => old.version < version), same ?? entry];

  for (const part in code) {
    writeFileSync(path(`dist/${part}.min.js`), code[part]);
    writeFileSync(path(`dist/${part}.v${version}.min.js`), code[part]);
  }
  writeFileSync(path("dist/versions.json"), `${JSON.stringify(versions, null, 2)}\n`);
  console.log(`cs.min.js: ${code.cs.length} bytes, ${entry.gzip_bytes} gzipped (budget ${BUDGET})`);
  console.log(`cs.phones.min.js: ${code["cs.phones"].length} bytes, ${entry.phones.gzip_bytes} gzipped; together ${total} (budget ${TOTAL_BUDGET})`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

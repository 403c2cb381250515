// Builds dist/cs.min.js, its versioned copy and dist/versions.json. The same source gives the same bytes.
// A version is the major number of package.json; once that has grown, the older copies are never written again.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

/** The whole script must fit into so many bytes of gzip -9. */
export const BUDGET = 3072;

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const sri = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

/** Bundles and minifies the source. */
export async function compile() {
  const bundle = await build({
    entryPoints: [path("src/main.ts")],
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
    compress: { passes: 4, pure_getters: true, unsafe: true, unsafe_arrows: true, unsafe_methods: true },
    format: { comments: false },
  });
  return code;
}

/** Entry of dist/versions.json. */
export function describe(version, code) {
  return { version, file: `cs.v${version}.min.js`, integrity: sri(code), gzip_bytes: gzipSync(code, { level: 9 }).length };
}

async function main() {
  const code = await compile();
  const version = Number.parseInt(JSON.parse(readFileSync(path("package.json"), "utf8")).version, 10);
  const entry = describe(version, code);
  if (entry.gzip_bytes > BUDGET) throw new Error(`${entry.gzip_bytes} bytes gzipped: over the budget of ${BUDGET}`);

  mkdirSync(path("dist"), { recursive: true });
  const list = existsSync(path("dist/versions.json")) ? JSON.parse(readFileSync(path("dist/versions.json"), "utf8")) : [];
  for (const old of list) {
    if (old.version < version && sri(readFileSync(path(`dist/${old.file}`))) !== old.integrity)
      throw new Error(`dist/${old.file} was changed after its release`);
  }
  // Another zlib may pack the same bytes a little differently: what was measured first stays.
  const same = list.find((old) => old.version === version && old.integrity === entry.integrity);
  const versions = [...list.filter((old) => old.version < version), same ?? entry];

  writeFileSync(path("dist/cs.min.js"), code);
  writeFileSync(path(`dist/${entry.file}`), code);
  writeFileSync(path("dist/versions.json"), `${JSON.stringify(versions, null, 2)}\n`);
  console.log(`cs.min.js: ${code.length} bytes, ${entry.gzip_bytes} gzipped (budget ${BUDGET})`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

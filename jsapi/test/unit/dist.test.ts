// @vitest-environment node

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { BUDGET, compile, describe as entryOf } from "../../build.mjs";

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const script = read("dist/cs.min.js");
const versions: Array<{ version: number; file: string; integrity: string; gzip_bytes: number }> = JSON.parse(
  read("dist/versions.json"),
);

test("TR-1 the script fits its budget, measured with gzip -9", () => {
  expect(BUDGET).toBe(3072);
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(BUDGET);
  if (existsSync("/usr/bin/gzip") || existsSync("/bin/gzip"))
    expect(execFileSync("gzip", ["-9", "-n"], { input: script }).length).toBeLessThanOrEqual(BUDGET);
});

test("TR-1 the committed file is what the source gives", async () => {
  expect(await compile()).toBe(script);
});

test("TR-1 each version has its file and its integrity, and the newest is the current script", () => {
  expect(versions.map((one) => one.version)).toEqual(versions.map((_one, index) => index + 1));
  for (const one of versions) expect(entryOf(one.version, read(`dist/${one.file}`))).toMatchObject({ file: one.file, integrity: one.integrity });
  expect(read(`dist/${versions.at(-1)!.file}`)).toBe(script);
  expect(readdirSync(new URL("../../dist", import.meta.url)).sort()).toEqual(
    ["cs.min.js", "versions.json", ...versions.map((one) => one.file)].sort(),
  );
});

test("TR-1 the script is ES2017 and needs nothing a strict policy forbids", () => {
  expect(script).not.toMatch(/\?\.[a-z[(]|\?\?|catch\{|\beval\(|new Function|document\.write|\.innerHTML/);
});

test("the lock file names no download addresses", () => {
  expect(read("package-lock.json")).not.toContain('"resolved"');
});

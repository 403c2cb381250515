// @vitest-environment node

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type BuiltFile, BUDGET, compile, describe as entryOf, TOTAL_BUDGET, weigh } from "../../build.mjs";

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const script = read("dist/cs.min.js");
const phones = read("dist/cs.phones.min.js");
const versions: Array<BuiltFile & { version: number; phones: BuiltFile }> = JSON.parse(read("dist/versions.json"));

/** Bytes of gzip -9, measured twice where the tool is there. */
const packed = (text: string) =>
  Math.max(
    gzipSync(text, { level: 9 }).length,
    existsSync("/usr/bin/gzip") || existsSync("/bin/gzip") ? execFileSync("gzip", ["-9", "-n"], { input: text }).length : 0,
  );

test("TR-1 TR-9 the script fits its budget, alone and with number replacement, measured with gzip -9", () => {
  expect([BUDGET, TOTAL_BUDGET]).toEqual([3072, 5120]);
  expect(packed(script)).toBeLessThanOrEqual(BUDGET);
  expect(packed(script) + packed(phones)).toBeLessThanOrEqual(TOTAL_BUDGET);
});

test("TR-1 TR-9 the build refuses what is over a budget", () => {
  const weighing = (core: number, part: number) => () =>
    weigh({ file: "", integrity: "", gzip_bytes: core }, { file: "", integrity: "", gzip_bytes: part });
  expect(weighing(3072, 2048)()).toBe(5120);
  expect(weighing(3073, 1)).toThrow("3072");
  expect(weighing(3072, 2049)).toThrow("5120");
});

test("TR-1 the committed files are what the source gives", async () => {
  expect(await compile("cs")).toBe(script);
  expect(await compile("cs.phones")).toBe(phones);
});

test("TR-1 each version has its files and their integrity, and the newest is the current script", () => {
  expect(versions.map((one) => one.version)).toEqual(versions.map((_one, index) => index + 1));
  const files = versions.flatMap((one) => [one, one.phones]);
  for (const { file, integrity } of files) expect(entryOf(file, read(`dist/${file}`))).toMatchObject({ file, integrity });
  expect(read(`dist/${versions.at(-1)!.file}`)).toBe(script);
  expect(read(`dist/${versions.at(-1)!.phones.file}`)).toBe(phones);
  expect(readdirSync(new URL("../../dist", import.meta.url)).sort()).toEqual(
    ["cs.min.js", "cs.phones.min.js", "versions.json", ...files.map((one) => one.file)].sort(),
  );
});

test("TR-1 the script is ES2017 and needs nothing a strict policy forbids", () => {
  for (const code of [script, phones])
    expect(code).not.toMatch(/\?\.[a-z[(]|\?\?|catch\{|\(\?<[!=]|\beval\(|new Function|document\.write|\.innerHTML|\.outerHTML/);
});

test("the lock file names no download addresses", () => {
  expect(read("package-lock.json")).not.toContain('"resolved"');
});
